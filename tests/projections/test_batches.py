"""Folding in batches of any size gives what folding in memory gives, for every view."""

import asyncio

from hypothesis import given, settings

from projections import VIEWS, layout, tables
from projections.batch import fold_into
from projections.dump import Dump, state_hash, tables_of
from projections.view import View
from tests.place import Place
from tests.projections.folding import fold_all, recorded
from tests.projections.test_views import LOGS
from tracker.domain.base import Event, Recorded
from tracker.log.database import Connection, Database

SIZES = (1, 2, 7, 100)


async def stored(connection: Connection, view: View, batches: list[list[Recorded]]) -> str:
    """The hash of a view that was folded into its tables batch by batch."""
    for row in view.rows:
        await connection.execute(f"truncate view.{row.table}".encode())
    for batch in batches:
        await fold_into(connection, view, batch)
    state = Dump()
    for row in view.rows:
        state.table(row)
        async for some in tables.scan(connection, row):
            state.add(row, some)
    return state.hexdigest()


async def same(database: Database, log: list[Event | None]) -> None:
    """Fold a log with every view that takes something of it."""
    events = [recorded(i, event) for i, event in enumerate(log, 1)]
    for view in VIEWS:
        mine = [r for r in events if isinstance(r.event, view.events)]
        if not mine:
            continue
        expected = state_hash(tables_of(view, fold_all(view, mine)))
        async with database.transaction() as connection:
            for size in SIZES:
                if size > len(mine) and size != SIZES[-1]:
                    continue
                batches = [mine[low : low + size] for low in range(0, len(mine), size)]
                assert await stored(connection, view, batches) == expected, (view.name, size)


async def test_batches_of_any_size_give_equal_rows(place: Place) -> None:
    loop = asyncio.get_running_loop()
    async with place.open("tracker_view") as database:
        async with database.transaction() as connection:
            for row in (row for view in VIEWS for row in view.rows):
                await layout.create(connection, row)

        @settings(max_examples=15, deadline=None)
        @given(LOGS)
        def drawn(log: list[Event | None]) -> None:
            asyncio.run_coroutine_threadsafe(same(database, log), loop).result()

        await asyncio.to_thread(drawn)
