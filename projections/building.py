"""One view that is folded in memory from the first event, on its way into tables of its own."""

import asyncio
import contextlib
import traceback
from collections.abc import Iterable, Sequence
from itertools import cycle

import msgspec
from psycopg import AsyncConnection, errors
from psycopg.rows import TupleRow

from projections import layout, tables
from projections.batch import REFUSED, FoldFailed, fold_into, halving
from projections.copying import copy_in
from projections.dump import Dump
from projections.pages import taken_by
from projections.rows import Rows
from projections.swapping import NEXT
from projections.view import Row, View
from tracker.domain.base import Recorded


class Built(msgspec.Struct, frozen=True):
    """What became of a view that was built, as one process tells another."""

    name: str
    hash: str
    count: int
    dead: tuple[tuple[int, str], ...]
    failed: tuple[int, str] | None


class Building:
    """Folds, stores what that gave, and knows what became of it."""

    def __init__(
        self,
        connection: AsyncConnection[TupleRow],
        view: View,
        suffix: str = NEXT,
        beside: AsyncConnection[TupleRow] | None = None,
    ) -> None:
        """`beside` is a second connection, in a transaction as the first is, for half of the tables."""
        self.view = view
        self.kinds = frozenset(taken_by([view]))
        """The kinds of events that it folds."""
        self.rows = Rows(whole=True, noted=False)
        self.dead: list[FoldFailed] = []
        """What it goes on without."""
        self.failed: FoldFailed | None = None
        """What it cannot go on from."""
        self.refused: str | None = None
        """What the database said of its rows: then it has to be folded batch by batch."""
        self.hash = ""
        self.count = 0
        self._connection = connection
        self._side_by_side = (connection, beside) if beside else (connection,)
        self._suffix = suffix

    def fold(self, events: Iterable[Recorded]) -> None:
        """Fold some events, all of its kinds, into memory."""
        if self.failed or self.refused:
            return
        fold, rows = self.view.fold, self.rows
        for recorded in events:
            try:
                rows.apply(list(fold(rows, recorded)))
            except Exception:  # noqa: BLE001  whatever a fold raises halts its view and no other
                failed = FoldFailed(recorded.position, traceback.format_exc())
                if not self.view.skips:
                    self.failed = failed
                    return
                self.dead.append(failed)

    async def finish(self) -> None:
        """Store all rows and index them, and take the hash.

        Where the database refuses them there are no tables, and why is kept.
        """
        state = Dump()
        try:
            async with contextlib.AsyncExitStack() as stack:
                for connection in self._side_by_side:
                    await stack.enter_async_context(connection.transaction())
                await self._store(state)
        except errors.InsufficientPrivilege:
            raise  # it is not the rows that are at fault
        except REFUSED as fault:
            self.refused = " ".join(str(fault).split())
            # A connection that broke meanwhile would be told of by nobody else, and with it is gone
            # what it has of other views.
            for connection in self._side_by_side:
                await connection.execute("select 1")
        else:
            self.hash, self.count = state.hexdigest(), state.rows

    async def _store(self, state: Dump) -> None:
        """Make the tables one after the other, by turns over the connections.

        While the database indexes one, the rows of the next are put in order, and copied in where
        there is another connection for it.
        """
        indexing: dict[AsyncConnection[TupleRow], asyncio.Task[None]] = {}
        try:
            for row, connection in zip(self.view.rows, cycle(self._side_by_side)):
                rows = self.rows.of(row)
                state.table(row)
                if connection in indexing:
                    await indexing[connection]
                await layout.create(connection, row, self._suffix, bare=True)
                # Frozen, where nobody has to look again at which transaction wrote a row.
                await copy_in(connection, row, rows, self._suffix, state, frozen=True)
                indexing[connection] = asyncio.create_task(self._index(connection, row))
                # A turn, in which the database begins.
                await asyncio.sleep(0)
            await asyncio.gather(*indexing.values())
        finally:
            for task in indexing.values():
                task.cancel()
            await asyncio.gather(*indexing.values(), return_exceptions=True)

    async def _index(self, connection: AsyncConnection[TupleRow], row: type[Row]) -> None:
        await layout.index(connection, row, self._suffix)
        await layout.analyze(connection, row, self._suffix)

    async def catch_up(self, events: Sequence[Recorded]) -> None:
        """Fold a batch of events into the tables, or all but those that it goes on without."""

        async def attempt(some: Sequence[Recorded]) -> None:
            async with self._connection.transaction():
                await fold_into(self._connection, self.view, some, self._suffix)

        async def give_up(failed: FoldFailed) -> bool:
            if self.view.skips and not failed.lasting:
                self.dead.append(failed)
                return True
            self.failed = failed
            return False

        await halving(events, attempt, give_up)

    def built(self) -> Built:
        """What became of it, in short."""
        failed = (self.failed.position, self.failed.reason) if self.failed else None
        dead = tuple((fault.position, fault.reason) for fault in self.dead)
        return Built(self.view.name, self.hash, self.count, dead, failed)

    def adopt(self, built: Built) -> None:
        """Go on from what another process built."""
        self.hash, self.count = built.hash, built.count
        self.dead = [FoldFailed(*fault) for fault in built.dead]
        self.failed = FoldFailed(*built.failed) if built.failed else None

    async def begin_again(self) -> None:
        """Empty its tables, to be folded batch by batch: so the event is found that is refused."""
        self.refused, self.dead, self.rows = None, [], Rows()
        for row in self.view.rows:
            await layout.create(self._connection, row, self._suffix)

    async def take_hash(self) -> None:
        """Take the hash from the tables."""
        state = Dump()
        for row in self.view.rows:
            state.table(row)
            async for some in tables.scan(self._connection, row, self._suffix):
                state.add(row, some)
        self.hash, self.count = state.hexdigest(), state.rows
