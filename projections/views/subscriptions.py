"""Subscriptions: who watches what, and whether still."""

from collections.abc import Iterable
from typing import Any, ClassVar

import msgspec

from projections.view import Lookup, Row, State, View
from tracker.domain.base import Recorded
from tracker.domain.subscription import (
    SUBSCRIPTION_EVENTS,
    SubscriptionChanged,
    SubscriptionClosed,
    SubscriptionOpened,
    Watched,
)


class Subscription(Row, frozen=True, kw_only=True):
    """A subscription with its filter; where it is sent stands in the table of channels."""

    table: ClassVar[str] = "subscription"
    key: ClassVar[tuple[str, ...]] = ("subscription",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("status",),)

    subscription: str
    owner: str
    channel: str
    filter: dict[str, Any]
    options: tuple[str, ...]
    title: str | None = None
    pacing: dict[str, Any] | None = None
    opened_position: int
    status: str = "open"
    """`open` or `closed`."""


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The subscription that is changed or closed."""
    if isinstance(recorded.event, SubscriptionChanged | SubscriptionClosed):
        yield Lookup(Subscription, "subscription", recorded.event.subscription)


def fold(state: State, recorded: Recorded) -> Iterable[Row]:
    """The subscription as it stands after the event."""
    event = recorded.event
    if isinstance(event, SubscriptionOpened):
        yield Subscription(
            subscription=event.subscription,
            owner=event.owner,
            opened_position=recorded.position,
            **_set(event),
        )
    elif isinstance(event, SubscriptionChanged):
        for known in state.find(Subscription, "subscription", event.subscription):
            yield msgspec.structs.replace(known, **_set(event))
    elif isinstance(event, SubscriptionClosed):
        for known in state.find(Subscription, "subscription", event.subscription):
            yield msgspec.structs.replace(known, status="closed")


def _set(event: Watched) -> dict[str, Any]:
    return {
        "channel": event.channel,
        "filter": msgspec.to_builtins(event.filter),
        "options": event.options,
        "title": event.title,
        "pacing": event.pacing and msgspec.to_builtins(event.pacing),
    }


VIEW = View(
    name="subscriptions",
    version=2,
    rows=(Subscription,),
    events=SUBSCRIPTION_EVENTS,
    fold=fold,
    wants=wants,
)
