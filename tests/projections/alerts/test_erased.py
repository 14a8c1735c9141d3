"""Alerts about what was erased: not sent, and nothing left of why they were owed."""

from uuid import uuid4

from tests.projections.alerts.conftest import Tracker
from tests.projections.folding import change
from tracker.domain.erasure import PayloadErased
from tracker.domain.statement import StatementMade

FREE = change("visa-free", "2016-08-15", action="introduced")
SUSPENDED = change("visa-free-suspended", "2024-07-01", action="suspended")


def said(text: str) -> StatementMade:
    return StatementMade(speaker=str(uuid4()), text=text, verbatim="verbatim", country="EC")


async def test_what_is_owed_about_an_erased_fact_is_cancelled_and_what_left_stays_delivered(
    tracker: Tracker,
) -> None:
    channel = await tracker.channel()
    await tracker.subscribe(channel)
    await tracker.subscribe(channel, types=("statement-made",), countries=("EC",))
    _, gone = await tracker.record(FREE, SUSPENDED)
    assert await tracker.settle() == 1
    also, stays = await tracker.record(said("No."), said("Yes."))
    await tracker.runner.catch_up()
    await tracker.matcher().catch_up()
    assert await tracker.outbox.counts() == {"delivered": 1, "owed": 2}

    await tracker.record(PayloadErased(legal_basis="x", targets=(str(gone), str(also))))
    await tracker.matcher().catch_up()

    found = {m.members[0].event: m for m in await tracker.outbox.messages()}
    assert {e: m.status for e, m in found.items()} == {
        gone: "delivered", also: "cancelled", stays: "owed",
    }  # fmt: skip
    assert found[gone].members[0].matched.reasons == found[also].members[0].matched.reasons == ()
    assert found[stays].members[0].matched.reasons
    assert await tracker.deliverer().deliver_due() == 1
    assert len(tracker.receiver.requests) == 2


async def test_a_fact_that_is_erased_before_it_is_matched_alerts_nobody(tracker: Tracker) -> None:
    await tracker.subscribe(await tracker.channel())
    _, gone = await tracker.record(FREE, SUSPENDED)
    await tracker.record(PayloadErased(legal_basis="x", targets=(str(gone),)))

    await tracker.settle()
    assert tracker.receiver.requests == []
    assert gone not in {m.members[0].event for m in await tracker.outbox.messages(status="owed")}
