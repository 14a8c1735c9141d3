"""Erasing: gone from every table, proofs as before, done again wherever it was left undone."""

import asyncio
from uuid import UUID

import msgspec
import pytest

from tests.place import Place, parts_at
from tests.tracker.erasing import world
from tests.tracker.erasing.world import (
    ADMIN,
    ANALYST,
    BASIS,
    DOCUMENT,
    DRAFT,
    KEPT,
    PAGE,
    SECRET,
    SPARE,
    TEXT,
)
from tracker.domain.base import EVERYTHING
from tracker.domain.erasing import ErasePayload
from tracker.domain.erasure import ERASURES, PayloadErased
from tracker.domain.errors import Forbidden, NotFound, Refused
from tracker.domain.ids import derived
from tracker.log.erasures import ErasureList
from tracker.log.evidence import Capture
from tracker.parts import Parts

HELD = {"log.payload", "log.evidence", "view.draft", "view.statement"}


async def erased_ids(parts: Parts) -> set[UUID]:
    return {r.id for r in await parts.reader.read(EVERYTHING) if r.event is None}


async def test_an_erased_fact_is_gone_from_every_table_and_no_leaf_has_changed(
    place: Place,
) -> None:
    async with parts_at(place) as parts:
        fact, other = await world.told(parts)
        before = world.leaves(place)
        size = len(before)
        proofs = [await parts.tiles.inclusion(p, size) for p in range(1, size + 1)]
        assert world.where(place, SECRET) >= HELD

        plan = await parts.erasing.plan(fact, BASIS, ADMIN)
        assert world.leaves(place) == before
        done = await parts.erasing.erase(fact, BASIS, ADMIN)

        assert world.where(place, SECRET) == set()
        assert world.leaves(place)[: len(before)] == before
        assert [await parts.tiles.inclusion(p, size) for p in range(1, size + 1)] == proofs
        types = sorted(line.type for line in plan.events)
        assert types == ["draft-accepted", "draft-proposed", "draft-proposed", "statement-made"]
        assert {piece.size_bytes for piece in plan.evidence} == {len(PAGE), len(TEXT)}
        assert plan.documents == (DOCUMENT,)
        assert str(other) in {line.event for line in plan.stays}
        assert (done.deleted.payloads, done.deleted.evidence) == (4, 2)
        assert await erased_ids(parts) == {UUID(line.event) for line in plan.events}
        (kept,) = await parts.reader.by_ids([other])
        assert kept.event is not None
        assert KEPT in str(kept.event)
        sizes = msgspec.json.encode(plan)
        assert SECRET.encode() in sizes, "the plan says what would go"
        assert SECRET not in ErasureList(place.data).path.read_text()


async def test_what_was_erased_says_by_which_event(place: Place) -> None:
    async with parts_at(place) as parts:
        fact, _ = await world.told(parts)
        done = await parts.erasing.erase(fact, BASIS, ADMIN)

        (gone,) = await parts.reader.by_ids([fact])
        erasure = (await parts.reader.erasures_of([gone]))[fact]
        text_sha256 = next(p.sha256 for p in done.plan.evidence if p.size_bytes == len(TEXT))
        how = await parts.erasing.how(text_sha256)

        assert (str(erasure.id),) == done.events
        assert how is not None
        assert (how.position, how.legal_basis) == (done.position, BASIS)
        day = erasure.recorded_at.date()
        sentence = f"erased by event {done.position} on {day} (legal basis: {BASIS})"
        assert how.sentence() == sentence


async def test_erased_twice_is_erased_once(place: Place) -> None:
    async with parts_at(place) as parts:
        fact, _ = await world.told(parts)
        first = await parts.erasing.erase(fact, BASIS, ADMIN)
        head = await parts.reader.head()
        again = await parts.erasing.erase(fact, BASIS, ADMIN)

        assert (again.events, again.position) == ((), None)
        assert again.plan.events == ()
        assert again.plan.erased_by is not None
        assert again.plan.erased_by.position == first.position
        assert await parts.reader.head() == head


