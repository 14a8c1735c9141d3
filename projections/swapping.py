"""Putting a view's tables in the place of those that are read, and keeping the old ones aside.

    timeline__next ─ swap ─→ timeline ─ swap ─→ timeline__old

All names change in one transaction, so a reader has the old tables or the new ones, whole.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

import msgspec
from psycopg import AsyncConnection, errors, sql
from psycopg.rows import TupleRow

from projections.checkpoints import Checkpoint
from projections.view import View
from tracker.domain.errors import Unavailable

NEXT = "__next"
OLD = "__old"
_ASIDE = "__aside"
_ATTEMPTS = 200
_PAUSE_S = 0.1
# Who waits for a table makes all its readers wait behind: better to step back and try again. The
# checkpoints only whoever folds waits for, and its batch may be a long one.
PATIENCE = "set local lock_timeout = '300ms'"
TURN = "set local lock_timeout = '20s'"
ALONE = "lock table only {} in access exclusive mode"
REBUILDING = "select pg_advisory_xact_lock(7306, hashtext(%(name)s))"
# In the order of names, as every batch locks them too.
HELD = """
select name, version, position, halted from view.checkpoint where name = any (%(names)s)
order by name for update
"""
THERE = "select tablename from pg_tables where schemaname = 'view' and tablename = any (%(tables)s)"
TABLES = "select tables from view.checkpoint where name = %(name)s"
BEGIN = """
insert into view.checkpoint (name, version, position, tables)
values (%(name)s, %(version)s, %(position)s, %(tables)s)
on conflict (name) do update
    set version = excluded.version, position = excluded.position, tables = excluded.tables,
        halted = null, updated_at = clock_timestamp()
"""
KEEP = """
insert into view.kept (name, version, position, tables)
values (%(name)s, %(version)s, %(position)s, %(tables)s)
on conflict (name) do update
    set version = excluded.version, position = excluded.position, tables = excluded.tables,
        kept_at = clock_timestamp()
"""
KEPT = "select name, version, position, tables from view.kept where name = any (%(names)s)"
FORGET = "delete from view.dead_letter where name = %(name)s"
FORGET_KEPT = "delete from view.kept where name = %(name)s"
LEFT = r"""
select tablename from pg_tables where schemaname = 'view' and tablename like '%%\_\_next'
"""
FREE = "select pg_try_advisory_xact_lock(7306, hashtext(%(name)s))"
# Of a table that nobody has analysed nothing is known.
DEAD = """
insert into view.dead_letter (name, position, reason) values (%(name)s, %(position)s, %(reason)s)
on conflict (name, position) do update
    set reason = excluded.reason, failed_at = clock_timestamp()
