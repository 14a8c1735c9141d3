"""Feeds: what is polled, for whom it speaks and how often; secrets and schedules are elsewhere."""

from typing import ClassVar, Literal, Self
from urllib.parse import urlsplit

import msgspec

from tracker.domain.base import Command, Given, NewEvent, Past, Query, require, tagged
from tracker.domain.errors import Conflict, NotFound, Refused
from tracker.domain.feed_settings import (
    SETTINGS,
    FeedEvent,
    FeedSettings,
    SetFeed,
    Setting,
    refuse_disorder,
)
from tracker.domain.values import Id, Url, checked

KNOWN = tagged(
    "type:feed-added", "type:feed-moved", "type:feed-paused", "type:feed-resumed",
    "type:feed-removed", "type:feed-changed",
)  # fmt: skip

GONE = "gone"
"""Why a feed is paused whose server says that it will never come back (410)."""

_MOST_DAYS = 100_000


class FeedAdded(FeedSettings, frozen=True, kw_only=True):
    """A feed is polled from now on."""

    type: ClassVar[str] = "feed-added"

    url: Url
    backfill_days: int | None = None

    def headline(self, name: object) -> str:
        """The address."""
        return f"Feed added: {self.title or self.url}"


class FeedChanged(FeedSettings, frozen=True, kw_only=True):
    """From now on this is set for a feed, and nothing of what was set before."""

    type: ClassVar[str] = "feed-changed"


class FeedMoved(FeedEvent, frozen=True, kw_only=True):
    """A feed lives at another address for good."""

    type: ClassVar[str] = "feed-moved"

    url: Url


class FeedPaused(FeedEvent, frozen=True, kw_only=True):
    """A feed is not polled until it is resumed."""

    type: ClassVar[str] = "feed-paused"

    reason: str


class FeedResumed(FeedEvent, frozen=True, kw_only=True):
    """A paused feed is polled again."""

    type: ClassVar[str] = "feed-resumed"


class FeedRemoved(FeedEvent, frozen=True, kw_only=True):
    """A feed is not polled any more; what it brought stays."""

    type: ClassVar[str] = "feed-removed"


class FeedState(msgspec.Struct):
    """A feed as decided so far."""

    added: FeedAdded
    url: str
    settings: FeedSettings
    status: Literal["active", "paused", "removed"] = "active"


def feeds(past: Past, known: dict[str, FeedState] | None = None) -> dict[str, FeedState]:
    """The feeds among the events, on top of those that are known, which it changes."""
    known = {} if known is None else known
    for recorded in past:
        event = recorded.event
        match event:
            case FeedAdded():
                known[event.feed] = FeedState(event, event.url, event)
            case FeedChanged() if event.feed in known:
                known[event.feed].settings = event
            case FeedMoved() if event.feed in known:
                known[event.feed].url = event.url
            case FeedPaused() if event.feed in known:
                known[event.feed].status = "paused"
            case FeedResumed() if event.feed in known:
                known[event.feed].status = "active"
            case FeedRemoved() if event.feed in known:
                known[event.feed].status = "removed"
            case _:
                pass
    return known


def refuse_secrets(url: str) -> None:
    """The log keeps an address for ever, so it may hold no password."""
    try:
        netloc = urlsplit(url).netloc
    except ValueError as wrong:
        raise Refused(f"url: cannot be read ({wrong})", field="url") from None
    if "@" in netloc:
        raise Refused(
            "url: has a user name or password in it, which the log must not keep", field="url"
        )


