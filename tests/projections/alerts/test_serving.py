"""Which feeds stand behind a subscription, and when one is blind."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from projections.alerts.serving import FeedState, places, reached, serves
from tracker.domain.filter import Filter

NOW = datetime(2024, 6, 18, 9, tzinfo=UTC)
WELL = FeedState("f", "Gazette", "active", None, NOW, NOW, NOW + timedelta(hours=1), 0, None)


@pytest.mark.parametrize(
    ("wanted", "served"),
    [
        (Filter(destinations=("EC",), nationalities=("CN",)), True),
        (Filter(entry_rules=("EC|CN",)), True),
        (Filter(corridors=(("CO", "EC"),)), True),
        # It names Chinese people, and not where they go.
        (Filter(destinations=("PE",), nationalities=("CN",)), False),
        (Filter(nationalities=("CN",)), True),
        # A document about Schengen is about each of its members.
        (Filter(countries=("DE",)), True),
        (Filter(metrics=("border-entries",)), True),
        (Filter(nationalities=("*",)), True),
    ],
)
def test_a_feed_serves_who_watches_a_place_that_its_documents_named(
    wanted: Filter, served: bool
) -> None:
    speaks_of = reached([("f", ["EC", "CN", "Schengen"])])
    assert serves("f", speaks_of, places(wanted)) is served
    # One that says nothing of itself serves everybody.
    assert serves("another", speaks_of, places(wanted))


def test_a_feed_is_blind_after_three_failures_or_paused_and_one_never_read_is_neither() -> None:
    def state(**changes: object) -> FeedState:
        return msgspec.structs.replace(WELL, **changes)

    assert [state(failures=n).blind for n in (0, 2, 3)] == [False, False, True]
    assert state(status="paused", reason="gone").blind
    assert not state(status="paused", polled_at=None, succeeded_at=None).blind
    assert WELL.alive(NOW)
    assert not WELL.alive(NOW + timedelta(hours=3))
    assert not state(succeeded_at=None).alive(NOW)
