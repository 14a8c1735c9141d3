"""What a subscription watches and whether it is open."""

from projections.views.subscriptions import VIEW, Subscription
from tests.projections.folding import event_id, folded
from tracker.domain.filter import Filter
from tracker.domain.pacing import Pacing
from tracker.domain.subscription import SubscriptionChanged, SubscriptionClosed, SubscriptionOpened

OPENED = SubscriptionOpened(
    subscription=event_id(90), owner="ana", channel=event_id(91),
    filter=Filter(destinations=("EC",), nationalities=("CN",)), options=("include-past",),
)  # fmt: skip


def test_an_open_subscription_holds_only_what_its_filter_names() -> None:
    (row,) = folded(VIEW, [None, OPENED]).of(Subscription)
    assert (row.status, row.owner, row.channel) == ("open", "ana", event_id(91))
    assert (list(row.filter), list(row.filter["destinations"])) == (
        ["destinations", "nationalities"], ["EC"],
    )  # fmt: skip
    assert (row.options, row.opened_position) == (("include-past",), 2)


def test_a_closed_subscription_keeps_its_row() -> None:
    (row,) = folded(VIEW, [OPENED, SubscriptionClosed(subscription=event_id(90))]).of(Subscription)
    assert row.status == "closed"


def test_closing_an_unknown_subscription_is_passed_over() -> None:
    closed = SubscriptionClosed(subscription=event_id(90))
    assert folded(VIEW, [closed]).of(Subscription) == []


def test_a_changed_subscription_keeps_its_owner_and_its_beginning() -> None:
    changed = SubscriptionChanged(
        subscription=event_id(90), channel=event_id(92), filter=Filter(countries=("EC",)),
        pacing=Pacing(digest="daily"),
    )  # fmt: skip
    (row,) = folded(VIEW, [OPENED, changed]).of(Subscription)
    assert (row.owner, row.opened_position, row.channel) == ("ana", 1, event_id(92))
    assert (row.options, row.pacing) == ((), {"digest": "daily"})
