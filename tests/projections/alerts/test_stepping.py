"""A clock that jumps: what was set while it was ahead is not waited for until it is as late again."""

from datetime import timedelta
from uuid import uuid4

from tests.projections.alerts.conftest import Tracker
from tests.projections.folding import change
from tracker.domain.filter import Filter
from tracker.domain.pacing import Pacing
from tracker.domain.subscription import SubscriptionOpened

DAYS = 400 * 24 * 3600
VISA_FREE = change("visa-free", "2016-08-15", action="introduced")
SUSPENDED = change("visa-free-suspended", "2024-07-01", announced_on="2024-06-18")
EC_CN = Filter(destinations=("EC",), nationalities=("CN",))
BEGIN = "insert into alert.weekly_through (moment) values (%(now)s)"


async def test_a_message_that_failed_while_the_clock_was_ahead_is_sent_when_it_is_right_again(
    tracker: Tracker,
) -> None:
    await tracker.subscribe(await tracker.channel())
    await tracker.record(VISA_FREE, SUSPENDED)
    tracker.receiver.status = 500
    tracker.later(DAYS)
    assert await tracker.settle() == 1
    tracker.later(-DAYS)
    tracker.receiver.status = 200

    assert await tracker.settle() == 1

    (first, _), (second, _) = tracker.receiver.requests
    assert first["webhook-id"] == second["webhook-id"]
    assert [m.status for m in await tracker.outbox.messages()] == ["delivered"]


async def test_who_died_while_the_clock_was_ahead_keeps_no_message_and_no_endpoint(
    tracker: Tracker,
) -> None:
    await tracker.record(VISA_FREE)
    channel = await tracker.channel()
    tracker.receiver.status = 500
    await tracker.owe(channel, 8)
    tracker.later(DAYS)
    assert await tracker.deliverer().deliver_due() == 8
    late = await tracker.owe(channel, 1)
    assert await tracker.leases.claim(1, tracker.now + timedelta(days=1), 30.0) != []
    tracker.later(-DAYS)
    tracker.receiver.status = 200

    deliverer = tracker.deliverer()
    assert await deliverer.deliver_due() == 1, "one message tries whether it works again"
    assert await deliverer.deliver_due() == 8
    delivered = [m.id for m in await tracker.outbox.messages() if m.status == "delivered"]
    assert len(delivered) == 9
    assert set(late) < set(delivered)


async def test_what_is_held_back_and_weekly_notes_are_not_held_for_years(tracker: Tracker) -> None:
    held = "select held_until <= %(now)s from alert.owed where message is null"
    tracker.later(DAYS)
    subscription, channel = str(uuid4()), await tracker.channel()
    pacing = Pacing(muted_until="2099-01-01")
    await tracker.record(
        SubscriptionOpened(
            subscription=subscription, owner="ana", channel=channel, filter=EC_CN, pacing=pacing
        )
    )
    await tracker.record(VISA_FREE, SUSPENDED)
    await tracker.runner.catch_up()
    await tracker.matcher().catch_up()
    database = tracker.deliver_database
    await database.run(BEGIN, {"now": tracker.now})
    assert await database.fetch(held, {"now": tracker.now}) == [(False,)]
    tracker.later(-DAYS)

    await tracker.deliverer().deliver_due()

    assert await database.fetch(held, {"now": tracker.now}) == [(True,)]
    assert await database.fetch("select moment from alert.weekly_through") == [(tracker.now,)]


async def test_a_small_difference_between_clocks_takes_no_message_from_whoever_sends_it(
    tracker: Tracker,
) -> None:
    await tracker.record(VISA_FREE)
    await tracker.owe(await tracker.channel(), 1)
    assert len(await tracker.leases.claim(1, tracker.now, 30.0)) == 1
    tracker.later(-60)
    assert await tracker.deliverer().deliver_due() == 0
