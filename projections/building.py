"""One view that is folded in memory from the first event, on its way into tables of its own."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from projections import layout, tables
from projections.batch import REFUSED, FoldFailed, fold_into, halving
from projections.copying import copy_in
from projections.dump import Dump
from projections.rows import Rows, getter, key_getter
from projections.swapping import NEXT
from projections.view import Row, View
from tracker.domain.base import Recorded

_FULL = 5_000
"""So many final rows are sent on at a time; the others stay until all events are folded."""
_AT_ONCE = 1_000


class Built(msgspec.Struct, frozen=True):
    """What became of a view that was built, as one process tells another."""

    name: str
    hash: str
    count: int
    dead: tuple[tuple[int, str], ...]
    failed: tuple[int, str] | None


class Building:
    """Folds, sends rows out as they become final, and knows what became of it."""

    def __init__(
        self,
        connection: AsyncConnection[TupleRow],
        turn: asyncio.Lock,
        view: View,
        suffix: str = NEXT,
    ) -> None:
        self.view = view
        self._fold = view.fold
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
        # One statement at a time: buildings share the connection.
        self._turn = turn
        self._suffix = suffix
        self._on_its_way: asyncio.Task[None] | None = None
        self._gone_on: dict[type[Row], list[Row]] = {}
        """Final rows that were sent on, for the hash."""

    def fold(self, recorded: Recorded) -> None:
        """Fold one event, of a kind that the view folds, into memory."""
        if self.failed or self.refused:
            return
        try:
            self.rows.apply(list(self._fold(self.rows, recorded)))
        except Exception:  # noqa: BLE001  whatever a fold raises halts its view and no other
            failed = FoldFailed(recorded.position, traceback.format_exc())
            if self.view.skips:
                self.dead.append(failed)
            else:
                self.failed = failed

    async def begin(self) -> None:
        """Make the tables that are filled before all events are folded."""
        for row in self.view.rows:
            if row.final:
                await layout.create(self._connection, row, self._suffix, bare=True)

    async def send_final(self) -> None:
        """Send on what will not change any more, once it is much; folding goes on meanwhile."""
        for row, final in self.rows.final.items():
            if len(final) >= _FULL:
                await self.sent()
                self.rows.final[row] = []
                self._gone_on.setdefault(row, []).extend(final)
                self._on_its_way = asyncio.create_task(self._send(row, final))

    async def sent(self) -> None:
        """Wait for what is on its way."""
        if self._on_its_way is not None:
            task, self._on_its_way = self._on_its_way, None
            await task

    async def _send(self, row: type[Row], rows: Sequence[Row]) -> None:
        await self._store(partial(copy_in, self._connection, row, rows, self._suffix))

    async def _store(self, work: Callable[[], Awaitable[None]]) -> None:
        """Have something stored; where that is refused nothing of it is, and why is kept."""
        async with self._turn:
            if self.refused:
                return
            try:
                async with self._connection.transaction():
                    await work()
            except REFUSED as fault:
                self.refused = " ".join(str(fault).split())

    async def stop(self) -> None:
        """Leave off, whatever is on its way."""
        if self._on_its_way is not None:
            self._on_its_way.cancel()
            await asyncio.gather(self._on_its_way, return_exceptions=True)

    async def finish(self) -> None:
        """Send the rest, index it, and take the hash."""
        await self.sent()
        state = Dump()
        for row in self.view.rows:
            state.table(row)
            await self._finish(row, self.rows.of(row), state)
        self.hash, self.count = state.hexdigest(), state.rows

    async def _finish(self, row: type[Row], rows: Sequence[Row], state: Dump) -> None:
        if not (row.near or row.final):
            # In the order of keys, in which they are hashed and their index is soonest made.
            await self._store(partial(self._fill, row, rows, state))
            return
        near = sorted(rows, key=getter(row.near)) if row.near else rows
        await self._store(partial(self._fill, row, near))
        if row.final:
            rows = sorted((*self._gone_on.get(row, ()), *rows), key=key_getter(row))
        for low in range(0, len(rows), _AT_ONCE):
            if self.refused:
                return
            state.add(row, rows[low : low + _AT_ONCE])
            await asyncio.sleep(0)

    async def _fill(self, row: type[Row], rows: Sequence[Row], state: Dump | None = None) -> None:
        connection, suffix = self._connection, self._suffix
        if not row.final:
            await layout.create(connection, row, suffix, bare=True)
        # Frozen, where nobody has to look again at which transaction wrote a row.
        await copy_in(connection, row, rows, suffix, state, frozen=not row.final)
        await layout.index(connection, row, suffix)
        await layout.analyze(connection, row, suffix)

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
