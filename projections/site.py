"""Where some views are built from one reading of the log, within a transaction or two.

log ─ pages ─→ fold in memory ─→ rows ─→ tables beside ─→ indexes ─→ hash
    ─ what came meanwhile, in ordinary batches ─→
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from itertools import compress, islice
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from projections.building import Building
from projections.pages import Page, Pages
from projections.said import remembered
from projections.swapping import NEXT
from projections.view import View

Told = Callable[[int, int], None]
"""Called with the position that was reached, and the head of the log."""
UNHURRIED = "set local idle_in_transaction_session_timeout = 0"
# Indexes over all rows at once: most of the time of a rebuild goes there if memory is short.
ROOMY = "set local maintenance_work_mem = '256MB'"
# What a table takes is on its way to the disk while the next is made: a commit has to wait for it.
STEADY = "set local backend_flush_after = '1MB'"
# For a first look at what was made; the database takes a closer one once it is there to be read.
AT_A_GLANCE = "set local default_statistics_target = 50"
# Where every core has a process already, workers of the database only take turns with it.
UNAIDED = "set local max_parallel_maintenance_workers = 0"
_BATCH = 1_000
# While a view folds some events, what it works with stays in the cache; few enough that they do too
# until all views have had them.
_SLICE = 200


class Site:
    """The buildings of some views; `erased` are the events that contribute nothing."""

    def __init__(
        self,
        connection: AsyncConnection[TupleRow],
        pages: Pages,
        views: Sequence[View],
        erased: frozenset[UUID],
        suffix: str = NEXT,
        beside: AsyncConnection[TupleRow] | None = None,
    ) -> None:
        self.buildings = [Building(connection, view, suffix, beside) for view in views]
        self._pages = pages
        self._erased = erased

    async def build(self, until: int, told: Told) -> None:
        """Fold the log up to a position into tables of their own, with indexes and hash."""
        await self._fold(until, told)
        for building in self.buildings:
            await self._finish(building, until)

    async def _fold(self, until: int, told: Told) -> None:
        views = [b.view for b in self.buildings]
        async with contextlib.aclosing(self._pages.all(views, self._erased, until)) as pages:
            async for page in pages:
                await _fold_page(page, self.buildings)
                told(page.position, until)

    async def _finish(self, building: Building, until: int) -> None:
        if building.failed:
            return
        await building.finish()
        if building.refused:
            await building.begin_again()
            await self._batches([building], 0, until)
            await building.take_hash()

    async def catch_up(self, position: int, until: int) -> None:
        """Fold what came since a position into the tables, in ordinary batches."""
        await self._batches([b for b in self.buildings if not b.failed], position, until)

    async def _batches(self, buildings: Sequence[Building], position: int, until: int) -> None:
        views = [b.view for b in buildings]
        while position < until:
            end = min(position + _BATCH, until)
            events = await self._pages.read(views, self._erased, after=position, until=end)
            for building in buildings:
                if events and not building.failed:
                    await building.catch_up(events)
            position = end


async def _fold_page(page: Page, buildings: Sequence[Building]) -> None:
    while some := list(islice(page.events, _SLICE)):
        types = [type(recorded.event) for recorded in some]
        with remembered():
            for building in buildings:
                building.fold(compress(some, map(building.kinds.__contains__, types)))
                # Whatever else runs in this process has its turn, and the next page comes in.
                await asyncio.sleep(0)


async def roomily(connection: AsyncConnection[TupleRow], *, busy: bool = False) -> None:
    """Give a transaction the time and the memory that building takes; `busy` if all cores are."""
    await connection.execute(UNHURRIED)
    await connection.execute(ROOMY)
    await connection.execute(STEADY)
    await connection.execute(AT_A_GLANCE)
    if busy:
        await connection.execute(UNAIDED)
