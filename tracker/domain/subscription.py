"""Subscriptions: who wants to hear of what; where it is sent stands outside the log."""

from typing import ClassVar, Literal, get_args

import msgspec

from tracker.domain.base import Command, Event, Given, NewEvent, Past, Query, require, tagged
from tracker.domain.errors import Conflict, NotFound
from tracker.domain.filter import Filter
from tracker.domain.pacing import Pacing
from tracker.domain.values import Id, checked

Option = Literal[
    "include-first-knowledge", "include-past", "include-imports", "include-drafts", "at-once",
    "critical", "desk-notices",
]  # fmt: skip
"""`include-imports` tells of what an import brings as if it had just been recorded.
`include-drafts` tells of drafts too, unconfirmed; `at-once` does not wait for an undo.
`critical` has the analysts told of a draft that nobody reads, those with `desk-notices`."""


class SubscriptionEvent(Event, frozen=True, kw_only=True):
    """An event about one subscription."""

    subscription: Id

    def tags(self) -> tuple[str, ...]:
        """The subscription."""
        return (f"subscription:{self.subscription}",)


class Watched(SubscriptionEvent, frozen=True, kw_only=True):
    """All that is set for a subscription, whole."""

    channel: Id
    filter: Filter
    options: tuple[Option, ...] = ()
    title: str | None = None
    """What the subscriber calls it."""
    pacing: Pacing | None = None


class SubscriptionOpened(Watched, frozen=True, kw_only=True):
    """Somebody asked to be told."""

    type: ClassVar[str] = "subscription-opened"

    owner: str


class SubscriptionChanged(Watched, frozen=True, kw_only=True):
    """From now on this is set for a subscription, and nothing of what was set before."""

    type: ClassVar[str] = "subscription-changed"


class SubscriptionClosed(SubscriptionEvent, frozen=True, kw_only=True):
    """Somebody asked not to be told any more, or the channel is gone."""

    type: ClassVar[str] = "subscription-closed"

    reason: str | None = None


SUBSCRIPTION_EVENTS = (SubscriptionOpened, SubscriptionChanged, SubscriptionClosed)


class OpenSubscription(Command, frozen=True, kw_only=True):
    """Watch what the filter names and tell the channel."""

    channel: Id
    filter: Filter
    owner: str | None = None
    options: tuple[Option, ...] = ()
    title: str | None = None
    pacing: Pacing | None = None

    def reads(self, past: Past) -> Query:
        """Nothing: a new subscription depends on no other."""
        return Query()

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The opening; Refused where the filter would match everything."""
        opened = SubscriptionOpened(
            subscription=str(given.new_id()),
            owner=self.owner or given.actor.user,
            channel=self.channel,
            filter=self.filter,
            options=self.options,
            title=self.title,
            pacing=self.pacing,
        )
        return [NewEvent(given.new_id(), _settled(opened))]


class ChangeSubscription(Command, frozen=True, kw_only=True):
    """Set something else for an open subscription; what is None stays as it is."""

    subscription: Id
    channel: Id | None = None
    filter: Filter | None = None
    options: tuple[Option, ...] | None = None
    title: str | None = None
    pacing: Pacing | None = None

    def reads(self, past: Past) -> Query:
        """The subscription."""
        return tagged(f"subscription:{self.subscription}")

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The change; nothing where everything is so, Conflict where it is closed."""
        now = watched(self.subscription, past)
        if any(isinstance(r.event, SubscriptionClosed) for r in past):
            raise Conflict(f"subscription: {self.subscription} is closed", field="subscription")
        kept = {name: getattr(now, name) for name in Watched.__struct_fields__}
        asked = {name: value for name in kept if (value := getattr(self, name)) is not None}
        before, changed = SubscriptionChanged(**kept), SubscriptionChanged(**{**kept, **asked})
        changed = _settled(changed)
        return [] if changed == before else [NewEvent(given.new_id(), changed)]


class CloseSubscription(Command, frozen=True, kw_only=True):
    """Stop telling whoever subscribed."""

    subscription: Id
    reason: str | None = None

    def reads(self, past: Past) -> Query:
        """The subscription."""
        return tagged(f"subscription:{self.subscription}")

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The closing; nothing if it is closed."""
        watched(self.subscription, past)
        if any(isinstance(r.event, SubscriptionClosed) for r in past):
            return []
        event = SubscriptionClosed(subscription=self.subscription, reason=self.reason)
        return [NewEvent(given.new_id(), event)]


def watched(subscription: str, past: Past) -> Watched:
    """What is set for a subscription by its latest word; NotFound where it was never opened."""
    found = [r.event for r in past if isinstance(r.event, Watched)]
    if not found:
        raise NotFound(
            f"subscription: no subscription {subscription} is in the log", field="subscription"
        )
    return found[-1]


def _settled(new: Watched) -> Watched:
    """The event in normal form; Refused names what is wrong, or that it would match everything."""
    require(new.filter != Filter(), "filter: name at least one thing to watch", "filter")
    unknown = set(new.options) - set(get_args(Option))
    require(not unknown, f"options: {', '.join(sorted(unknown))} is not an option", "options")
    if new.pacing:
        new.pacing.require_valid()
    return checked(msgspec.structs.replace(new, filter=new.filter.normal()))