class AddFeed(SetFeed, frozen=True, kw_only=True):
    """Poll a feed from now on."""

    url: Url
    backfill_days: int | None = None

    def reads(self, past: Past) -> Query:
        """All feeds, to see whether this one is among them."""
        return KNOWN

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The addition; Conflict if the address is polled already."""
        for feed, state in feeds(past).items():
            if state.url == self.url and state.status != "removed":
                raise Conflict(f"url: {self.url} is feed {feed} already", field="url")
        added = self.event(str(given.new_id()))
        return [NewEvent(given.new_id(), added)]

    def event(self, feed: str) -> FeedAdded:
        """The addition by itself; Refused where something of it cannot be."""
        days = self.backfill_days
        require(
            days is None or 0 <= days <= _MOST_DAYS,
            f"backfill_days: must be from 0 to {_MOST_DAYS}",
            "backfill_days",
        )
        refuse_secrets(self.url)
        settings = self.asked()
        added = checked(FeedAdded(feed=feed, url=self.url, backfill_days=days, **settings))
        refuse_disorder(added)
        return added


class AddFeeds(Command, frozen=True, kw_only=True):
    """Poll many feeds from now on, all or none; those that are polled already stay as they are."""

    feeds: tuple[AddFeed, ...]

    def normal(self) -> Self:
        """The same, each in normal form."""
        return msgspec.structs.replace(self, feeds=tuple(one.normal() for one in self.feeds))

    def reads(self, past: Past) -> Query:
        """All feeds, to see which are among them."""
        return KNOWN

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """An addition for each address that is not polled yet."""
        polled = {state.url for state in feeds(past).values() if state.status != "removed"}
        wanted = {one.url: one for one in self.feeds if one.url not in polled}
        return [NewEvent(given.new_id(), one.event(str(given.new_id()))) for one in wanted.values()]


def _known(past: Past, feed: str) -> FeedState:
    """The state of a feed; NotFound where it was never added or is removed."""
    state = feeds(past).get(feed)
    if state is None or state.status == "removed":
        raise NotFound(f"feed: no feed {feed} is in the log", field="feed")
    return state


class ChangeFeed(SetFeed, frozen=True, kw_only=True):
    """Set some things for a feed anew; what is neither given nor reset stays."""

    feed: Id
    reset: tuple[Setting, ...] = ()
    """Settings that are left to the feed and the program again."""

    def reads(self, past: Past) -> Query:
        """The feed."""
        return tagged(f"feed:{self.feed}")

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The change; nothing if all of it is so already."""
        before = _known(past, self.feed).settings
        settings = self.asked()
        for name in self.reset:
            require(name not in settings, f"reset: {name} is given as well", "reset")
        kept = {
            name: getattr(before, name)
            for name in SETTINGS
            if name not in settings and name not in self.reset
        }
        changed = checked(FeedChanged(feed=self.feed, **kept, **settings))
        refuse_disorder(changed)
        if all(getattr(changed, name) == getattr(before, name) for name in SETTINGS):
            return []
        return [NewEvent(given.new_id(), changed)]


class _OneFeed(Command, frozen=True, kw_only=True):
    """A command about a feed that must exist."""

    feed: Id

    def reads(self, past: Past) -> Query:
        """The feed."""
        return tagged(f"feed:{self.feed}")

    def known(self, past: Past) -> FeedState:
        """Its state; NotFound where it was never added or is removed."""
        return _known(past, self.feed)


class PauseFeed(_OneFeed, frozen=True, kw_only=True):
    """Stop polling a feed for now."""

    reason: str

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The pause; nothing if it is paused."""
        if self.known(past).status == "paused":
            return []
        return [NewEvent(given.new_id(), FeedPaused(feed=self.feed, reason=self.reason))]


class ResumeFeed(_OneFeed, frozen=True, kw_only=True):
    """Poll a paused feed again."""

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The resumption; nothing if it is active."""
        if self.known(past).status == "active":
            return []
        return [NewEvent(given.new_id(), FeedResumed(feed=self.feed))]


class RemoveFeed(_OneFeed, frozen=True, kw_only=True):
    """Stop polling a feed for good."""

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The removal."""
        self.known(past)
        return [NewEvent(given.new_id(), FeedRemoved(feed=self.feed))]


class MoveFeed(_OneFeed, frozen=True, kw_only=True):
    """Poll a feed at another address from now on; what it brought stays its own."""

    url: Url

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The move; nothing if it is there already."""
        if self.known(past).url == self.url:
            return []
        refuse_secrets(self.url)
        return [NewEvent(given.new_id(), FeedMoved(feed=self.feed, url=self.url))]
