"""Folds the log into the views: one shared read, one transaction a batch, checkpoints with it.

A checkpoint moves by compare-and-set in the transaction that writes the rows, so a batch is
applied once however many runners there are. A view whose version changed is folded again beside
the old tables and swapped under a short lock; so is every view that comes to an erasure, as its
rows may repeat what was erased. Nothing here can reach the outbox of alerts.
"""

import asyncio
import logging
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from projections import tables
from projections.checkpoints import CHECKPOINTS, Checkpoint, checkpoints
from projections.rows import Missing, Rows, getter
from projections.view import Lookup, Row, View
from tracker.domain.base import EVERYTHING, Recorded
from tracker.domain.erasure import ERASURES, PayloadErased
from tracker.domain.errors import Conflict, NotFound, Unavailable
from tracker.log.database import Database
from tracker.log.follow import Head
from tracker.log.read import Reader

BEGIN = """
insert into view.checkpoint (name, version, position) values (%(name)s, %(version)s, %(position)s)
on conflict (name) do update
    set version = excluded.version, position = excluded.position, halted = null,
        updated_at = clock_timestamp()
"""
ADVANCE = """
update view.checkpoint set position = %(to)s, updated_at = clock_timestamp()
where name = %(name)s and version = %(version)s and position = %(from)s
"""
LOCK = "select position from view.checkpoint where name = %(name)s for update"
HALT = "update view.checkpoint set halted = %(reason)s where name = %(name)s"
DEAD = """
insert into view.dead_letter (name, position, reason) values (%(name)s, %(position)s, %(reason)s)
on conflict (name, position) do update set reason = excluded.reason
"""
FORGET = "delete from view.dead_letter where name = %(name)s"
MAKING = "select pg_advisory_xact_lock(7305, 2)"
REBUILDING = "select pg_advisory_xact_lock(7306, hashtext(%(name)s))"
_BATCH = 500
_PAUSE_S = 0.25
_NEXT = "__next"
log = logging.getLogger(__name__)


