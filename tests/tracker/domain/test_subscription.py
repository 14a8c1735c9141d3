"""Subscriptions: opened, changed and closed, given what is set for them."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests.projections.folding import event_id, recorded
from tracker.domain.base import Actor, Event, Given
from tracker.domain.errors import Conflict, NotFound, Refused
from tracker.domain.filter import Filter
from tracker.domain.pacing import Pacing
from tracker.domain.subscription import (
    ChangeSubscription,
    OpenSubscription,
    SubscriptionChanged,
    SubscriptionClosed,
    SubscriptionOpened,
)

OPENED = SubscriptionOpened(
    subscription=event_id(90), owner="ana", channel=event_id(91),
    filter=Filter(destinations=("EC",)), options=("include-past",),
)  # fmt: skip
DAILY = Pacing(digest="daily")
GIVEN = Given(datetime(2024, 6, 18, tzinfo=UTC), lambda: UUID(int=1), Actor("ana", "analyst"), {})


def changed(command: ChangeSubscription, *before: Event) -> list[Event]:
    past = [recorded(i, event) for i, event in enumerate(before, 1)]
    return [new.event for new in command.decide(past, GIVEN)]


def test_a_change_says_all_that_is_set_from_then_on() -> None:
    (first,) = changed(ChangeSubscription(subscription=event_id(90), pacing=DAILY), OPENED)
    assert first == SubscriptionChanged(
        subscription=event_id(90), channel=event_id(91), filter=OPENED.filter,
        options=OPENED.options, pacing=DAILY,
    )  # fmt: skip
    wider = ChangeSubscription(subscription=event_id(90), filter=Filter(countries=("EC",)))
    (second,) = changed(wider, OPENED, first)
    assert isinstance(second, SubscriptionChanged)
    assert (second.filter, second.pacing) == (Filter(countries=("EC",)), DAILY)


def test_what_is_so_already_changes_nothing() -> None:
    again = ChangeSubscription(subscription=event_id(90), filter=OPENED.filter)
    assert changed(again, OPENED) == []


def test_a_subscription_that_is_closed_or_unknown_is_not_changed() -> None:
    command = ChangeSubscription(subscription=event_id(90), pacing=DAILY)
    with pytest.raises(NotFound, match="no subscription"):
        changed(command)
    with pytest.raises(Conflict, match="is closed"):
        changed(command, OPENED, SubscriptionClosed(subscription=event_id(90)))


def test_a_subscription_that_watches_nothing_is_refused() -> None:
    command = OpenSubscription(channel=event_id(91), filter=Filter())
    with pytest.raises(Refused, match="name at least one thing"):
        command.decide([], GIVEN)
