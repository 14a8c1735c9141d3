"""Builds views again beside those that are read, and swaps; also back, and to compare.

    log ─ pages ─→ fold in memory ─→ rows ─→ tables beside ─→ indexes ─→ hash
        ─ what came meanwhile, in ordinary batches ─→ checkpoints held: the rest ─→ swap

All of it is one transaction, so nothing is left of one that is interrupted. Nothing here can
reach the outbox of alerts: the role has no right to it.
"""

import asyncio
import contextlib
import gc
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from projections import swapping, tables
from projections.batch import FoldFailed
from projections.building import Building
from projections.checkpoints import CHECKPOINTS, Checkpoint
from projections.comparing import Compared, compared
from projections.pages import Page, Pages, taken_by
from projections.view import View
from tracker import __version__
from tracker.domain.audit import ViewRebuilt
from tracker.domain.base import Event
from tracker.domain.errors import NotFound
from tracker.log.database import Database

Told = Callable[[int, int], None]
"""Called with the position that was reached, and the head of the log."""
Record = Callable[[ViewRebuilt], Awaitable[None]]
Outcome = ViewRebuilt | FoldFailed
UNHURRIED = "set local idle_in_transaction_session_timeout = 0"
# Indexes over all rows at once: most of the time of a rebuild goes there if memory is short.
ROOMY = "set local maintenance_work_mem = '256MB'"
_BATCH = 1_000
_SLICE = 250


class ErasedMeanwhile(Exception):
    """An erasure came while the views were built, which may be of what they show."""


def quiet(position: int, head: int) -> None:
    """Tell nobody how far it is."""


async def unrecorded(rebuilt: ViewRebuilt) -> None:
    """Put nothing on record."""