class FoldFailed(Exception):
    """A fold raised on one event."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(reason)
        self.position = position
        self.reason = reason


class Runner:
    """Keeps the tables of all views where the log is."""

    def __init__(self, database: Database, views: Sequence[View]) -> None:
        self._database = database
        self._reader = Reader(database)
        self._views = {view.name: view for view in views}

    async def prepare(self) -> None:
        """Make the tables of new views; fold again those whose version changed."""
        known = {c.name: c for c in await checkpoints(self._database)}
        for view in self._views.values():
            if view.name not in known:
                await self._make(view)
            elif known[view.name].version != view.version:
                try:
                    await self._fold_again(view, unless=lambda c, v=view: c.version == v.version)
                except FoldFailed as failed:
                    await self._halt(view.name, failed)

    async def _make(self, view: View) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(MAKING)
            rows = await (await connection.execute(CHECKPOINTS)).fetchall()
            if view.name in {row[0] for row in rows}:
                return
            for row in view.rows:
                await tables.create(connection, row)
            await connection.execute(
                BEGIN, {"name": view.name, "version": view.version, "position": 0}
            )

    async def run(self, head: Head) -> None:
        """Fold for ever; whatever goes wrong is logged and tried again."""
        while True:
            try:
                await head.past(await self.catch_up())
            except (Unavailable, Conflict) as fault:
                log.warning("views wait: %s", fault)
                await asyncio.sleep(_PAUSE_S)
            except Exception:  # without the runner every page would stand still and not say so
                log.exception("folding stopped, trying again")
                await asyncio.sleep(_PAUSE_S)

    async def catch_up(self) -> int:
        """Fold until no view is behind the log; the position reached."""
        while True:
            kept = [c for c in await checkpoints(self._database) if self._keeps(c)]
            running = [c for c in kept if not c.halted]
            at = min((c.position for c in running), default=await self._reader.head())
            events = await self._reader.read(EVERYTHING, after=at, limit=_BATCH)
            if not events:
                return at
            erased = max((e.position for e in events if e.type == PayloadErased.type), default=0)
            try:
                for checkpoint in kept:
                    if checkpoint.position < erased:
                        await self.forget(checkpoint.name, erased)
                if not erased:
                    await self._apply(running, events)
            except FoldFailed:
                continue

    def _keeps(self, checkpoint: Checkpoint) -> bool:
        """Whether this process knows the view in the version that the tables have."""
        view = self._views.get(checkpoint.name)
        return view is not None and view.version == checkpoint.version

    async def _apply(self, running: list[Checkpoint], events: list[Recorded]) -> None:
        """One batch for all views in one transaction; a view that fails is halted."""
        name = ""
        try:
            async with self._database.transaction() as connection:
                for checkpoint in running:
                    name = checkpoint.name
                    new = [e for e in events if e.position > checkpoint.position]
                    if new:
                        await self._advance(connection, checkpoint, new[-1].position)
                        await fold_into(connection, self._views[name], new)
        except FoldFailed as failed:
            await self._halt(name, failed)
            raise

    async def _advance(
        self, connection: AsyncConnection[TupleRow], checkpoint: Checkpoint, to: int
    ) -> None:
        step = {**msgspec.structs.asdict(checkpoint), "from": checkpoint.position, "to": to}
        if (await connection.execute(ADVANCE, step)).rowcount != 1:
            raise Conflict(f"another process folds the view {checkpoint.name}")

    async def _halt(self, name: str, failed: FoldFailed) -> None:
        log.error("view %s halted at event %d: %s", name, failed.position, failed.reason)
        reason = failed.reason.replace("\x00", "")
        line = reason.strip().splitlines()[-1]
        async with self._database.transaction() as connection:
            await connection.execute(
                DEAD, {"name": name, "position": failed.position, "reason": reason}
            )
            await connection.execute(
                HALT, {"name": name, "reason": f"event {failed.position}: {line}"}
            )

    async def forget(self, name: str, erased: int) -> int:
        """Fold a view again without what was erased, unless it has passed that erasure.

        Its position; a view that cannot be folded any more is emptied and halted, and raises
        FoldFailed.
        """
        view = self._known(name)
        try:
            return await self._fold_again(view, unless=lambda c: c.position >= erased)
        except FoldFailed as failed:
            await self._empty(view)
            await self._halt(name, failed)
            raise

    async def _empty(self, view: View) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(REBUILDING, {"name": view.name})
            for row in view.rows:
                await tables.create(connection, row, _NEXT)
                await tables.swap(connection, row, _NEXT)
            await connection.execute(FORGET, {"name": view.name})
            await connection.execute(
                BEGIN, {"name": view.name, "version": view.version, "position": 0}
            )

    async def rebuild(self, name: str) -> int:
        """Fold a view again from the first event beside the live one, then swap; its position."""
        return await self._fold_again(self._known(name))

    def _known(self, name: str) -> View:
        view = self._views.get(name)
        if view is None:
            raise NotFound(f"no view is called {name!r}; known are {', '.join(self._views)}")
        return view

    async def _fold_again(
        self, view: View, *, unless: Callable[[Checkpoint], bool] | None = None
    ) -> int:
        """One transaction, so that nothing is left of one that fails; one at a time of a view."""
        async with self._database.transaction() as connection:
            await connection.execute(REBUILDING, {"name": view.name})
            rows = await (await connection.execute(CHECKPOINTS)).fetchall()
            known = {c.name: c for c in (Checkpoint(*row) for row in rows)}
            if unless is not None and unless(known[view.name]):
                return known[view.name].position
            position = await self._fold_all(connection, view)
            for row in view.rows:
                await tables.swap(connection, row, _NEXT)
            await connection.execute(FORGET, {"name": view.name})
            await connection.execute(
                BEGIN, {"name": view.name, "version": view.version, "position": position}
            )
        return position

    async def _fold_all(self, connection: AsyncConnection[TupleRow], view: View) -> int:
        """Fold the whole log beside the live tables, which nobody moves at the end of it."""
        while True:
            erased = await self._erased()
            for row in view.rows:
                await tables.create(connection, row, _NEXT)
            position = await self._fold_from(connection, view, 0, erased)
            # From here on nobody moves the live view: what came meanwhile is folded, then swapped.
            await connection.execute(LOCK, {"name": view.name})
            position = await self._fold_from(connection, view, position, erased)
            if erased == await self._erased():
                return position

    async def _fold_from(
        self,
        connection: AsyncConnection[TupleRow],
        view: View,
        position: int,
        erased: frozenset[str],
    ) -> int:
        while events := await self._reader.read(EVERYTHING, after=position, limit=_BATCH):
            left = [_without(recorded, erased) for recorded in events]
            await fold_into(connection, view, left, _NEXT)
            position = events[-1].position
        return position

    async def _erased(self) -> frozenset[str]:
        """The ids of all erased events; for a moment their payloads may still be there."""
        found = await self._reader.read_all(ERASURES, before=await self._reader.head())
        events = (r.event for r in found if isinstance(r.event, PayloadErased))
        return frozenset(target for event in events for target in event.targets)


def _without(recorded: Recorded, erased: frozenset[str]) -> Recorded:
    if str(recorded.id) not in erased:
        return recorded
    return msgspec.structs.replace(recorded, event=None)


async def fold_into(
    connection: AsyncConnection[TupleRow], view: View, events: Sequence[Recorded], suffix: str = ""
) -> None:
    """Fold events into the tables of a view; FoldFailed names the event that it cannot take."""
    rows = Rows()
    events = [e for e in events if isinstance(e.event, view.events)]
    await _load(connection, rows, _wanted(view, events), suffix)
    for recorded in events:
        while True:
            try:
                rows.fold(view, recorded)
                break
            except Missing as missing:
                await _load(connection, rows, [missing.lookup], suffix)
            except Exception:  # noqa: BLE001  whatever a fold raises halts its view and no other
                raise FoldFailed(recorded.position, traceback.format_exc()) from None
    try:
        for row, final in rows.final.items():
            await tables.put(connection, row, final, suffix)
        for row, changed in rows.changed.items():
            gone = [key for key, r in changed.items() if r is None]
            await tables.take(connection, row, gone, suffix)
            await tables.put(connection, row, [r for r in changed.values() if r], suffix)
    except (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError) as fault:
        first, last = events[0].position, events[-1].position
        reason = f"a row made by events {first} to {last} cannot be stored: {fault}"
        raise FoldFailed(first, " ".join(reason.split())) from None


async def _load(
    connection: AsyncConnection[TupleRow], rows: Rows, lookups: Iterable[Lookup], suffix: str
) -> None:
    by_place: dict[tuple[type[Row], tuple[str, ...]], dict[Any, None]] = {}
    for lookup in lookups:
        columns = (lookup.column,) if isinstance(lookup.column, str) else lookup.column
        by_place.setdefault((lookup.row, columns), {})[lookup.value] = None
    for (row, columns), values in by_place.items():
        found = await tables.fetch(connection, row, columns, list(values), suffix)
        value_of = getter(columns)
        by_value: dict[Any, list[Row]] = {}
        for r in found:
            by_value.setdefault(value_of(r), []).append(r)
        for value in values:
            rows.load(Lookup(row, columns, value), by_value.get(value, ()))


def _wanted(view: View, events: Sequence[Recorded]) -> list[Lookup]:
    wanted: list[Lookup] = []
    for recorded in events:
        try:
            wanted += view.wants(recorded)
        except Exception:  # noqa: BLE001  as for a fold
            raise FoldFailed(recorded.position, traceback.format_exc()) from None
    return wanted
