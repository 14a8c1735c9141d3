"""The inbox over a log: stacks in order, duplicates, decisions of two, trust, and what gave nothing."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import pytest

from projections.views.inbox import Draft
from projections.views.policies import PolicyStep
from tests.place import Place, parts_at
from tracker.domain.base import Actor, tagged
from tracker.domain.correcting import RetractFact
from tracker.domain.correction import Reason
from tracker.domain.document import DocumentReceived
from tracker.domain.draft import DraftAccepted, DraftProposed
from tracker.domain.errors import Conflict, Decided
from tracker.domain.feed import AddFeed, ChangeFeed, FeedAdded
from tracker.domain.feed_settings import Trust
from tracker.domain.ids import derived
from tracker.domain.intake import ReceiveDocument
from tracker.domain.reviewing import RejectDraft, SnoozeDraft
from tracker.domain.seeing import SeeDocument
from tracker.domain.subscription import Filter, OpenSubscription
from tracker.execute import Done
from tracker.parts import Parts
from tracker.wiring import trusting_of

TEXT = "Visa-free entry is suspended from 1 July."
CHANGE: dict[str, Any] = {
    "jurisdiction": "EC", "kind": "entry", "action": "suspended", "effective_basis": "stated",
    "effective_from": "2024-07-01",
    "rule": {"nationalities": ["CN"], "regime": "visa-free-suspended"},
}  # fmt: skip


class Desk:
    """A reviewer with documents that come in."""

    def __init__(self, parts: Parts, actor: Actor) -> None:
        self.parts = parts
        self.actor = actor

    async def arrives(
        self, name: str, *, feed: str | None = None, names: Sequence[str] = (), **fact: Any
    ) -> str:
        """A document with a draft, or without one where no fact is given: the id of either."""
        text = f"{TEXT} {name}"
        sha256 = await self.parts.evidence.keep(text.encode())
        document, draft = str(derived("document", name)), str(derived("draft", name))
        cited = [{"document": document, "quote": "is suspended"}]
        proposed = DraftProposed(
            draft=draft, document=document, fact_type="policy-changed",
            fact={**CHANGE, "citations": cited, **fact}, extractor="e", extractor_version=1,
            rule="suspends", confidence="0.9", spans=(),
        )  # fmt: skip
        received = DocumentReceived(
            document=document, raw_sha256=sha256, text_sha256=sha256, feed=feed, title=name,
            names=tuple(names),
        )  # fmt: skip
        command = ReceiveDocument(
            received=received, content_hash=name, drafts=(proposed,) if fact else ()
        )
        await self.done(command)
        return draft if fact else document

    async def done(self, command: Any) -> Done:
        done = await self.parts.desk.decide(command, self.actor)
        await self.parts.settle()
        return done

    async def accepted(self, draft: str, *others: str) -> Done:
        return await self.done(await self.parts.desk.acceptance(draft, others=others))

    async def row(self, draft: str) -> Draft:
        return await self.parts.desk.draft(draft)

    async def shown(self) -> list[tuple[str, ...]]:
        """The drafts of each stack that is awake, in order."""
        waiting = await self.parts.desk.inbox.waiting()
        return [tuple(d.draft for d in stack.drafts) for stack in waiting.stacks]


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    async with parts_at(place) as parts:
        yield Desk(parts, (await parts.users.create("ana", "analyst")).actor())


async def test_a_stack_is_one_decision_and_undoing_it_is_one_too(desk: Desk) -> None:
    first, second = [await desk.arrives(n, effective_from="2024-07-01") for n in ("one", "two")]
    assert await desk.shown() == [(first, second)]

    done = await desk.accepted(first, second)
    fact = str(done.events[0].id)
    [step] = await desk.parts.views.select(PolicyStep, equal={"event": fact})
    assert len(step.documents) == 2
    assert await desk.shown() == []

    await desk.done(await desk.parts.desk.undoing(second))
    [step] = await desk.parts.views.select(PolicyStep, equal={"event": fact})
    assert step.retracted_at is not None
    assert await desk.shown() == [(first, second)]
    assert (await desk.accepted(first)).events


async def test_a_draft_that_says_a_known_fact_becomes_a_source_of_it_and_back(desk: Desk) -> None:
    first = await desk.arrives("one", effective_from="2024-07-01")
    fact = str((await desk.accepted(first)).events[0].id)
    second = await desk.arrives("two", effective_from="2024-07")

    [known] = await desk.parts.desk.duplicates(await desk.row(second))
    assert (known.event, known.why) == (fact, "the same rule of the same place, and dates that fit")
    await desk.done(await desk.parts.desk.joining(second, fact))
    [step] = await desk.parts.views.select(PolicyStep, equal={"event": fact})
    assert len(step.documents) == 2
    with pytest.raises(Conflict, match="builds on what it recorded"):
        await desk.parts.desk.decide(await desk.parts.desk.undoing(first), desk.actor)

    await desk.done(await desk.parts.desk.undoing(second))
    [step] = await desk.parts.views.select(PolicyStep, equal={"event": fact})
    assert (len(step.documents), step.retracted_at) == (1, None)


async def test_a_retracted_fact_is_no_duplicate(desk: Desk) -> None:
    first = await desk.arrives("one", effective_from="2024-07-01")
    [fact] = await desk.parts.reader.by_ids([(await desk.accepted(first)).events[0].id])
    await desk.done(RetractFact(target=fact, reason=Reason("other", "no")))
    second = await desk.arrives("two", effective_from="2024-07")

    assert await desk.parts.desk.duplicates(await desk.row(second)) == []


async def test_the_second_of_two_reviewers_is_told_who_was_first(desk: Desk) -> None:
    draft = await desk.arrives("one", effective_from="2024-07-01")
    await desk.done(RejectDraft(draft=draft, reason="a rumour"))

    with pytest.raises(Decided, match=r"already rejected by ana on .* UTC: a rumour"):
        await desk.accepted(draft)


async def test_what_a_subscription_watches_comes_first_and_what_sleeps_is_not_shown(
    desk: Desk,
) -> None:
    old = await desk.arrives("one", jurisdiction="PE")
    watched = await desk.arrives("two", jurisdiction="EC")
    asleep = await desk.arrives("three", jurisdiction="CO")
    await desk.done(SnoozeDraft(draft=asleep, until="2999-01-01"))
    channel = str(UUID(int=9))
    await desk.done(OpenSubscription(channel=channel, filter=Filter(destinations=("EC",))))

    assert await desk.shown() == [(watched,), (old,)]
    waiting = await desk.parts.desk.inbox.waiting(snoozed=True)
    assert [s.stack for s in waiting.stacks] == [asleep]
    assert (waiting.total, waiting.snoozed) == (1, 1)


async def test_several_are_accepted_each_by_itself_and_failures_are_named(desk: Desk) -> None:
    good = await desk.arrives("one", effective_from="2024-07-01")
    bad = await desk.arrives("two", effective_from="2024-02-31")
    gone = str(UUID(int=3))
    outcomes = await desk.parts.desk.accept_each((bad, good, gone), desk.actor)

    assert [o.draft for o in outcomes if o.fact] == [good]
    assert "effective_from" in (outcomes[0].refused or "")
    assert "no draft" in (outcomes[2].refused or "")


async def test_a_watched_document_without_a_draft_is_seen_once(desk: Desk) -> None:
    feed = str(UUID(int=4))
    document = await desk.arrives("one", feed=feed, names=("CN", "EC"))
    await desk.arrives("two", feed=feed, names=("PE",))
    assert await desk.parts.desk.inbox.silent() == []
    watch = Filter(nationalities=("CN",))
    await desk.done(OpenSubscription(channel=str(UUID(int=9)), filter=watch))

    assert [d.document for d in await desk.parts.desk.inbox.silent()] == [document]
    await desk.done(SeeDocument(document=document))
    assert await desk.parts.desk.inbox.silent() == []
    with pytest.raises(Decided, match="was already seen by ana"):
        await desk.done(SeeDocument(document=document))
    await desk.done(SeeDocument(document=document, again=True))
    assert len(await desk.parts.desk.inbox.silent()) == 1


async def test_what_a_feed_is_trusted_with_is_accepted_once_by_the_rule(desk: Desk) -> None:
    added = await desk.done(AddFeed(url="https://example.org/feed.xml"))
    assert isinstance(added.events[0].event, FeedAdded)
    feed = added.events[0].event.feed
    before = await desk.arrives("before", feed=feed, jurisdiction="PE")
    trusting = await trusting_of(desk.parts)
    assert await trusting.tick() == 0
    trust = (Trust(of="policy-changed", confidence="0.8"),)
    changed = await desk.done(ChangeFeed(feed=feed, trust=trust))

    first = await desk.arrives("one", feed=feed, effective_from="2024-07-01")
    again = await desk.arrives("two", feed=feed, effective_from="2024-07")
    assert [await trusting.tick(), await trusting.tick()] == [1, 0]
    # As a process that died before it knew would.
    assert await (await trusting_of(desk.parts)).tick() == 0
    await desk.parts.settle()
    assert [(await desk.row(d)).status for d in (before, first, again)] == [
        "waiting", "accepted", "waiting",
    ]  # fmt: skip
    log = await desk.parts.reader.read_all(
        tagged(f"draft:{first}"), before=await desk.parts.reader.head()
    )
    accepted = log[-1]
    assert isinstance(accepted.event, DraftAccepted)
    assert accepted.event.trust == str(changed.events[0].id)
    assert accepted.actor.role == "system"
    assert accepted.actor.on_behalf_of == desk.actor.user

    await desk.done(await desk.parts.desk.undoing(first))
    assert await (await trusting_of(desk.parts)).tick() == 0
