"""Subscriptions: who wants to hear of what; where it is sent stands outside the log."""

from typing import ClassVar, Literal, get_args

import msgspec

from tracker.domain.base import Command, Event, Given, NewEvent, Past, Query, require, tagged
from tracker.domain.errors import NotFound
from tracker.domain.metrics import METRICS
from tracker.domain.values import Country, Id, Nationality, checked


class Filter(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a subscription watches: AND between fields, OR within one; an empty field is no limit.

    Without `types` it watches changes of entry rules; other events are named in `types`.
    """

    types: tuple[str, ...] = ()
    countries: tuple[Country, ...] = ()
    destinations: tuple[Country, ...] = ()
    nationalities: tuple[Nationality, ...] = ()
    parties: tuple[Id, ...] = ()
    metrics: tuple[str, ...] = ()
    policies: tuple[Id, ...] = ()


Option = Literal["include-first-knowledge", "include-past"]


class SubscriptionOpened(Event, frozen=True, kw_only=True):
    """Somebody asked to be told."""

    type: ClassVar[str] = "subscription-opened"

    subscription: Id
    owner: str
    channel: Id
    filter: Filter
    options: tuple[Option, ...] = ()

    def tags(self) -> tuple[str, ...]:
        """The subscription."""
        return (f"subscription:{self.subscription}",)


class SubscriptionClosed(Event, frozen=True, kw_only=True):
    """Somebody asked not to be told any more, or the channel is gone."""

    type: ClassVar[str] = "subscription-closed"

    subscription: Id
    reason: str | None = None

    def tags(self) -> tuple[str, ...]:
        """The subscription."""
        return (f"subscription:{self.subscription}",)


class OpenSubscription(Command, frozen=True, kw_only=True):
    """Watch what the filter names and tell the channel."""

    channel: Id
    filter: Filter
    owner: str | None = None
    options: tuple[Option, ...] = ()

    def reads(self, past: Past) -> Query:
        """Nothing: a new subscription depends on no other."""
        return Query()

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The opening; Refused where the filter would match everything."""
        require(self.filter != Filter(), "filter: name at least one thing to watch", "filter")
        for i, metric in enumerate(self.filter.metrics):
            require(
                metric in METRICS,
                f"filter.metrics[{i}]: {metric!r} is not in the catalogue",
                f"filter.metrics[{i}]",
            )
        unknown = set(self.options) - set(get_args(Option))
        require(not unknown, f"options: {', '.join(sorted(unknown))} is not an option", "options")
        opened = SubscriptionOpened(
            subscription=str(given.new_id()),
            owner=self.owner or given.actor.user,
            channel=self.channel,
            filter=self.filter,
            options=self.options,
        )
        return [NewEvent(given.new_id(), checked(opened))]


class CloseSubscription(Command, frozen=True, kw_only=True):
    """Stop telling whoever subscribed."""

    subscription: Id
    reason: str | None = None

    def reads(self, past: Past) -> Query:
        """The subscription."""
        return tagged(f"subscription:{self.subscription}")

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The closing; nothing if it is closed."""
        if not any(isinstance(r.event, SubscriptionOpened) for r in past):
            raise NotFound(
                f"subscription: no subscription {self.subscription} is in the log",
                field="subscription",
            )
        if any(isinstance(r.event, SubscriptionClosed) for r in past):
            return []
        event = SubscriptionClosed(subscription=self.subscription, reason=self.reason)
        return [NewEvent(given.new_id(), event)]
