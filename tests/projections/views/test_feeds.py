"""Where a feed lives and whether it is polled."""

from projections.views.feeds import VIEW, Feed
from tests.projections.folding import event_id, folded
from tracker.domain.base import Event
from tracker.domain.feed import (
    FeedAdded,
    FeedChanged,
    FeedMoved,
    FeedPaused,
    FeedRemoved,
    FeedResumed,
)

FEED = event_id(60)
ADDED = FeedAdded(feed=FEED, url="https://example.org/old", title="Example", interval_s=900)
MOVED = FeedMoved(feed=FEED, url="https://example.org/new")
PAUSED = FeedPaused(feed=FEED, reason="too slow")


def feed(*events: Event | None) -> Feed:
    """The only feed after the events."""
    (row,) = folded(VIEW, events).of(Feed)
    return row


def test_an_added_feed_is_active_and_a_moved_one_lives_at_its_new_address() -> None:
    row = feed(ADDED, MOVED)
    assert (row.status, row.url, row.title, row.interval_s) == (
        "active", "https://example.org/new", "Example", 900,
    )  # fmt: skip
    assert row.position == 1


def test_a_changed_feed_has_what_was_set_last_and_lives_where_it_did() -> None:
    changed = FeedChanged(feed=FEED, publisher="Example Ltd", include=("visa",), article="never")

    row = feed(ADDED, MOVED, changed)

    assert (row.url, row.publisher, row.include, row.article) == (
        MOVED.url, "Example Ltd", ("visa",), "never",
    )  # fmt: skip
    assert (row.title, row.interval_s, row.exclude) == (None, None, ())


def test_a_paused_feed_says_why_until_it_is_resumed() -> None:
    assert (feed(ADDED, PAUSED).status, feed(ADDED, PAUSED).reason) == ("paused", "too slow")
    row = feed(ADDED, PAUSED, FeedResumed(feed=FEED))
    assert (row.status, row.reason) == ("active", None)


def test_a_removed_feed_keeps_its_row() -> None:
    assert feed(ADDED, FeedRemoved(feed=FEED)).status == "removed"


def test_what_happens_to_an_unknown_feed_is_passed_over() -> None:
    assert folded(VIEW, [None, MOVED, PAUSED]).of(Feed) == []
