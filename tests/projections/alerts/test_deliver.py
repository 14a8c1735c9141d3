"""Delivery: retries, leases and fences, and every attempt on record."""

import asyncio
from datetime import timedelta

import pytest

from projections.alerts.backoff import Step
from projections.alerts.channel import Verdict
from tests.projections.alerts.conftest import Tracker
from tests.projections.alerts.mailbox import Mailbox
from tests.projections.folding import change
from tracker.domain.subscription import SubscriptionClosed

VISA_FREE = change("visa-free", "2016-08-15", action="introduced")
SUSPENDED = change("visa-free-suspended", "2024-07-01", announced_on="2024-06-18")
DELIVERED = Verdict(outcome="delivered", status=200)


@pytest.fixture
async def owing(tracker: Tracker) -> Tracker:
    """One alert is owed and no attempt was made."""
    await tracker.subscribe(await tracker.channel())
    await tracker.record(VISA_FREE, SUSPENDED)
    await tracker.runner.catch_up()
    await tracker.matcher().catch_up()
    return tracker


async def test_what_failed_is_sent_again_with_the_same_id_and_the_same_bytes(
    owing: Tracker,
) -> None:
    owing.receiver.status = 500
    assert await owing.deliverer().deliver_due() == 1
    assert await owing.deliverer().deliver_due() == 0
    owing.later(6)
    owing.receiver.status = 200
    assert await owing.deliverer().deliver_due() == 1

    (first, body), (second, same) = owing.receiver.requests
    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-timestamp"] != second["webhook-timestamp"]
    assert body == same
    (message,) = await owing.outbox.messages()
    assert (message.status, message.attempts) == ("delivered", 2)
    attempts = (await owing.outbox.attempts(message.id))[message.id]
    assert [(a.number, a.status) for a in attempts] == [(1, 500), (2, 200)]
    assert attempts[0].error == "the receiver refused (500 Internal Server Error)"


async def test_a_message_is_given_up_when_the_schedule_is_at_its_end(owing: Tracker) -> None:
    owing.receiver.status = 503
    while await owing.deliverer().deliver_due():
        owing.now = (await owing.outbox.messages())[0].next_at

    (message,) = await owing.outbox.messages()
    assert (message.status, message.attempts) == ("dead", 10)
    assert len(owing.receiver.requests) == 10


async def test_a_receiver_that_asks_for_time_gets_it(owing: Tracker) -> None:
    owing.receiver.status, owing.receiver.headers = 429, {"Retry-After": "600"}
    await owing.deliverer().deliver_due()

    (message,) = await owing.outbox.messages()
    assert message.next_at - owing.now == timedelta(seconds=600)


async def test_a_receiver_that_is_gone_closes_its_channel(owing: Tracker) -> None:
    owing.receiver.status = 410
    await owing.deliverer().deliver_due()
    await owing.record(change("visa-required", "2024-08-01"))
    await owing.settle()

    assert await owing.outbox.counts() == {"cancelled": 2}
    assert len(owing.receiver.requests) == 1
    ((closed,),) = await owing.application.fetch("select closed from app.channel")
    assert closed == "the receiver says that it is gone for good (410)"
    later, _ = await owing.outbox.messages()
    (attempt,) = (await owing.outbox.attempts(later.id))[later.id]
    assert attempt.error == f"the channel is closed: {closed}"


async def test_what_a_dead_worker_had_claimed_is_sent_when_its_lease_ends(owing: Tracker) -> None:
    (claimed,) = await owing.leases.claim(10, owing.now, 30)
    owing.later(29)
    assert await owing.deliverer().deliver_due() == 0
    owing.later(2)
    assert await owing.deliverer().deliver_due() == 1

    ((headers, _),) = owing.receiver.requests
    assert headers["webhook-id"] == str(claimed.id)


async def test_a_stale_fence_records_nothing(owing: Tracker) -> None:
    (stale,) = await owing.leases.claim(10, owing.now, 30)
    owing.later(31)
    (holder,) = await owing.leases.claim(10, owing.now, 30)
    assert holder.fence == stale.fence + 1

    assert not await owing.leases.record(stale, DELIVERED, Step("delivered"), owing.now)
    assert (await owing.outbox.attempts(stale.id))[stale.id] == []
    assert await owing.leases.record(holder, DELIVERED, Step("delivered"), owing.now)
    assert not await owing.leases.record(holder, DELIVERED, Step("delivered"), owing.now)
    assert len((await owing.outbox.attempts(holder.id))[holder.id]) == 1


async def test_two_workers_never_hold_the_same_message(owing: Tracker) -> None:
    assert len(await owing.leases.claim(10, owing.now, 30)) == 1
    assert await owing.leases.claim(10, owing.now, 30) == []


async def test_settings_that_cannot_be_read_are_a_failure_in_words(tracker: Tracker) -> None:
    await tracker.subscribe(await tracker.channel(secret="whsec_short"))
    await tracker.record(VISA_FREE, SUSPENDED)
    await tracker.settle()

    (message,) = await tracker.outbox.messages()
    (attempt,) = (await tracker.outbox.attempts(message.id))[message.id]
    assert message.status == "owed"
    assert "24 to 64 random bytes" in (attempt.error or "")


async def test_an_answer_in_bytes_that_are_no_text_is_an_attempt_like_any_other(
    tracker: Tracker,
) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 500 N\xff\xfe\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        await tracker.subscribe(await tracker.channel(url=f"http://127.0.0.1:{port}/"))
        await tracker.record(VISA_FREE, SUSPENDED)
        await tracker.settle()

    (message,) = await tracker.outbox.messages()
    (attempt,) = (await tracker.outbox.attempts(message.id))[message.id]
    assert message.status == "owed"
    assert attempt.error == "the receiver refused (500 N\ufffd\ufffd)"


async def test_what_was_cancelled_while_it_was_sent_in_vain_is_not_tried_again(
    owing: Tracker,
) -> None:
    (claim,) = await owing.leases.claim(10, owing.now, 30)
    await owing.record(SubscriptionClosed(subscription=claim.subscription or ""))
    await owing.matcher().catch_up()
    failed = Verdict(outcome="failed", status=500)
    again = Step("owed", owing.now)

    assert await owing.leases.record(claim, failed, again, owing.now)
    assert await owing.outbox.counts() == {"cancelled": 1}


async def test_a_mail_server_that_hangs_holds_up_no_webhook(owing: Tracker) -> None:
    async with Mailbox() as mailbox:
        mailbox.silent = True
        owing.mail = mailbox.mail()
        owing.later(-60)  # the mails are owed before the webhook
        for number in range(20):
            to = await owing.channel_of("email", {"address": f"{number}@example.org"})
            await owing.owe(to, 4)
        owing.later(60)
        delivering = asyncio.create_task(owing.deliverer().run())
        try:
            await owing.receiver.arrived.wait()
        finally:
            delivering.cancel()
            await asyncio.gather(delivering, return_exceptions=True)
    assert mailbox.received == []
