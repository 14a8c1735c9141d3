"""Endpoints that fail: left alone, tried with one message, replaced, and caught up with."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from projections.alerts.leases import CLAIM
from tests.projections.alerts.conftest import Tracker
from tests.projections.folding import change

STATES = "select failures, open_until from alert.circuit"


@pytest.fixture
async def ready(tracker: Tracker) -> Tracker:
    """A log with an event, so that messages have a position."""
    await tracker.record(change("visa-free", "2016-08-15", action="introduced"))
    await tracker.settle()
    return tracker


async def test_five_failures_open_the_circuit_and_one_message_tries_it(ready: Tracker) -> None:
    await ready.owe(await ready.channel(), 8)
    ready.receiver.status = 500
    assert await ready.deliverer().deliver_due() == 8
    await ready.owe((await ready.outbox.messages())[0].channel, 1)
    assert await ready.deliverer().deliver_due() == 0

    ((failures, until),) = await ready.application.fetch(STATES)
    assert (failures, until - ready.now) == (5, timedelta(minutes=1)), "those at once count as one"
    ready.now = until
    assert await ready.deliverer().deliver_due() == 1
    assert await ready.deliverer().deliver_due() == 0
    assert len(ready.receiver.requests) == 9
    ((failures, again),) = await ready.application.fetch(STATES)
    assert (failures, again - until) == (6, timedelta(minutes=2))


async def test_of_two_workers_one_tries_an_endpoint_after_its_pause(ready: Tracker) -> None:
    await ready.owe(await ready.channel(), 6)
    ready.receiver.status = 500
    await ready.deliverer().deliver_due()
    ((_, ready.now),) = await ready.application.fetch(STATES)
    until = ready.now + timedelta(seconds=30)
    asked: dict[str, Any] = {
        "now": ready.now, "until": until, "most": 1, "kinds": [], "among": False
    }  # fmt: skip
    waiting = "select from pg_locks where not granted"
    async with ready.place.open("tracker_deliver") as other:
        async with ready.deliver_database.transaction() as connection:
            first = await (await connection.execute(CLAIM, asked)).fetchall()
            second = asyncio.create_task(other.fetch(CLAIM, asked))
            # It sees the same pause, and waits for whoever moves it.
            while not await ready.application.fetch(waiting):
                assert not second.done()
        assert (len(first), await second) == (1, [])


async def test_what_waited_is_sent_as_soon_as_the_endpoint_works(ready: Tracker) -> None:
    channel = await ready.channel()
    ids = await ready.owe(channel, 20)
    ready.receiver.status = 503
    await ready.deliverer().deliver_due()
    ready.receiver.status = 200
    ((_, until),) = await ready.application.fetch(STATES)
    ready.now = until
    while await ready.deliverer().deliver_due():
        pass

    assert await ready.outbox.counts() == {"delivered": 20}
    assert await ready.application.fetch(STATES) == []
    assert {headers["webhook-id"] for headers, _ in ready.receiver.requests} == set(map(str, ids))


async def test_a_receiver_down_for_three_days_misses_nothing_and_is_not_hammered(
    ready: Tracker,
) -> None:
    ids = await ready.owe(await ready.channel(), 20)
    ready.receiver.status = 503
    end = ready.now + timedelta(days=3)
    while ready.now < end:
        await ready.deliverer().deliver_due()
        ready.later(3600)
    tried = len(ready.receiver.requests)
    assert tried < 20 * 6
    ready.receiver.status = 200
    for _ in range(5):
        while await ready.deliverer().deliver_due():
            pass
        ready.later(1800)

    assert await ready.outbox.counts() == {"delivered": 20}
    arrived = [headers["webhook-id"] for headers, _ in ready.receiver.requests[tried:]]
    assert sorted(arrived) == sorted(map(str, ids))


async def test_one_that_stays_down_ends_in_dead_letters_that_are_replayed_by_range(
    ready: Tracker,
) -> None:
    channel = await ready.channel()
    await ready.owe(channel, 20)
    ready.receiver.status = 503
    end = ready.now + timedelta(days=5)
    while ready.now < end:
        await ready.deliverer().deliver_due()
        ready.later(1800)
    counts = await ready.outbox.counts()
    assert counts == {"dead": 20}

    ready.receiver.status = 200
    assert await ready.leases.replay(after=1, until=9, now=ready.now) == 0
    assert await ready.leases.replay(after=0, until=1, now=ready.now, channel=channel) == 20
    ready.later(3600)
    while await ready.deliverer().deliver_due():
        pass
    assert await ready.outbox.counts() == {"delivered": 20}


async def test_a_receiver_that_asks_for_time_gets_it_for_all_its_messages(ready: Tracker) -> None:
    channel = await ready.channel()
    await ready.owe(channel, 1)
    ready.receiver.status, ready.receiver.headers = 429, {"Retry-After": "600"}
    await ready.deliverer().deliver_due()
    await ready.owe(channel, 3)
    ready.later(590)
    assert await ready.deliverer().deliver_due() == 0
    ready.later(11)
    assert await ready.deliverer().deliver_due() == 1


async def test_a_slow_endpoint_holds_up_no_other(ready: Tracker) -> None:
    await ready.owe(await ready.channel(url="http://127.0.0.1:9/"), 6)
    await ready.owe(await ready.channel(), 3)
    assert await ready.deliverer().deliver_due() == 9
    assert await ready.outbox.counts() == {"delivered": 3, "owed": 6}


async def test_what_a_channel_cannot_deliver_goes_on_through_its_fallback(ready: Tracker) -> None:
    fallback = await ready.channel()
    broken = await ready.channel(url="http://127.0.0.1:9/", fallback=fallback)
    (id_,) = await ready.owe(broken, 1)
    end = ready.now + timedelta(days=5)
    while ready.now < end and not ready.receiver.requests:
        await ready.deliverer().deliver_due()
        ready.later(1800)

    (message,) = await ready.outbox.messages()
    assert (message.id, message.status, message.channel) == (id_, "delivered", fallback)
    attempts = (await ready.outbox.attempts(id_))[id_]
    assert [a.channel for a in attempts[-2:]] == [broken, fallback]
    assert [a.number for a in attempts] == list(range(1, len(attempts) + 1))


async def test_two_channels_that_step_in_for_each_other_do_not_pass_a_message_on_for_ever(
    ready: Tracker,
) -> None:
    fallback = await ready.channel(url="http://127.0.0.1:9/")
    broken = await ready.channel(url="http://127.0.0.1:9/", fallback=fallback)
    pairing = "update app.channel set fallback = %(to)s where id = %(id)s"
    await ready.application.run(pairing, {"to": broken, "id": fallback})
    await ready.owe(broken, 1)
    end = ready.now + timedelta(days=10)
    while ready.now < end and "owed" in await ready.outbox.counts():
        await ready.deliverer().deliver_due()
        ready.later(6 * 3600)

    (message,) = await ready.outbox.messages()
    assert (message.status, message.channel) == ("dead", fallback)


async def test_a_channel_that_is_gone_is_told_of_elsewhere_and_its_messages_go_on(
    ready: Tracker,
) -> None:
    fallback = await ready.channel_of("pull", {})
    gone = await ready.channel(fallback=fallback)
    await ready.owe(gone, 2)
    ready.receiver.status = 410
    while await ready.deliverer().deliver_due():
        pass

    found = await ready.outbox.messages()
    assert {(m.status, m.channel) for m in found} == {("delivered", fallback)}
    notes = [m.note for m in found if m.note]
    assert sorted(note.subject for note in notes) == [
        "A webhook channel was closed", "notice 0", "notice 1",
    ]  # fmt: skip
    told = next(note for note in notes if note.lines)
    assert "gone for good (410)" in told.lines[0]
