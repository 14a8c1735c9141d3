"""What is held back on a real log: for an undo, by pacing, and what becomes of it."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from projections.alerts.holding import Holding
from tests.projections.alerts.conftest import ANALYST, Tracker
from tests.projections.folding import change
from tracker.domain.base import Event, NewEvent
from tracker.domain.correction import FactRetracted, Reason
from tracker.domain.draft import DraftProposed, DraftRejected
from tracker.domain.errors import Forbidden, NotFound
from tracker.domain.filter import Filter
from tracker.domain.pacing import Pacing
from tracker.domain.subscription import SubscriptionChanged, SubscriptionClosed

VISA_FREE = change("visa-free", "2016-08-15", action="introduced")
SUSPENDED = change("visa-free-suspended", "2090-07-01", action="suspended")
BANNED = change("entry-ban", "2091-07-01")
EC_CN = Filter(destinations=("EC",), nationalities=("CN",))


def draft(of: Event) -> DraftProposed:
    return DraftProposed(
        draft=str(uuid4()), document=str(uuid4()), fact_type=of.type, fact=msgspec.to_builtins(of),
        extractor="e", extractor_version=1, rule="r", confidence="0.9", spans=(),
    )  # fmt: skip


async def caused(tracker: Tracker, event: Event, by: UUID) -> UUID:
    """Record what a reviewer makes of a draft."""
    new = NewEvent(uuid4(), event, by)
    await tracker.appender.append([new], ANALYST, uuid4())
    return new.id


async def paced(tracker: Tracker, *options: Any, **pacing: Any) -> str:
    """A subscription that is told at a pace."""
    channel = await tracker.channel()
    subscription = await tracker.subscribe(channel, *options)
    await tracker.record(
        SubscriptionChanged(
            subscription=subscription, channel=channel, filter=EC_CN, options=options,
            pacing=Pacing(**pacing),
        )
    )  # fmt: skip
    return subscription


async def released(tracker: Tracker, seconds: float) -> int:
    """Let time pass and send on what is due; how many messages that makes."""
    tracker.later(seconds)
    return await tracker.matcher().release()


async def why(tracker: Tracker) -> list[tuple[str | None, str | None]]:
    """Why each alert was held, and why it is never sent."""
    found = await Holding(tracker.application).held()
    return [(one.held_because, one.dropped) for one in found]


async def test_what_was_just_accepted_waits_for_an_undo_and_is_sent_then(tracker: Tracker) -> None:
    await tracker.subscribe(await tracker.channel())
    (proposed,) = await tracker.record(draft(SUSPENDED))
    await tracker.record(VISA_FREE)
    await caused(tracker, SUSPENDED, proposed)

    assert await tracker.settle() == 0
    assert await released(tracker, 20) == 0
    assert await released(tracker, 15) == 1
    assert await tracker.deliverer().deliver_due() == 1
    assert await why(tracker) == [("a person has just accepted it, and may still undo that", None)]


async def test_what_is_taken_back_within_the_wait_was_never_told(tracker: Tracker) -> None:
    await tracker.subscribe(await tracker.channel())
    (proposed,) = await tracker.record(draft(SUSPENDED))
    await tracker.record(VISA_FREE)
    fact = await caused(tracker, SUSPENDED, proposed)
    await tracker.settle()
    undo = FactRetracted(target=str(fact), target_position=4, reason=Reason("other", "Undone."))
    await tracker.record(undo)
    await tracker.settle()

    assert await released(tracker, 3600) == 0
    assert [dropped for _, dropped in await why(tracker)] == [
        "what it takes back was never sent", "what it tells was taken back before it was sent",
    ]  # fmt: skip
    assert await tracker.outbox.messages() == []


async def test_a_digest_is_one_message_that_says_why_it_waited(tracker: Tracker) -> None:
    await paced(tracker, digest="hourly")
    await tracker.record(VISA_FREE, SUSPENDED, BANNED)
    assert await tracker.settle() == 0
    assert await tracker.matcher().catch_up() == 5

    assert await released(tracker, 3600) == 1
    assert await tracker.matcher().release() == 0
    (message,) = await tracker.outbox.messages()
    assert (message.kind, len(message.members)) == ("digest", 2)
    assert message.note is not None
    assert message.note.lines == ("Held back: told in the hourly digest.",)
    assert await tracker.deliverer().deliver_due() == 1


async def test_what_waits_for_an_undo_counts_towards_the_ceiling(tracker: Tracker) -> None:
    await paced(tracker, most_per_hour=1)
    await tracker.record(VISA_FREE)
    for fact in (SUSPENDED, BANNED, change("visa-free", "2092-07-01")):
        (proposed,) = await tracker.record(draft(fact))
        await caused(tracker, fact, proposed)
        await tracker.settle()

    told = [because for because, _ in reversed(await why(tracker))]
    assert [("more than 1" in (because or "")) for because in told] == [False, True, True]
    assert await released(tracker, 31) == 1


async def test_what_is_held_for_a_subscription_that_closes_is_never_sent(tracker: Tracker) -> None:
    subscription = await paced(tracker, muted_until="2099-01-01")
    await tracker.record(VISA_FREE, SUSPENDED)
    await tracker.settle()
    await tracker.record(SubscriptionClosed(subscription=subscription))
    await tracker.settle()

    ((held, dropped),) = await why(tracker)
    assert (held or "").startswith("muted until 2099-01-01")
    assert dropped == "the subscription was closed before it was sent"


async def test_what_is_held_goes_where_the_subscription_tells_by_then(tracker: Tracker) -> None:
    subscription = await paced(tracker, digest="hourly")
    await tracker.record(VISA_FREE, SUSPENDED)
    await tracker.settle()
    elsewhere = await tracker.channel_of("pull", {})
    await tracker.record(
        SubscriptionChanged(subscription=subscription, channel=elsewhere, filter=EC_CN)
    )
    await tracker.application.run("delete from app.channel where kind = 'webhook'")
    await tracker.settle()

    assert await released(tracker, 3600) == 1
    assert await tracker.deliverer().deliver_due() == 1
    (message,) = await tracker.outbox.messages()
    assert (message.status, message.channel) == ("delivered", elsewhere)


async def test_a_draft_is_told_unconfirmed_and_then_cancelled(tracker: Tracker) -> None:
    subscription = await tracker.subscribe(await tracker.channel(), "include-drafts")
    proposal = draft(SUSPENDED)
    (proposed,) = await tracker.record(proposal)
    await tracker.settle()
    rejected = DraftRejected(draft=proposal.draft, document=proposal.document, reason="Misread.")
    await caused(tracker, rejected, proposed)
    await tracker.settle()

    cancel, told = await tracker.outbox.messages(subscriptions=[subscription])
    assert (told.kind, cancel.kind) == ("alert", "cancel")
    assert cancel.members[0].refers == (told.id,)
    assert b"Unconfirmed: Ecuador, for China" in tracker.receiver.requests[0][1]


async def test_an_accepted_draft_is_followed_by_an_update_even_if_it_brings_no_news(
    tracker: Tracker,
) -> None:
    await tracker.subscribe(await tracker.channel(), "include-drafts", "at-once")
    await tracker.record(VISA_FREE, SUSPENDED)
    (proposed,) = await tracker.record(draft(SUSPENDED))
    await caused(tracker, SUSPENDED, proposed)
    await tracker.settle()

    update, told, _ = await tracker.outbox.messages()
    assert (update.kind, update.members[0].refers) == ("update", (told.id,))


async def test_a_draft_for_a_critical_subscription_that_nobody_reads_is_told_to_the_desk(
    tracker: Tracker,
) -> None:
    channel = await tracker.channel()
    await tracker.subscribe(channel, "critical")
    desk = await tracker.subscribe(channel, "desk-notices", destinations=("PE",))
    read = draft(SUSPENDED)
    first, _ = await tracker.record(read, draft(BANNED))
    await tracker.settle()
    await caused(
        tracker, DraftRejected(draft=read.draft, document=read.document, reason="No."), first
    )
    await tracker.settle()

    assert await released(tracker, 1700) == 0
    assert await released(tracker, 150) == 1
    (message,) = await tracker.outbox.messages()
    assert message.subscription == desk
    assert "not read for 30 minutes" in (message.members[0].matched.reasons[0].text or "")
    assert ("the draft was rejected before it was sent") in [d for _, d in await why(tracker)]


async def test_an_alert_is_acknowledged_once_by_whoever_sees_it_first(tracker: Tracker) -> None:
    await tracker.subscribe(await tracker.channel())
    await tracker.record(VISA_FREE, SUSPENDED)
    await tracker.settle()
    (message,) = await tracker.outbox.messages()
    holding = Holding(tracker.deliver_database)

    await holding.acknowledge(message.id, "ana", tracker.now)
    await holding.acknowledge(message.id, "ben", tracker.now)
    with pytest.raises(Forbidden, match="only whose subscription it is"):
        await holding.acknowledge(message.id, "ana", tracker.now, ["another"])
    with pytest.raises(NotFound):
        await holding.acknowledge(UUID(int=7), "ana", tracker.now)
    (by,) = await tracker.deliver_database.fetch("select acknowledged_by from alert.owed")
    assert by == ("ana",)


async def test_what_is_held_follows_another_pace_of_its_subscription(tracker: Tracker) -> None:
    subscription = await paced(tracker, muted_until="2099-01-01")
    await tracker.record(VISA_FREE, SUSPENDED)
    await tracker.settle()
    assert await tracker.outbox.messages() == []
    changed = SubscriptionChanged(
        subscription=subscription, channel=await tracker.channel(), filter=EC_CN,
        pacing=Pacing(digest="hourly"),
    )  # fmt: skip
    await tracker.record(changed)
    await tracker.settle()
    assert await why(tracker) == [("told in the hourly digest", None)]
    assert await released(tracker, 0) == 0

    # What was recorded just before the pace changed is told at the new one too.
    await tracker.record(BANNED, msgspec.structs.replace(changed, pacing=None))
    await tracker.settle()
    assert await released(tracker, 0) == 1
    assert len(await tracker.outbox.messages()) == 2
    assert {m.kind for m in await tracker.outbox.messages()} == {"alert"}


async def test_what_waits_for_an_undo_waits_at_any_pace(tracker: Tracker) -> None:
    subscription = await paced(tracker, digest="daily")
    (proposed,) = await tracker.record(VISA_FREE)
    await caused(tracker, SUSPENDED, proposed)
    await tracker.settle()
    await tracker.record(
        SubscriptionChanged(
            subscription=subscription, channel=await tracker.channel(), filter=EC_CN
        )
    )
    await tracker.settle()
    assert await released(tracker, 0) == 0
    assert await why(tracker) == [("a person has just accepted it, and may still undo that", None)]
    assert await released(tracker, 31) == 1


async def test_what_is_taken_back_before_anybody_looked_is_not_told_at_all(
    tracker: Tracker,
) -> None:
    await tracker.subscribe(await tracker.channel())
    _, told = await tracker.record(VISA_FREE, SUSPENDED)
    retracted = FactRetracted(target=str(told), target_position=3, reason=Reason("other", "Wrong."))
    await tracker.record(retracted)
    await tracker.settle()
    assert await tracker.outbox.messages() == []
    assert sorted(d or "" for _, d in await why(tracker)) == [
        "what it takes back was never sent",
        "what it tells was taken back before it was sent",
    ]