"""


class Kept(msgspec.Struct, frozen=True):
    """Tables that were put aside: of which version, folded how far."""

    name: str
    version: int
    position: int
    tables: list[str]


async def kept_of(connection: AsyncConnection[TupleRow], names: Sequence[str]) -> dict[str, Kept]:
    """What is kept of some views."""
    rows = await (await connection.execute(KEPT, {"names": list(names)})).fetchall()
    return {row[0]: Kept(*row) for row in rows}


async def hold(
    connection: AsyncConnection[TupleRow], names: Sequence[str]
) -> dict[str, Checkpoint]:
    """The checkpoints of some views, which nobody moves until the end of the transaction.

    Whoever folds finishes its batch first. From then on tables are waited for a moment only.
    """
    await connection.execute(TURN)
    rows = await (await connection.execute(HELD, {"names": list(names)})).fetchall()
    await connection.execute(PATIENCE)
    return {row[0]: Checkpoint(*row) for row in rows}


async def close(connection: AsyncConnection[TupleRow], views: Iterable[View]) -> None:
    """Keep everybody away from the live tables of some views until the end of the transaction.

    Statements that read several tables name them by the alphabet, as they are locked here: in any
    other order the two would wait for one another.
    """
    live = [await _tables(connection, view) for view in views]
    for table in sorted({table for tables in live for table in tables}):
        await connection.execute(sql.SQL(ALONE).format(sql.Identifier("view", table)))


async def swap(
    connection: AsyncConnection[TupleRow],
    view: View,
    position: int,
    *,
    live: Checkpoint | None,
    keep: bool,
) -> None:
    """Let the tables beside the live ones take their place, folded to a position.

    A table that was not made is an error, which leaves all as it was.
    """
    if live is not None:
        tables = await _tables(connection, view)
        await drop_kept(connection, view.name)
        if keep:
            await _rename(connection, tables, "", OLD)
            was = {"version": live.version, "position": live.position}
            await connection.execute(KEEP, {"name": view.name, "tables": tables, **was})
        else:
            await _drop(connection, tables, "")
    tables = [row.table for row in view.rows]
    await _rename(connection, tables, NEXT, "")
    await begin(connection, view.name, view.version, position, tables)


async def begin(
    connection: AsyncConnection[TupleRow],
    name: str,
    version: int,
    position: int,
    tables: Sequence[str],
) -> None:
    """Let a view go on from a position, as if nothing had ever failed."""
    await connection.execute(FORGET, {"name": name})
    now = {"name": name, "version": version, "position": position, "tables": list(tables)}
    await connection.execute(BEGIN, now)


async def swap_back(
    connection: AsyncConnection[TupleRow], view: View, kept: Kept, live: Checkpoint, position: int
) -> None:
    """Exchange the live tables of a view and those that were kept, now folded to a position."""
    await close(connection, [view])
    tables = await _tables(connection, view)
    await _rename(connection, tables, "", _ASIDE)
    await _rename(connection, kept.tables, OLD, "")
    await _rename(connection, tables, _ASIDE, OLD)
    was = {"version": live.version, "position": live.position, "tables": tables}
    await connection.execute(KEEP, {"name": view.name, **was})
    await begin(connection, view.name, kept.version, position, kept.tables)


async def bury(
    connection: AsyncConnection[TupleRow], name: str, position: int, reason: str
) -> None:
    """Note an event that a view could not fold, and why."""
    dead = {"name": name, "position": position, "reason": reason.replace("\x00", "")}
    await connection.execute(DEAD, dead)


async def drop_kept(connection: AsyncConnection[TupleRow], name: str) -> None:
    """Drop what was kept of a view, if anything was."""
    for kept in (await kept_of(connection, [name])).values():
        await _drop(connection, kept.tables, OLD)
        await connection.execute(FORGET_KEPT, {"name": name})


async def drop_next(connection: AsyncConnection[TupleRow], view: View) -> None:
    """Drop what was built of a view and is not to be used."""
    await _drop(connection, [row.table for row in view.rows], NEXT)


async def sweep(connection: AsyncConnection[TupleRow], views: Iterable[View]) -> None:
    """Drop what was built of views, never put in place, and is built by nobody any more."""
    found = await (await connection.execute(LEFT, {})).fetchall()
    left = {name for (name,) in found}
    for view in views:
        if any(row.table + NEXT in left for row in view.rows):
            free = await connection.execute(FREE, {"name": view.name})
            if (await free.fetchall())[0][0]:
                await drop_next(connection, view)


async def patiently(
    connection: AsyncConnection[TupleRow],
    attempt: Callable[[], Awaitable[None]],
    between: Callable[[], Awaitable[None]],
) -> None:
    """Attempt what holds checkpoints and then tables; step back whenever readers are in the way."""
    for _ in range(_ATTEMPTS):
        await between()
        try:
            async with connection.transaction():
                await attempt()
            return
        except errors.LockNotAvailable:
            await asyncio.sleep(_PAUSE_S)
    raise Unavailable("readers keep the tables of the views; nothing was changed, try again")


async def _tables(connection: AsyncConnection[TupleRow], view: View) -> list[str]:
    """The live tables of a view that are there, whichever version made them.

    One that was lost is no obstacle to the rebuild that makes it afresh.
    """
    rows = await (await connection.execute(TABLES, {"name": view.name})).fetchall()
    # A checkpoint from before tables were listed has none, and a new view neither.
    ours = (rows[0][0] if rows else None) or [row.table for row in view.rows]
    there = await (await connection.execute(THERE, {"tables": ours})).fetchall()
    return [table for (table,) in there]


async def _rename(
    connection: AsyncConnection[TupleRow], tables: Iterable[str], before: str, after: str
) -> None:
    for table in tables:
        await connection.execute(
            sql.SQL("alter table {} rename to {}").format(
                sql.Identifier("view", table + before), sql.Identifier(table + after)
            )
        )


async def _drop(connection: AsyncConnection[TupleRow], tables: Iterable[str], suffix: str) -> None:
    for table in tables:
        await connection.execute(
            sql.SQL("drop table if exists {}").format(sql.Identifier("view", table + suffix))
        )