async def test_evidence_can_be_kept(place: Place) -> None:
    async with parts_at(place) as parts:
        fact, other = await world.told(parts)
        done = await parts.erasing.erase(fact, BASIS, ADMIN, keep_evidence=True)
        await parts.settle()

        assert (done.plan.evidence, done.plan.documents) == ((), ())
        # The draft that nobody decided repeats the words and can still become a fact.
        assert world.where(place, SECRET) == {"log.payload", "log.evidence", "view.draft"}
        assert other not in await erased_ids(parts)
        await parts.erasing.erase(UUID(DOCUMENT), BASIS, ADMIN)
        assert world.where(place, SECRET) == set()


@pytest.mark.parametrize("root", [DRAFT, SPARE, DOCUMENT])
async def test_a_draft_or_a_document_is_erased_by_its_own_id(place: Place, root: str) -> None:
    async with parts_at(place) as parts:
        fact, other = await world.told(parts)
        done = await parts.erasing.erase(UUID(root), BASIS, ADMIN)

        types = [line.type for line in done.plan.events]
        assert ("document-received" in types) == (root == DOCUMENT)
        assert (fact in await erased_ids(parts)) == (root == DRAFT)
        assert other not in await erased_ids(parts)
        assert world.where(place, SECRET) == (
            set() if root == DRAFT else {"log.payload", "view.draft", "view.statement"}
        )


async def test_the_name_of_somebody_goes_by_its_own_event(place: Place) -> None:
    async with parts_at(place) as parts:
        fact, _ = await world.told(parts)
        plan = await parts.erasing.plan(fact, BASIS, ADMIN)
        (name,) = [line for line in plan.stays if line.type == "party-named"]

        await parts.erasing.erase(fact, BASIS, ADMIN)
        assert world.where(place, "a clerk") == {"log.payload", "view.party"}
        await parts.erasing.erase(UUID(name.event), BASIS, ADMIN)

        assert world.where(place, "a clerk") == set()


async def test_two_erasures_that_overlap_erase_everything_of_both(place: Place) -> None:
    async with parts_at(place) as parts:
        fact, other = await world.told(parts)
        await asyncio.gather(
            parts.erasing.erase(fact, BASIS, ADMIN), parts.erasing.erase(other, BASIS, ADMIN)
        )

        assert {fact, other} <= await erased_ids(parts)
        assert world.where(place, SECRET) | world.where(place, KEPT) == set()
        events = await parts.reader.read(EVERYTHING)
        named = [t for r in events if isinstance(r.event, PayloadErased) for t in r.event.targets]
        assert len(named) == len(set(named))


async def test_what_does_not_exist_or_is_no_content_is_not_erased(place: Place) -> None:
    async with parts_at(place) as parts:
        fact, _ = await world.told(parts)
        erasing, head = parts.erasing, await parts.reader.head()
        with pytest.raises(NotFound, match="no event, draft or document"):
            await erasing.erase(world.stranger(), BASIS, ADMIN)
        with pytest.raises(Forbidden, match="needs the role admin"):
            await erasing.erase(fact, BASIS, ANALYST)
        with pytest.raises(Refused, match="legal_basis: say on what ground"):
            await erasing.erase(fact, " ", ADMIN)
        with pytest.raises(Refused, match="a document is its evidence"):
            await erasing.erase(UUID(DOCUMENT), BASIS, ADMIN, keep_evidence=True)
        assert await parts.reader.head() == head
        assert not ErasureList(place.data).path.exists()
        done = await erasing.erase(fact, BASIS, ADMIN)
        with pytest.raises(Refused, match="payload-erased says what this tracker did"):
            await erasing.erase(UUID(done.events[0]), BASIS, ADMIN)


async def test_an_old_backup_is_held_to_the_list_when_it_starts(place: Place) -> None:
    async with parts_at(place) as parts:
        fact, _ = await world.told(parts)
    old = world.copied(place)
    try:
        async with parts_at(place) as parts:
            done = await parts.erasing.erase(fact, BASIS, ADMIN)
        assert world.where(old, SECRET) >= HELD

        async with parts_at(old) as parts:
            assert world.where(old, SECRET) == set()
            (again,) = await parts.reader.by_ids([UUID(done.events[0])])
            assert again.actor == ADMIN
            head = await parts.reader.head()
        async with parts_at(old) as parts:
            assert await parts.reader.head() == head, "once is enough"
    finally:
        world.dropped(old)


