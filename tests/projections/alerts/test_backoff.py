"""When a message is tried again, and when no more."""

from datetime import UTC, datetime, timedelta

import pytest

from projections.alerts.backoff import SCHEDULE_S, Step, delay_s, retry_after, step
from projections.alerts.channel import Verdict

NOW = datetime(2024, 6, 20, 12, 0, tzinfo=UTC)


def test_the_schedule_ends_after_about_75_hours() -> None:
    waits = [delay_s(n, 0.5) for n in range(1, len(SCHEDULE_S) + 2)]
    assert waits[-1] is None
    assert 75 * 3600 < sum(w for w in waits if w) < 76 * 3600


def test_chance_moves_a_wait_by_a_fifth_at_most() -> None:
    assert delay_s(2, 0.0) == pytest.approx(240)
    assert delay_s(2, 1.0) == pytest.approx(360)


def test_a_receiver_may_ask_for_longer_up_to_a_day() -> None:
    assert delay_s(1, 0.5, asked_s=900) == 900
    assert delay_s(1, 0.5, asked_s=10**9) == 24 * 3600
    assert delay_s(3, 0.5, asked_s=1) == 1800


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120),
        ("Thu, 20 Jun 2024 12:05:00 GMT", 300),
        ("Thu, 20 Jun 2024 11:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("Thu, 20 Jun 2024 12:05:00 +99999999999999999999", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


def test_each_verdict_leads_to_its_step() -> None:
    failed = Verdict(outcome="failed", status=500)
    assert step(Verdict(outcome="delivered"), 1, NOW, 0.5) == Step("delivered")
    assert step(Verdict(outcome="gone"), 1, NOW, 0.5) == Step("cancelled")
    assert step(Verdict(outcome="cancelled"), 1, NOW, 0.5) == Step("cancelled")
    assert step(failed, 1, NOW, 0.5) == Step("owed", NOW + timedelta(seconds=5))
    assert step(failed, 10, NOW, 0.5) == Step("dead")
