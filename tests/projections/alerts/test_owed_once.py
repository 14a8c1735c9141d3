"""From an event to a signed alert, once: on a real log, over real HTTP."""

import asyncio

import psycopg
import pytest
from standardwebhooks import Webhook

from projections import VIEWS
from projections.runner import Runner
from tests.projections.alerts.conftest import SECRET, Tracker
from tests.projections.folding import change, observation
from tracker.domain.policy import PolicyRejected
from tracker.domain.subscription import SubscriptionClosed
from tracker.log.follow import Head

VISA_FREE = change("visa-free", "2016-08-15", action="introduced")
SUSPENDED = change(
    "visa-free-suspended", "2024-07-01", action="suspended", announced_on="2024-06-18"
)


async def test_a_change_on_a_subscribed_key_gives_exactly_one_signed_alert(
    tracker: Tracker,
) -> None:
    await tracker.subscribe(await tracker.channel())
    await tracker.record(VISA_FREE, SUSPENDED)
    await tracker.settle()
    # A second report, and somebody who sees what is known.
    await tracker.record(SUSPENDED, observation("visa-required", "2024-07-02"))
    await tracker.settle()

    ((headers, body),) = tracker.receiver.requests
    sent = Webhook(SECRET).verify(body, headers)
    assert sent["type"] == "alert.change"
    (told,) = sent["data"]["alerts"][0]["changes"]
    assert told["reason"]["before"] == "visa-free"
    assert told["reason"]["after"] == "visa-free-suspended"
    assert told["reason"]["days_of_notice"] == 13
    (message,) = await tracker.outbox.messages()
    assert (str(message.id), message.status) == (headers["webhook-id"], "delivered")


async def test_a_rule_for_everybody_alerts_who_watches_one_nationality(tracker: Tracker) -> None:
    await tracker.subscribe(await tracker.channel())
    await tracker.record(change("visa-free", "2016-08-15", "*"))
    await tracker.record(change("visa-required", "2024-07-01", "*"))
    await tracker.settle()

    (message,) = await tracker.outbox.messages()
    (reason,) = message.members[0].matched.reasons
    assert (reason.key and reason.key.nationality, reason.via) == ("CN", "*")
    assert len(tracker.receiver.requests) == 1


async def test_an_observation_that_differs_alerts_and_its_rejection_does_not_again(
    tracker: Tracker,
) -> None:
    await tracker.subscribe(await tracker.channel())
    _, seen = await tracker.record(VISA_FREE, observation("visa-required", "2024-07-02"))
    await tracker.record(observation("visa-required", "2024-07-03"))
    await tracker.record(PolicyRejected(jurisdiction="EC", kind="entry", replaces=(str(seen),)))
    await tracker.settle()

    (message,) = await tracker.outbox.messages()
    assert [r.kind for r in message.members[0].matched.reasons] == ["unannounced"]


async def test_matching_from_the_start_again_adds_nothing(tracker: Tracker) -> None:
    await tracker.subscribe(await tracker.channel())
    await tracker.record(VISA_FREE, SUSPENDED)
    await tracker.settle()
    assert await tracker.matcher().catch_up() == 3

    await tracker.deliver_database.run("update alert.cursor set position = 0")
    assert await tracker.matcher().catch_up() == 3

    assert await tracker.deliverer().deliver_due() == 0
    assert len(await tracker.outbox.messages()) == 1


async def test_two_matchers_owe_an_alert_once(tracker: Tracker) -> None:
    await tracker.subscribe(await tracker.channel())
    await tracker.record(VISA_FREE, SUSPENDED)
    await tracker.runner.catch_up()

    await asyncio.gather(
        tracker.matcher().catch_up(), tracker.matcher().catch_up(), return_exceptions=True
    )

    assert len(await tracker.outbox.messages()) == 1
    assert await tracker.outbox.cursor() == 3


