"""A bundle holds the rows of those views that its log explains, each as of one moment."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import msgspec
import psycopg
import pytest

from projections import VIEWS, tables
from projections.refold import refold
from projections.served import SNAPSHOT, Served
from projections.views.statements import Statement
from tests.place import Place
from tests.projections.office import Office, manifest_of
from tests.projections.test_view_tables import LOG
from tests.tracker.log.events import ANALYST, named
from tests.tracker.proof.bundles import members
from tracker.domain.base import NewEvent
from tracker.domain.erasure import PayloadErased
from tracker.proof.bundle import dump_path
from tracker.proof.export import Exporter, Wanted

LAST = sum(event is not None for event in LOG)
EXCHANGE = "alter table view.statement rename to old; create table view.statement (like view.old)"


async def test_a_view_that_stands_still_is_listed_and_not_dumped(office: Office) -> None:
    await office.parts.settle()
    await office.parts.view_database.run(
        "update view.checkpoint set halted = 'event 3: no' where name = 'statements'"
    )

    path = await office.bundle()

    assert manifest_of(path).views_left_out == {"statements": f"it stands still at position {LAST}"}
    found = next(c for c in refold(path, VIEWS) if c.view == "statements")
    assert found.outcome == "not compared"
    assert (found.reason or "").startswith("no dump: it stands still")


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (Wanted(tags=("type:statement-made",)), "payloads are here for some tags only"),
        (Wanted(with_views=False), "dumps were not asked for"),
        (Wanted(until=5), f"it has folded position {LAST + 1}, and the payloads end at 5"),
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


async def test_a_table_is_not_exchanged_while_it_is_dumped(office: Office, place: Place) -> None:
    """Whose snapshot is older than the new table would find it empty."""
    parts = office.parts
    await parts.settle()
    async with (
        parts.database.transaction() as connection,
        await psycopg.AsyncConnection.connect(place.superuser_url, autocommit=True) as insider,
    ):
        await connection.execute(SNAPSHOT)
        await tables.hold(connection, [Statement])
        await connection.execute("select from view.checkpoint")
        exchanging = asyncio.create_task(insider.execute(EXCHANGE))
        await asyncio.wait([exchanging], timeout=0.5)
        rows = [row async for some in tables.scan(connection, Statement) for row in some]
        assert not exchanging.done()
        exchanging.cancel()
        await asyncio.wait([exchanging])

    assert len(rows) == 1
