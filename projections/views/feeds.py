"""Feeds: what is polled, as decided so far."""

from collections.abc import Iterable
from typing import ClassVar

import msgspec

from projections.view import Lookup, Row, State, View
from tracker.domain.base import Recorded
from tracker.domain.feed import FeedAdded, FeedMoved, FeedPaused, FeedRemoved, FeedResumed


class Feed(Row, frozen=True, kw_only=True):
    """A feed with its present address and status."""

    table: ClassVar[str] = "feed"
    key: ClassVar[tuple[str, ...]] = ("feed",)

    feed: str
    url: str
    title: str | None
    publisher: str | None
    reliability: str | None
    language: str | None
    interval_s: int | None
    backfill_days: int | None
    position: int
    """Of the addition."""
    status: str = "active"
    """`active`, `paused` or `removed`."""
    reason: str | None = None
    """Why it is paused."""


Change = FeedMoved | FeedPaused | FeedResumed | FeedRemoved


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The feed that changes."""
    if isinstance(recorded.event, Change):
        yield Lookup(Feed, "feed", recorded.event.feed)


def fold(state: State, recorded: Recorded) -> Iterable[Row]:
    """The feed as it stands after the event."""
    event = recorded.event
    if isinstance(event, FeedAdded):
        yield Feed(
            feed=event.feed,
            url=event.url,
            title=event.title,
            publisher=event.publisher,
            reliability=event.reliability,
            language=event.language,
            interval_s=event.interval_s,
            backfill_days=event.backfill_days,
            position=recorded.position,
        )
    elif isinstance(event, Change):
        for feed in state.find(Feed, "feed", event.feed):
            yield _changed(feed, event)


def _changed(feed: Feed, event: Change) -> Feed:
    match event:
        case FeedMoved():
            return msgspec.structs.replace(feed, url=event.url)
        case FeedPaused():
            return msgspec.structs.replace(feed, status="paused", reason=event.reason)
        case FeedResumed():
            return msgspec.structs.replace(feed, status="active", reason=None)
        case FeedRemoved():
            return msgspec.structs.replace(feed, status="removed", reason=None)


VIEW = View(
    name="feeds",
    version=1,
    rows=(Feed,),
    events=(FeedAdded, FeedMoved, FeedPaused, FeedResumed, FeedRemoved),
    fold=fold,
    wants=wants,
)
