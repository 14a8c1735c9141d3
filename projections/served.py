"""The views as they are served, handed over for a bundle: all rows of a view at one moment."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from projections import tables
from projections.checkpoints import CHECKPOINTS, Checkpoint
from projections.dump import Dump
from projections.view import View
from tracker.domain.errors import NotFound, Unavailable
from tracker.log.database import Connection, Database
from tracker.proof.dumps import Taken

SNAPSHOT = "set transaction isolation level repeatable read, read only"


class Served:
    """Reads whole views from their tables, a piece at a time."""

    def __init__(
        self, database: Database, views: Sequence[View], settle: Callable[[], Awaitable[object]]
    ) -> None:
        self._database = database
        self._views = {view.name: view for view in views}
        self._settle = settle

    @property
    def names(self) -> Sequence[str]:
        """The views that there are."""
        return tuple(self._views)

    async def settle(self) -> None:
        """Bring the views to the end of the log; one that stands still holds nothing up."""
        with suppress(Unavailable):
            await self._settle()

    async def take(self, name: str, write: Callable[[bytes], object]) -> Taken:
        """Hand the lines of a view over; its rows and its checkpoint are of the same moment."""
        view, made = self._views[name], Dump(write)
        async with self._database.transaction() as connection:
            await connection.execute(SNAPSHOT)
            # Locked before the snapshot is taken: a table that a rebuild swaps in after it would
            # seem to be empty.
            await tables.hold(connection, view.rows)
            at = await _checkpoint(connection, name)
            without = _without(at, view)
            if without is None:
                for row in view.rows:
                    made.table(row)
                    async for some in tables.scan(connection, row):
                        made.add(row, some)
        return Taken(
            version=at.version, position=at.position, rows=made.rows,
            state_hash=made.hexdigest(), without=without,
        )  # fmt: skip


def _without(at: Checkpoint, view: View) -> str | None:
    if at.halted is not None:
        return f"it stands still at position {at.position}"
    if at.version != view.version:
        return f"another process keeps version {at.version} of it"
    return None


async def _checkpoint(connection: Connection, name: str) -> Checkpoint:
    found = await (await connection.execute(CHECKPOINTS)).fetchall()
    for row in found:
        checkpoint = Checkpoint(*row)
        if checkpoint.name == name:
            return checkpoint
    raise NotFound(f"the view {name} has no tables yet")
