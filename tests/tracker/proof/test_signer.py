"""The signer: true, new and consistent checkpoints, whatever crashes or is restored."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import metamorphic_log
import psycopg
import pytest

from tests.place import Place
from tests.tracker.proof.desk import Desk, cut
from tests.tracker.proof.grown import root_of
from tracker.domain.errors import Conflict, NotFound, Unavailable
from tracker.log.database import Database
from tracker.log.follow import Head
from tracker.proof.checkpoint import Checkpoint
from tracker.proof.note import note_text, open_note


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """A log without events, and a signer that never signed."""
    return Desk(database, tmp_path / "signer")


async def test_a_checkpoint_is_signed_and_put_on_record(desk: Desk) -> None:
    await desk.record(3)

    note = await desk.signer().checkpoint()

    key = desk.signer().verifier()
    signed = Checkpoint.parse(open_note(note, [key]))
    [published] = await desk.published()
    leaves = [(await desk.reader.leaf(n)).hash for n in (1, 2, 3)]
    assert signed == Checkpoint("log.example.org/log/07070707", 3, root_of(leaves))
    assert (published.origin, published.size) == (signed.origin, signed.size)
    assert (published.root, published.note) == (signed.root.hex(), note)
    assert published.timestamp is None
    event = (await desk.everything())[-1]
    assert (event.position, event.actor.role, event.tags) == (
        4, "system", ("type:checkpoint-published",)
    )  # fmt: skip
    assert metamorphic_log.checkpoint_verify(note, [key.text]).size == 3


async def test_an_idle_log_gets_no_new_checkpoint(desk: Desk) -> None:
    await desk.record()
    first = await desk.signer().checkpoint()

    assert await desk.signer().checkpoint() == first
    assert await desk.signer().checkpoint() == first
    assert len(await desk.published()) == 1
    await desk.record()
    assert await desk.signer().checkpoint() != first
    assert [c.size for c in await desk.published()] == [1, 3]


async def test_an_empty_log_gets_none(desk: Desk) -> None:
    with pytest.raises(NotFound, match="nothing to sign"):
        await desk.signer().checkpoint()
    assert not await desk.signer(late=timedelta(days=1)).due()


async def test_one_checkpoint_continues_the_other_for_another_verifier(desk: Desk) -> None:
    await desk.record(5)
    older = await desk.signer().checkpoint()
    await desk.record(300)
    newer = await desk.signer().checkpoint()
    old, new = (Checkpoint.parse(note_text(note)).size for note in (older, newer))

    metamorphic_log.checkpoint_verify_consistency(
        older, newer, [desk.signer().verifier().text], await desk.tiles.consistency(old, new)
    )


async def test_an_event_waits_for_a_checkpoint_no_longer_than_it_may(desk: Desk) -> None:
    await desk.record()

    assert not await desk.signer().due()
    assert await desk.signer(late=timedelta(seconds=61)).due()
    await desk.signer().checkpoint()
    assert not await desk.signer(late=timedelta(days=1)).due()
    await desk.record()
    assert await desk.signer(late=timedelta(seconds=61)).due()


async def test_a_clock_that_was_ahead_keeps_no_event_from_its_signature(desk: Desk) -> None:
    await desk.record()
    behind = desk.signer(late=-timedelta(days=400))

    assert await behind.due()
    await behind.checkpoint()
    await desk.record()
    assert not await behind.due(), "one signature for all that comes within the hour"


async def test_left_to_itself_the_signer_publishes_what_is_due(desk: Desk) -> None:
    await desk.record()
    head = Head(desk.database)
    signing = desk.signer(late=timedelta(seconds=61)).run()
    tasks = [asyncio.create_task(work) for work in (signing, head.watch())]
    try:
        assert await head.past(1) == 2
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert [c.size for c in await desk.published()] == [1]


async def test_of_two_signers_at_once_one_meets_a_conflict(desk: Desk) -> None:
    await desk.record()

    outcomes = await asyncio.gather(
        desk.signer().checkpoint(), desk.signer().checkpoint(), return_exceptions=True
    )

    assert sorted(type(o).__name__ for o in outcomes) == ["Conflict", "str"]
    assert len(await desk.published()) == 1


async def test_a_note_remembered_before_a_crash_is_the_one_that_is_published(
    place: Place, desk: Desk
) -> None:
    await desk.record(2)
    note = await desk.signer().checkpoint()
    # As if the process had died between remembering and publishing.
    cut(place, after=2)

    assert await desk.signer(late=timedelta(seconds=61)).due()
    assert await desk.signer().checkpoint() == note
    assert [c.note for c in await desk.published()] == [note]


async def test_a_note_remembered_before_a_crash_is_published_before_a_newer_one(
    place: Place, desk: Desk
) -> None:
    await desk.record(2)
    note = await desk.signer().checkpoint()
    cut(place, after=2)
    await desk.record()

    newer = await desk.signer().checkpoint()

    assert newer != note
    assert [(c.size, c.note) for c in await desk.published()] == [(2, note), (3, newer)]


async def test_a_log_restored_to_before_the_last_checkpoint_is_not_signed(
    place: Place, desk: Desk
) -> None:
    await desk.record(5)
    await desk.signer().checkpoint()
    cut(place, after=3)

    with pytest.raises(Conflict, match=r"ends at 3, but was signed to 5.*--new-origin"):
        await desk.signer().checkpoint()
    await desk.record(9)
    with pytest.raises(Conflict, match=r"does not begin with.*older backup.*--new-origin"):
        await desk.signer().checkpoint()
    assert await desk.published() == []


async def test_a_new_origin_begins_after_a_restore_and_goes_on(place: Place, desk: Desk) -> None:
    await desk.record(5)
    old = await desk.signer().checkpoint()
    old_key = desk.signer().verifier()
    cut(place, after=3)
    elsewhere = Desk(desk.database, desk.memory.folder, entropy=8)

    note = await elsewhere.signer().checkpoint(new_origin=True)

    key = elsewhere.signer().verifier()
    signed = Checkpoint.parse(open_note(note, [key]))
    assert (signed.origin, signed.size) == ("log.example.org/log/08080808", 3)
    assert key.public == old_key.public
    assert open_note(old, [old_key])
    await elsewhere.record()
    assert await elsewhere.signer().checkpoint() != note
    assert [c.origin for c in await elsewhere.published()] == [signed.origin] * 2


async def test_a_leaf_that_was_rewritten_is_noticed(place: Place, desk: Desk) -> None:
    await desk.record(5)
    await desk.signer().checkpoint()
    with psycopg.connect(place.superuser_url, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("update log.event set leaf_hash = sha256('') where position = 2")
    await desk.record()

    with pytest.raises(Conflict, match="does not continue what was signed"):
        await desk.signer().checkpoint()


@pytest.mark.parametrize(("old", "new"), [("\n5\n", "\n4\n"), ("0707", "0000"), ("\n\n", "\n")])
async def test_a_memory_that_somebody_touched_is_not_believed(
    desk: Desk, old: str, new: str
) -> None:
    await desk.record(5)
    note = await desk.signer().checkpoint()
    (desk.memory.folder / "signed").write_text(note.replace(old, new), "utf-8")

    with pytest.raises(Conflict, match="is not what was signed"):
        await desk.signer().checkpoint()


async def test_a_memory_that_was_lost_is_noticed(desk: Desk) -> None:
    await desk.record()
    await desk.signer().checkpoint()
    (desk.memory.folder / "signed").unlink()

    with pytest.raises(Conflict, match="signed is missing, but 1 events were signed"):
        await desk.signer().checkpoint()
    elsewhere = Desk(desk.database, desk.memory.folder, entropy=8)
    assert await elsewhere.signer().checkpoint(new_origin=True)


async def test_another_machine_on_the_same_log_signs_under_its_own_origin(
    desk: Desk, tmp_path: Path
) -> None:
    other = Desk(desk.database, tmp_path / "other", entropy=9)
    await desk.record()
    first, second = await desk.signer().checkpoint(), await other.signer().checkpoint()

    assert await desk.signer().checkpoint() == first
    assert await other.signer().checkpoint() == second
    assert [c.note for c in await desk.published()] == [first, second]


async def test_the_folder_may_move_to_another_machine(desk: Desk, tmp_path: Path) -> None:
    await desk.record()
    note = await desk.signer().checkpoint()
    shutil.move(desk.memory.folder, tmp_path / "moved")
    moved = Desk(desk.database, tmp_path / "moved", entropy=1)

    assert await moved.signer().checkpoint() == note
    assert moved.signer().verifier().name == "log.example.org/log/07070707"


async def test_a_stamp_stands_beside_the_note(desk: Desk) -> None:
    async def stamp(data: bytes) -> bytes:
        return b"seen: " + data[:3]

    await desk.record()

    await desk.signer(stamp=stamp).checkpoint()

    assert (await desk.published())[0].timestamp == "c2VlbjogbG9n"


async def test_an_authority_that_is_away_does_not_stop_a_checkpoint(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    async def away(data: bytes) -> bytes:
        raise Unavailable("nobody answers")

    await desk.record()

    note = await desk.signer(stamp=away).checkpoint()

    assert [(c.note, c.timestamp) for c in await desk.published()] == [(note, None)]
    assert "without a time stamp: nobody answers" in caplog.text
