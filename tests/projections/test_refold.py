"""The dumps in a bundle are what its events give, and any row that is not is named."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest

from projections import VIEWS, tables
from projections.refold import Compared, refold
from projections.served import SNAPSHOT, Served
from projections.view import View
from projections.views.statements import Statement
from tests.place import Place, parts_at
from tests.projections.test_view_tables import LOG
from tests.tracker.log.events import ANALYST, named
from tests.tracker.proof.bundles import members, rewrite
from tracker.domain.base import NewEvent
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import Disproved
from tracker.log.append import Appender
from tracker.parts import Parts
from tracker.proof.bundle import MANIFEST, Manifest, ViewDump, dump_path
from tracker.proof.export import Exporter, Wanted
from tracker.proof.note import note_text
from tracker.proof.verify import verify

STATEMENTS = dump_path("statements", 0)


class Office:
    """A log of most kinds of event, its views, and bundles of both."""

    def __init__(self, parts: Parts, folder: Path) -> None:
        self.parts = parts
        self.folder = folder

    async def append(self, *new: NewEvent) -> None:
        """Put events on record."""
        await Appender(self.parts.database).append(new, ANALYST, uuid4())

    async def bundle(self, wanted: Wanted | None = None) -> Path:
        """Make a bundle with dumps, which holds what it says."""
        parts, path = self.parts, self.folder / f"{uuid4()}.zip"
        exporter = Exporter(
            database=parts.database, reader=parts.reader, executor=parts.executor,
            signer=parts.signer, clock=parts.clock,
            dumps=Served(parts.database, VIEWS, parts.settle),
        )  # fmt: skip
        await exporter.export(path, wanted or Wanted(with_evidence=False), ANALYST)
        self.verify(path)
        return path

    def verify(self, path: Path) -> None:
        """Check everything but the rows."""
        verify(path, self.parts.signer.verifier())

    def forge(self, path: Path, change: Callable[[bytes], bytes], name: str = STATEMENTS) -> None:
        """Change a dump as the keeper could, who has the key and signs what is false."""
        files = members(path)
        files[name] = change(files[name])
        manifest = manifest_of(path)
        view = name.split("/")[1]
        forged = msgspec.structs.replace(
            manifest.views[view], state_hash=hashlib.sha256(files[name]).hexdigest()
        )
        self.sign(path, files, {**manifest.views, view: forged})

    def sign(self, path: Path, files: dict[str, bytes], views: dict[str, ViewDump]) -> None:
        """Write the bundle with other words about its views, signed."""
        manifest = msgspec.structs.replace(manifest_of(path), views=views)
        files[MANIFEST] = self.parts.signer.vouch(manifest.text).encode()
        rewrite(path, files)


def manifest_of(path: Path) -> Manifest:
    return Manifest.parse(note_text(members(path)[MANIFEST].decode()))


def one(compared: list[Compared], view: str) -> Compared:
    """What was found of a view; of all others that they are equal."""
    assert {c.outcome for c in compared if c.view != view} == {"equal"}
    return next(c for c in compared if c.view == view)


@pytest.fixture
async def office(place: Place, tmp_path: Path) -> AsyncIterator[Office]:
    async with parts_at(place) as parts:
        made = Office(parts, tmp_path)
        await made.append(*(NewEvent(UUID(int=i), e) for i, e in enumerate(LOG, 1) if e))
        yield made


@pytest.mark.parametrize("processes", [1, 2])
async def test_every_dump_of_an_export_is_what_its_events_give(
    office: Office, processes: int
) -> None:
    path = await office.bundle()

    compared = refold(path, VIEWS, processes=processes)

    assert [(c.view, c.outcome) for c in compared] == [
        (name, "equal") for name in sorted(view.name for view in VIEWS)
    ]
    assert all(c.rows and c.position for c in compared)


async def test_a_dump_that_was_altered_without_the_key_is_not_the_signed_one(
    office: Office,
) -> None:
    path = await office.bundle()
    files = members(path)
    files[STATEMENTS] = files[STATEMENTS].replace(b"No comment.", b"No comment!")
    rewrite(path, files)

    with pytest.raises(Disproved, match=f"{STATEMENTS} is not the dump that the manifest names"):
        office.verify(path)


async def test_a_hash_that_was_altered_with_the_key_is_not_that_of_the_dump(
    office: Office,
) -> None:
    path = await office.bundle()
    views = manifest_of(path).views
    forged = msgspec.structs.replace(views["statements"], state_hash="0" * 64)
    office.sign(path, members(path), {**views, "statements": forged})

    with pytest.raises(Disproved, match=f"{STATEMENTS} is not the dump that the manifest names"):
        office.verify(path)


async def test_a_cell_that_was_altered_with_the_key_is_named(office: Office) -> None:
    path = await office.bundle()
    office.forge(path, lambda dump: dump.replace(b"No comment.", b"No comment!"))
    office.verify(path)

    found = one(refold(path, VIEWS), "statements")

    assert found.outcome == "differs"
    told = 'text is "No comment!" in the dump and "No comment." by the log'
    assert found.reason == f"statement (position=13): {told}"


async def test_a_row_that_was_dropped_with_the_key_is_named(office: Office) -> None:
    path = await office.bundle()
    office.forge(path, lambda dump: dump.splitlines(keepends=True)[0])

    found = one(refold(path, VIEWS), "statements")

    told = "statement (position=13): the log gives this row and the dump does not have it"
    assert (found.outcome, found.reason) == ("differs", told)


async def test_a_row_that_was_added_with_the_key_is_named(office: Office) -> None:
    path = await office.bundle()

    def add(dump: bytes) -> bytes:
        table, row = dump.splitlines(keepends=True)
        return table + row.replace(b'"position":13', b'"position":12') + row

    office.forge(path, add)

    found = one(refold(path, VIEWS), "statements")

    told = "statement (position=12): the log gives no such row"
    assert (found.outcome, found.reason) == ("differs", told)


@pytest.mark.parametrize(
    ("junk", "reason"),
    [
        (b"junk\n", "the dump cannot be read: line 3: JSON is malformed"),
        (b'"elsewhere"\n', "the dump cannot be read: line 3: the view has no such table"),
        (b'"statement"\n', "the rows are those that the log gives, but not written as a dump is"),
    ],
)
async def test_lines_that_are_no_rows_are_found(office: Office, junk: bytes, reason: str) -> None:
    path = await office.bundle()
    office.forge(path, lambda dump: dump + junk)

    found = one(refold(path, VIEWS), "statements")

    assert found.outcome == "differs"
    assert (found.reason or "").startswith(reason)


async def test_a_view_of_another_version_is_not_compared(office: Office) -> None:
    path = await office.bundle()
    views = [
        msgspec.structs.replace(view, version=99) if view.name == "statements" else view
        for view in VIEWS
    ]

    found = one(refold(path, views), "statements")

    version = manifest_of(path).views["statements"].version
    told = f"dumped by version {version} of the view, this tracker has 99"
    assert (found.outcome, found.reason) == ("not compared", told)


async def test_a_view_that_is_not_known_is_not_compared(office: Office) -> None:
    path = await office.bundle()

    found = one(refold(path, [v for v in VIEWS if v.name != "statements"]), "statements")

    assert (found.outcome, found.reason) == (
        "not compared", "this tracker has no view of this name",
    )  # fmt: skip


async def test_a_view_whose_fold_fails_is_not_compared(office: Office) -> None:
    path = await office.bundle()

    def failing(state: object, recorded: object) -> list[View]:
        raise ValueError("cannot")

    views = [
        msgspec.structs.replace(view, fold=failing) if view.name == "statements" else view
        for view in VIEWS
    ]
    found = one(refold(path, views), "statements")

    assert found.outcome == "not compared"
    assert (found.reason or "").startswith("its fold cannot take event 13: ValueError('cannot')")


async def test_a_view_that_stands_still_is_listed_and_not_dumped(office: Office) -> None:
    await office.parts.settle()
    await office.parts.view_database.run(
        "update view.checkpoint set halted = 'event 3: no' where name = 'statements'"
    )

    path = await office.bundle()

    assert manifest_of(path).views_left_out == {
        "statements": f"it stands still at position {len([e for e in LOG if e])}"
    }
    found = one(refold(path, VIEWS), "statements")
    assert found.outcome == "not compared"
    assert (found.reason or "").startswith("no dump: it stands still")


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (Wanted(tags=("type:statement-made",)), "payloads are here for some tags only"),
        (Wanted(with_views=False), "dumps were not asked for"),
        (Wanted(until=5), "it has folded position 18, and the payloads end at 5"),
    ],
)
async def test_a_partial_bundle_has_no_dumps_and_says_why(
    office: Office, wanted: Wanted, reason: str
) -> None:
    wanted = msgspec.structs.replace(wanted, with_evidence=False)
    path = await office.bundle(wanted)

    manifest = manifest_of(path)

    assert manifest.views == {}
    assert set(manifest.views_left_out.values()) == {reason}
    assert {c.outcome for c in refold(path, VIEWS)} == {"not compared"}


@pytest.mark.parametrize("carried_out", [True, False])
async def test_after_an_erasure_the_dumps_are_still_what_the_log_gives(
    office: Office, place: Place, *, carried_out: bool
) -> None:
    """Also in the moment in which the erasure is on record and the payload is still there."""
    gone = named("Zacharias Quillfeather")
    await office.append(gone, named("Ada"))
    await office.parts.settle()
    await office.append(NewEvent(uuid4(), PayloadErased(legal_basis="x", targets=(str(gone.id),))))
    if carried_out:
        async with place.open("tracker_erase") as eraser:
            await eraser.run(
                "delete from log.payload p using log.event e where e.position = p.position"
                " and e.id = %s", (gone.id,)
            )  # fmt: skip

    path = await office.bundle()

    assert {c.outcome for c in refold(path, VIEWS)} == {"equal"}
    assert b"Quillfeather" not in members(path)[dump_path("parties", 0)]


async def test_a_dump_from_before_an_erasure_is_left_out(office: Office) -> None:
    """It would repeat what was erased."""
    parts, erased = office.parts, named("Zacharias Quillfeather")
    await office.append(erased)
    await parts.settle()

    class Late(Served):
        """An erasure comes between the views and the checkpoint."""

        async def take(self, name: str, write: Callable[[bytes], object]):
            taken = await super().take(name, write)
            if name == VIEWS[-1].name:
                targets = (str(erased.id),)
                await office.append(
                    NewEvent(uuid4(), PayloadErased(legal_basis="x", targets=targets))
                )
            return taken

    exporter = Exporter(
        database=parts.database, reader=parts.reader, executor=parts.executor,
        signer=parts.signer, clock=parts.clock, dumps=Late(parts.database, VIEWS, parts.settle),
    )  # fmt: skip
    path = office.folder / "bundle.zip"
    manifest = await exporter.export(path, Wanted(with_evidence=False), ANALYST)

    office.verify(path)
    assert manifest.views == {}
    assert "before the erasure at" in manifest.views_left_out["parties"]
    assert not [name for name in members(path) if name.startswith("views/")]


async def test_a_table_is_not_exchanged_while_it_is_dumped(office: Office) -> None:
    """Whose snapshot is older than the new table would find it empty."""
    parts = office.parts
    await parts.settle()
    async with parts.database.transaction() as connection:
        await connection.execute(SNAPSHOT)
        await tables.hold(connection, [Statement])
        await connection.execute("select from view.checkpoint")
        rebuilding = asyncio.create_task(parts.runner.rebuild("statements"))
        await asyncio.wait([rebuilding], timeout=0.5)
        rows = [row async for some in tables.scan(connection, Statement) for row in some]
    await rebuilding

    assert len(rows) == 1
