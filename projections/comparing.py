"""`rebuild --check`: whether the tables of a view are what the log gives."""

import contextlib
from collections.abc import Callable

import msgspec

from projections import tables
from projections.checkpoints import CHECKPOINTS, Checkpoint
from projections.dump import Dump, Tables, tables_of
from projections.pages import Pages
from projections.rows import Rows
from projections.view import View
from tracker.domain.errors import Conflict
from tracker.log.database import Database

SNAPSHOT = "set transaction isolation level repeatable read, read only"
_WHOLE = ""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored of a view at a position, and what the log gives up to there."""

    view: str
    position: int
    rows: int
    stored_hash: str
    folded_hash: str
    differing: tuple[str, ...]
    """The tables that differ."""

    @property
    def same(self) -> bool:
        """Whether the view is what the log gives."""
        return self.stored_hash == self.folded_hash


async def compared(database: Database, view: View, told: Callable[[int, int], None]) -> Compared:
    """Fold a view in memory, up to where its tables are, and compare.

    Raises Conflict where the tables are those of another version.
    """
    position, rows, stored = await _stored(database, view)
    folded = _hashes(tables_of(view, await _folded(database, view, position, told)))
    return Compared(
        view=view.name,
        position=position,
        rows=rows,
        stored_hash=stored.pop(_WHOLE),
        folded_hash=folded.pop(_WHOLE),
        differing=tuple(table for table in stored if stored[table] != folded[table]),
    )


async def _stored(database: Database, view: View) -> tuple[int, int, dict[str, str]]:
    """Where the tables are, how many rows they have, and the hashes of them."""
    whole, hashes = Dump(), dict[str, str]()
    async with database.transaction() as connection:
        await connection.execute(SNAPSHOT)
        rows = await (await connection.execute(CHECKPOINTS)).fetchall()
        live = {row[0]: Checkpoint(*row) for row in rows}.get(view.name)
        if live is None or live.version != view.version:
            raise Conflict(f"the tables of the view {view.name} are not of version {view.version}")
        for row in view.rows:
            part = Dump()
            whole.table(row)
            async for some in tables.scan(connection, row):
                whole.add(row, some)
                part.add(row, some)
            hashes[row.table] = part.hexdigest()
    return live.position, whole.rows, {**hashes, _WHOLE: whole.hexdigest()}


async def _folded(
    database: Database, view: View, position: int, told: Callable[[int, int], None]
) -> Rows:
    pages, rows = Pages(database), Rows(whole=True, noted=False)
    async with contextlib.aclosing(pages.all([view], await pages.erased(), position)) as found:
        async for page in found:
            for recorded in page.events:
                try:
                    rows.fold(view, recorded)
                except Exception:
                    if not view.skips:
                        raise
            told(page.position, position)
    return rows


def _hashes(found: Tables) -> dict[str, str]:
    whole, hashes = Dump(), dict[str, str]()
    for row, rows in found:
        part, some = Dump(), list(rows)
        whole.table(row)
        whole.add(row, some)
        part.add(row, some)
        hashes[row.table] = part.hexdigest()
    return {**hashes, _WHOLE: whole.hexdigest()}
