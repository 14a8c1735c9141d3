"""How a feed is, in the words that people read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feeds.health import Health, health
from tracker.domain.feed import GONE
from tracker.tables.schedule import FeedSchedule

NOW = datetime(2024, 6, 20, 12, tzinfo=UTC)


def at(**fields: Any) -> FeedSchedule:
    """A place in the schedule of a feed that goes well, but for what is given."""
    usual: dict[str, Any] = {
        "feed": "1", "host": "news.example", "next_at": NOW + timedelta(minutes=50),
        "reason": "it brings something new every 3 hours or so", "outcome": "ok",
        "message": "2 new, 0 revised", "polled_at": NOW - timedelta(minutes=10),
        "succeeded_at": NOW - timedelta(minutes=10), "failures": 0,
        "last_new_at": NOW - timedelta(days=9), "quiet": False,
    }  # fmt: skip
    return FeedSchedule(**{**usual, **fields})


NEXT = "The next poll is in 50 minutes, because it brings something new every 3 hours or so."


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (at(), Health("well", "The last poll went well 10 minutes ago: 2 new, 0 revised.", NEXT)),
        (at(polled_at=None), Health("new", "Not polled yet.", NEXT)),
        (None, Health("new", "Not polled yet.")),
        (
            at(failures=3, outcome="timed-out", message="it took too long."),
            Health("failing", "The last 3 polls failed (it took too long); it last went well "
                   "10 minutes ago.", NEXT),
        ),
        (
            at(failures=1, succeeded_at=None, message=None, outcome="html"),
            Health("failing", "The last poll failed (html); none ever went well.", NEXT),
        ),
        (
            at(quiet=True),
            Health("quiet", "It is quiet: nothing new for 9 days, far longer than ever before. "
                   "The last poll went well 10 minutes ago: 2 new, 0 revised.", NEXT),
        ),
        (
            at(next_at=NOW - timedelta(seconds=5), reason=None),
            Health("well", "The last poll went well 10 minutes ago: 2 new, 0 revised.",
                   "The next poll is due."),
        ),
        (
            at(next_at=NOW - timedelta(hours=3)),
            Health("late", "The last poll went well 10 minutes ago: 2 new, 0 revised.",
                   "It should have been polled 3 hours ago: is the tracker running, or does its "
                   "host have too many feeds?"),
        ),
    ],
)  # fmt: skip
def test_an_active_feed_says_how_its_last_poll_went_and_when_the_next_is(
    place: FeedSchedule | None, told: Health
) -> None:
    assert health("active", None, place, NOW) == told


def test_a_paused_feed_says_why_and_one_that_is_gone_says_so() -> None:
    assert health("paused", "too loud", None, NOW).last == "Paused: too loud."
    gone = health("paused", GONE, None, NOW)
    assert (gone.level, "gone for good (410)" in gone.last) == ("paused", True)
    assert health("removed", None, None, NOW).level == "removed"