async def erasures(parts: Parts) -> list[int]:
    """The positions of all erasures."""
    return [r.position for r in await parts.reader.read(ERASURES, limit=10)]


async def test_a_list_that_was_lost_or_is_of_another_log_is_made_up_for(place: Place) -> None:
    async with parts_at(place) as parts:
        fact, _ = await world.told(parts)
        done = await parts.erasing.erase(fact, BASIS, ADMIN)
        path = ErasureList(place.data).path
        listed = path.read_text()
        line = msgspec.json.decode(listed)
        foreign = msgspec.json.encode(line | {"log": str(world.stranger()), "id": DRAFT}) + b"\n"

        path.write_bytes(foreign)
        await parts.erasing.resume()
        assert await erasures(parts) == [done.position], "another log's erasure is not ours"
        assert path.read_text() == foreign.decode() + listed
        path.write_text("{}\n")
        with pytest.raises(Refused, match="line 1 is no erasure"):
            await parts.erasing.resume()


async def test_a_crash_after_the_list_was_written_ends_erased(place: Place) -> None:
    async with parts_at(place) as parts:
        fact, _ = await world.told(parts)
        path = ErasureList(place.data).path
        await parts.erasing.erase(fact, BASIS, ADMIN, keep_evidence=True)
        # Only the list knows of a second one, as if the machine had died right after it.
        listed = path.read_bytes()
        second = await parts.erasing.plan(UUID(DOCUMENT), BASIS, ADMIN)
        line = msgspec.json.decode(listed)
        line["id"] = str(derived("second"))
        line["erased"] = {
            "legal_basis": BASIS,
            "targets": [e.event for e in second.events],
            "evidence": [p.sha256 for p in second.evidence],
            "documents": list(second.documents),
        }
        path.write_bytes(listed + msgspec.json.encode(line) + b'\n{"log":"torn')
        assert SECRET in TEXT
        assert world.where(place, SECRET)

    async with parts_at(place) as parts:
        assert world.where(place, SECRET) == set()
        assert len(await erasures(parts)) == 2
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_crash_after_the_event_was_appended_ends_erased(place: Place) -> None:
    async with parts_at(place) as parts:
        fact, _ = await world.told(parts)
        named = await parts.reader.by_ids([fact])
        named += await parts.reader.by_ids([i for r in named if (i := r.causation_id)])
        command = ErasePayload(
            root=str(fact), legal_basis=BASIS, id=str(derived("crashed")), named=tuple(named)
        )
        await parts.executor.execute(command, ADMIN)
        # Nothing is deleted yet, but views that come to the event leave its targets out.
        await parts.settle()
        assert world.where(place, SECRET) == {"log.payload", "log.evidence"}
        with pytest.raises(Refused, match=r"the evidence of document .* was erased"):
            await world.record(parts, KEPT)

    async with parts_at(place):
        assert world.where(place, SECRET) == set()
    assert str(derived("crashed")) in ErasureList(place.data).path.read_text()


async def test_a_crash_before_the_views_were_folded_again_ends_erased(place: Place) -> None:
    async with parts_at(place) as parts:
        fact, _ = await world.told(parts)
        at = await parts.reader.head()
        await parts.erasing.erase(fact, BASIS, ADMIN)
        async with place.open("tracker_view") as views:
            await views.run("update view.checkpoint set position = %s", (at,))
            await views.run(f"update view.statement set text = '{SECRET}'")
        assert world.where(place, SECRET) == {"view.statement"}

    async with parts_at(place):
        assert world.where(place, SECRET) == set()


async def test_erased_bytes_that_arrive_again_stay_erased(place: Place) -> None:
    async with parts_at(place) as parts:
        fact, _ = await world.told(parts)
        await parts.erasing.erase(fact, BASIS, ADMIN)
        capture = Capture(url="https://elsewhere.example/", captured_at=parts.clock())

        for data in (PAGE, TEXT.encode()):
            sha256 = await parts.evidence.keep(data, capture)
            assert await parts.evidence.get(sha256) is None
        with pytest.raises(Refused, match="was erased and is not taken in again"):
            await world.receive(parts)

        assert world.where(place, SECRET) == set()
        assert world.where(place, "elsewhere.example") == set()