async def test_folding_every_view_again_and_matching_from_zero_sends_nothing(
    tracker: Tracker,
) -> None:
    await tracker.subscribe(await tracker.channel())
    await tracker.record(VISA_FREE, SUSPENDED)
    await tracker.settle()

    async with tracker.place.open("tracker_view") as database:
        runner = Runner(database, VIEWS)
        await runner.prepare()
        for view in VIEWS:
            made = await runner.rebuilder.rebuild([view.name])
            assert [getattr(m, "position", None) for m in made.values()] == [3]

    assert await tracker.settle() == 0
    await tracker.deliver_database.run("update alert.cursor set position = 0")
    assert await tracker.settle() == 0
    assert len(tracker.receiver.requests) == 1


@pytest.mark.parametrize("role", ["tracker_view", "tracker_rebuild"])
async def test_who_folds_views_has_no_right_to_owe_anything(tracker: Tracker, role: str) -> None:
    async with tracker.place.open(role) as database:
        for statement in (
            "insert into alert.cursor (name, position) values ('x', 0)",
            "insert into alert.message (id) values (gen_random_uuid())",
            "update alert.message set status = 'owed'",
            "select from alert.attempt",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="schema alert"):
                await database.run(statement)


async def test_who_subscribes_later_or_no_longer_hears_nothing(tracker: Tracker) -> None:
    channel = await tracker.channel()
    closed = await tracker.subscribe(channel)
    await tracker.record(VISA_FREE, SubscriptionClosed(subscription=closed), SUSPENDED)
    await tracker.subscribe(channel)
    await tracker.settle()

    assert await tracker.outbox.messages() == []


async def test_what_is_still_owed_when_a_subscription_closes_is_cancelled(
    tracker: Tracker,
) -> None:
    subscription = await tracker.subscribe(await tracker.channel())
    await tracker.record(VISA_FREE, SUSPENDED)
    tracker.receiver.status = 500
    await tracker.settle()
    await tracker.record(SubscriptionClosed(subscription=subscription))
    tracker.later(3600)

    assert await tracker.settle() == 0
    assert await tracker.outbox.counts() == {"cancelled": 1}


async def test_what_was_given_up_is_not_replayed_to_who_has_unsubscribed(tracker: Tracker) -> None:
    subscription = await tracker.subscribe(await tracker.channel())
    await tracker.record(VISA_FREE, SUSPENDED)
    await tracker.runner.catch_up()
    await tracker.matcher().catch_up()
    await tracker.deliver_database.run("update alert.message set status = 'dead'")
    await tracker.record(SubscriptionClosed(subscription=subscription))
    await tracker.settle()

    assert await tracker.leases.replay(after=0, until=9, now=tracker.now) == 0


async def test_where_the_view_stands_still_the_alert_says_that_it_was_not_compared(
    tracker: Tracker,
) -> None:
    await tracker.subscribe(await tracker.channel())
    await tracker.record(VISA_FREE)
    await tracker.settle()
    async with tracker.place.open("tracker_view") as database:
        await database.run("update view.checkpoint set halted = 'event 3: broken'")
    await tracker.record(SUSPENDED)
    await tracker.settle()

    (message,) = await tracker.outbox.messages()
    assert [r.compared for r in message.members[0].matched.reasons] == [False]
    assert b"Not compared with what was known before" in tracker.receiver.requests[0][1]


async def test_running_on_their_own_the_parts_find_a_change_and_tell_of_it(
    tracker: Tracker,
) -> None:
    await tracker.subscribe(await tracker.channel())
    head = Head(tracker.application)
    running = [
        asyncio.create_task(part)
        for part in (
            head.watch(),
            tracker.runner.run(head),
            tracker.matcher().run(head),
            tracker.deliverer().run(),
        )
    ]
    await tracker.record(VISA_FREE, SUSPENDED)
    async with asyncio.timeout(20):
        await tracker.receiver.arrived.wait()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)

    assert len(tracker.receiver.requests) == 1
