"""Feeds: what is polled, as decided so far."""

from collections.abc import Iterable
from typing import Any, ClassVar

import msgspec

from projections.view import Lookup, Row, State, View
from tracker.domain.base import Recorded
from tracker.domain.feed import (
    FeedAdded,
    FeedChanged,
    FeedMoved,
    FeedPaused,
    FeedRemoved,
    FeedResumed,
)
from tracker.domain.feed_settings import SETTINGS, FeedSettings, Trust


class Feed(Row, frozen=True, kw_only=True):
    """A feed with its present address and status."""

    table: ClassVar[str] = "feed"
    key: ClassVar[tuple[str, ...]] = ("feed",)

    feed: str
    url: str
    title: str | None
    category: str | None
    publisher: str | None
    reliability: str | None
    language: str | None
    interval_s: int | None
    most_interval_s: int | None
    spacing_s: int | None
    article: str | None
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    trust: tuple[Trust, ...]
    backfill_days: int | None
    position: int
    """Of the addition."""
    status: str = "active"
    """`active`, `paused` or `removed`."""
    reason: str | None = None
    """Why it is paused."""


Change = FeedChanged | FeedMoved | FeedPaused | FeedResumed | FeedRemoved


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
            backfill_days=event.backfill_days,
            position=recorded.position,
            **_settings(event),
        )
    elif isinstance(event, Change):
        for feed in state.find(Feed, "feed", event.feed):
            yield _changed(feed, event)


def _settings(event: FeedSettings) -> dict[str, Any]:
    return {name: getattr(event, name) for name in SETTINGS}


def _changed(feed: Feed, event: Change) -> Feed:
    match event:
        case FeedChanged():
            return msgspec.structs.replace(feed, **_settings(event))
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
    version=3,
    rows=(Feed,),
    events=(FeedAdded, FeedChanged, FeedMoved, FeedPaused, FeedResumed, FeedRemoved),
    fold=fold,
    wants=wants,
)