class Rebuilder:
    """Builds views again, one process at a time a view; `record` is told of what was rebuilt."""

    def __init__(
        self, database: Database, views: Sequence[View], record: Record = unrecorded
    ) -> None:
        self._database = database
        self._pages = Pages(database)
        self._views = {view.name: view for view in views}
        self._record = record

    def known(self, name: str) -> View:
        """The view of a name; NotFound says which there are."""
        view = self._views.get(name)
        if view is None:
            raise NotFound(f"no view is called {name!r}; known are {', '.join(self._views)}")
        return view

    async def rebuild(self, names: Sequence[str], told: Told = quiet) -> dict[str, Outcome]:
        """Fold views again from the first event, all from one reading, and swap them together.

        What they were is kept for `roll_back`. A view that cannot be folded stays as it was.
        """
        return await self.build([self.known(name) for name in names], told=told)

    async def build(
        self,
        views: Sequence[View],
        *,
        unless: Callable[[View, Checkpoint | None], bool] = lambda view, live: False,
        keep: bool = True,
        told: Told = quiet,
    ) -> dict[str, Outcome]:
        """As `rebuild`, but for views that need it no more once it is their turn."""
        if not views:
            return {}
        async with self._alone(views) as (connection, live), _unswept():
            todo = [view for view in views if not unless(view, live.get(view.name))]
            made: dict[str, Outcome] = {}
            while todo and not made:
                with contextlib.suppress(ErasedMeanwhile):
                    made = await self._build(connection, todo, keep, told)
        for name, outcome in made.items():
            if isinstance(outcome, ViewRebuilt) and name in live:
                await self._record(outcome)
        return made

    @contextlib.asynccontextmanager
    async def _alone(
        self, views: Sequence[View]
    ) -> AsyncGenerator[tuple[AsyncConnection[TupleRow], dict[str, Checkpoint]]]:
        """A transaction in which nobody else replaces the tables of the views."""
        async with self._database.transaction() as connection:
            await connection.execute(UNHURRIED)
            await connection.execute(ROOMY)
            for name in sorted(view.name for view in views):
                await connection.execute(swapping.REBUILDING, {"name": name})
            rows = await (await connection.execute(CHECKPOINTS)).fetchall()
            yield connection, {row[0]: Checkpoint(*row) for row in rows}

    async def _build(
        self, connection: AsyncConnection[TupleRow], views: Sequence[View], keep: bool, told: Told
    ) -> dict[str, Outcome]:
        erased, turn = await self._pages.erased(), asyncio.Lock()
        buildings = [Building(connection, turn, view) for view in views]
        try:
            for building in buildings:
                await building.begin()
            position = await self._fold(buildings, erased, told)
            for building in buildings:
                await self._finish(building, position, erased)
        finally:
            for building in buildings:
                await building.stop()
        await self._swap(connection, buildings, position, erased, keep)
        return {b.view.name: _outcome(b, position) for b in buildings}

    async def _fold(
        self, buildings: Sequence[Building], erased: frozenset[UUID], told: Told
    ) -> int:
        """Fold all of the log into memory; the position reached."""
        position = 0
        takers: dict[type[Event], list[Building]] = {
            kind: [b for b in buildings if issubclass(kind, b.view.events)]
            for kind in taken_by(b.view for b in buildings)
        }
        pages = self._pages.all([b.view for b in buildings], erased)
        async with contextlib.aclosing(pages):
            async for page in pages:
                await _fold_page(page, takers)
                for building in buildings:
                    await building.send_final()
                position = page.position
                told(position, page.head)
        return position

    async def _finish(self, building: Building, position: int, erased: frozenset[UUID]) -> None:
        if building.failed:
            return
        await building.finish()
        if building.refused:
            await building.begin_again()
            await self._catch_up([building], 0, position, erased)
            await building.take_hash()

    async def _catch_up(
        self, buildings: Sequence[Building], position: int, until: int, erased: frozenset[UUID]
    ) -> int:
        """Fold what came since into the tables, in ordinary batches; the position reached."""
        going = [b for b in buildings if not b.failed]
        while position < until:
            end = min(position + _BATCH, until)
            views = [b.view for b in going]
            events = await self._pages.read(views, erased, after=position, until=end)
            for building in going:
                if events and not building.failed:
                    await building.catch_up(events)
            position = end
        return position

    async def _swap(
        self,
        connection: AsyncConnection[TupleRow],
        buildings: Sequence[Building],
        position: int,
        erased: frozenset[UUID],
        keep: bool,
    ) -> None:
        """Put what was built in place, once no reader is in the way for a moment."""
        names = [b.view.name for b in buildings]

        async def swap_now() -> None:
            live = await swapping.hold(connection, names)
            # Before the erasures are read: so none is passed that is not among them.
            head = await self._pages.head()
            if await self._pages.erased() != erased:
                raise ErasedMeanwhile
            last = await self._catch_up(buildings, position, head, erased)
            erasure = await self._pages.last_erasure()
            await swapping.close(connection, [b.view for b in buildings if not b.failed])
            for building in buildings:
                view, was = building.view, live.get(building.view.name)
                if building.failed:
                    await swapping.drop_next(connection, view)
                    continue
                # Tables that have not come to an erasure may repeat what was erased.
                kept = keep and was is not None and was.position >= erasure
                await swapping.swap(connection, view, last, live=was, keep=kept)
                for dead in building.dead:
                    await swapping.bury(connection, view.name, dead.position, dead.reason)

        async def come_near() -> None:
            nonlocal position
            position = await self._catch_up(buildings, position, await self._pages.head(), erased)

        await swapping.patiently(connection, swap_now, come_near)

    async def roll_back(self, name: str) -> Checkpoint:
        """Put back what the last rebuild replaced, brought up to date; the other is kept now.

        The tables of another version are left where they were. Raises NotFound where nothing is kept of the view.
        """
        view = self.known(name)
        async with self._alone([view]) as (connection, _):
            kept = (await swapping.kept_of(connection, [name])).get(name)
            if kept is None:
                raise NotFound(f"nothing is kept of the view {name}: there is no going back")
            position, erased = kept.position, frozenset[UUID]()
            building = Building(connection, asyncio.Lock(), view, swapping.OLD)

            async def brought_up() -> int:
                head = await self._pages.head()
                # Whoever folds drops what is kept only once it comes to the erasure itself.
                if await self._pages.last_erasure() > kept.position:
                    raise NotFound(f"what is kept of the view {name} may repeat what was erased")
                # Another version's rows are its own: only its code can fold on from there.
                if kept.version != view.version:
                    return position
                reached = await self._catch_up([building], position, head, erased)
                if building.failed:
                    raise building.failed
                return reached

            async def come_near() -> None:
                nonlocal position
                position = await brought_up()

            async def swap_now() -> None:
                live = (await swapping.hold(connection, [name]))[name]
                await swapping.swap_back(connection, view, kept, live, await brought_up())

            await swapping.patiently(connection, swap_now, come_near)
            (live,) = (await swapping.hold(connection, [name])).values()
        return live

    async def compare(self, name: str, told: Told = quiet) -> Compared:
        """Whether the tables of a view are what the log gives; nothing is written."""
        return await compared(self._database, self.known(name), told)

    async def drop_kept(self, views: Sequence[View]) -> None:
        """Drop what is kept of views: there is no going back then."""
        async with self._alone(views) as (connection, _):
            for view in views:
                await swapping.drop_kept(connection, view.name)

    async def empty(self, view: View) -> None:
        """Take all rows of a view away; it begins again with the first event."""
        async with self._alone([view]) as (connection, live):
            for row in view.rows:
                await tables.create(connection, row, swapping.NEXT)
            await swapping.swap(connection, view, 0, live=live.get(view.name), keep=False)


@contextlib.asynccontextmanager
async def _unswept() -> AsyncGenerator[None]:
    """Without the garbage collector, which would look through millions of rows that stay."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


async def _fold_page(page: Page, takers: dict[type[Event], list[Building]]) -> None:
    for low in range(0, len(page.events), _SLICE):
        for recorded in page.events[low : low + _SLICE]:
            for building in takers[type(recorded.event)]:  # pyright: ignore[reportArgumentType]  none is erased here
                building.fold(recorded)
        # Whatever else runs in this process has its turn, and what is sent goes on its way.
        await asyncio.sleep(0)


def _outcome(building: Building, position: int) -> Outcome:
    if building.failed:
        return building.failed
    return ViewRebuilt(
        view=building.view.name,
        version=building.view.version,
        position=position,
        rows=building.count,
        state_hash=building.hash,
        code_version=__version__,
    )
