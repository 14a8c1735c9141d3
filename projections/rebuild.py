"""Builds views again beside those that are read, and swaps; also back, and to compare.

    small log: a site in this transaction   ─┐
    large log: sites in processes, committed ─┴→ what came meanwhile ─→ checkpoints held: the rest
                                                                     ─→ swap

Nothing is seen of what is built before the swap, and nothing stays of one that is interrupted.
Nothing here can reach the outbox of alerts: the role has no right to it.
"""

import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from uuid import UUID

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from projections import layout, swapping
from projections.apart import Job, build_apart
from projections.batch import FoldFailed
from projections.building import Building
from projections.checkpoints import CHECKPOINTS, Checkpoint
from projections.collector import unswept
from projections.comparing import Compared, compared
from projections.pages import Pages
from projections.shares import ALONE_BELOW, at_once, cores, effort, shares
from projections.site import Site, Told, roomily
from projections.view import View
from tracker import __version__
from tracker.domain.audit import ViewRebuilt
from tracker.domain.errors import NotFound, Unavailable
from tracker.log.database import Database

Record = Callable[[ViewRebuilt], Awaitable[None]]
Outcome = ViewRebuilt | FoldFailed
_FIRST_STOCK, _GROWN = 1_000, 4
log = logging.getLogger(__name__)


class ErasedMeanwhile(Exception):
    """An erasure came while the views were built, which may be of what they show."""


def quiet(position: int, head: int) -> None:
    """Tell nobody how far it is."""


async def unrecorded(rebuilt: ViewRebuilt) -> None:
    """Put nothing on record."""


class Rebuilder:
    """Builds views again, one process at a time a view; `record` is told of what was rebuilt."""

    def __init__(
        self,
        database: Database,
        views: Sequence[View],
        record: Record = unrecorded,
        *,
        alone_below: int = ALONE_BELOW,
    ) -> None:
        """Logs with fewer events than `alone_below` are folded here, others by processes."""
        self._database = database
        self._pages = Pages(database)
        self._views = {view.name: view for view in views}
        self._record = record
        self._alone_below = alone_below
        self._stock_at = _FIRST_STOCK

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
        made: dict[str, Outcome] = {}
        try:
            async with self._alone(views) as (connection, live):
                todo = [view for view in views if not unless(view, live.get(view.name))]
                while todo and not made:
                    with contextlib.suppress(ErasedMeanwhile), unswept():
                        # What is built once more is not to wait for what was locked before.
                        async with connection.transaction():
                            made = await self._build(connection, todo, keep, told)
        except BaseException:
            with contextlib.suppress(Unavailable):
                await self.sweep()
            raise
        for name, outcome in made.items():
            if isinstance(outcome, ViewRebuilt) and name in live:
                await self._record(outcome)
        return made

    async def take_stock(self, before: int, after: int) -> None:
        """Let the database look at the tables if they were folded to many times what it looked at.

        It does so by itself only after a minute, and until then it reads whole indexes for a row.
        Should it fail, that only takes longer.
        """
        while self._stock_at <= before:
            self._stock_at *= _GROWN
        if after < self._stock_at:
            return
        try:
            async with self._database.connection() as connection:
                for view in self._views.values():
                    for row in view.rows:
                        await layout.analyze(connection, row)
        except (psycopg.Error, Unavailable) as fault:
            log.warning("no stock was taken of the views: %s", fault)

    async def sweep(self) -> None:
        """Drop what a rebuild that was ended from outside left; not that of one under way."""
        async with self._database.transaction() as connection:
            await swapping.sweep(connection, self._views.values())

    @contextlib.asynccontextmanager
    async def _alone(
        self, views: Sequence[View]
    ) -> AsyncGenerator[tuple[AsyncConnection[TupleRow], dict[str, Checkpoint]]]:
        """A transaction in which nobody else replaces the tables of the views."""
        async with self._database.transaction() as connection:
            await roomily(connection)
            for name in sorted(view.name for view in views):
                await connection.execute(swapping.REBUILDING, {"name": name})
            rows = await (await connection.execute(CHECKPOINTS)).fetchall()
            yield connection, {row[0]: Checkpoint(*row) for row in rows}

    async def _build(
        self, connection: AsyncConnection[TupleRow], views: Sequence[View], keep: bool, told: Told
    ) -> dict[str, Outcome]:
        erased = await self._pages.erased()
        until = await self._pages.head()
        site = Site(connection, self._pages, views, erased)
        if until < self._alone_below:
            await site.build(until, told)
        else:
            jobs = await self._jobs(views, erased, until)
            built = {one.name: one for one in await build_apart(jobs, told)}
            for building in site.buildings:
                building.adopt(built[building.view.name])
        await self._swap(connection, site, until, erased, keep)
        return {b.view.name: _outcome(b, until) for b in site.buildings}

    async def _jobs(self, views: Sequence[View], erased: frozenset[UUID], until: int) -> list[Job]:
        """The views in shares that take about as long, by the events that they fold."""
        kinds = await self._pages.kinds(until)
        parts = shares(views, lambda some: effort(some, kinds), at_once())
        of = (self._database.url, self._database.role)
        pooled, busy = self._database.pooled, len(parts) >= cores()
        return [Job(*of, tuple(part), erased, until, pooled=pooled, busy=busy) for part in parts]

    async def _swap(
        self,
        connection: AsyncConnection[TupleRow],
        site: Site,
        position: int,
        erased: frozenset[UUID],
        keep: bool,
    ) -> None:
        """Put what was built in place, once no reader is in the way for a moment."""
        buildings = site.buildings
        names = [b.view.name for b in buildings]

        async def swap_now() -> None:
            live = await swapping.hold(connection, names)
            # Before the erasures are read: so none is passed that is not among them.
            head = await self._pages.head()
            if await self._pages.erased() != erased:
                raise ErasedMeanwhile
            await site.catch_up(position, head)
            erasure = await self._pages.last_erasure()
            await swapping.close(connection, [b.view for b in buildings if not b.failed])
            for building in buildings:
                view, was = building.view, live.get(building.view.name)
                if building.failed:
                    await swapping.drop_next(connection, view)
                    continue
                # Tables that have not come to an erasure may repeat what was erased.
                kept = keep and was is not None and was.position >= erasure
                await swapping.swap(connection, view, head, live=was, keep=kept)
                for dead in building.dead:
                    await swapping.bury(connection, view.name, dead.position, dead.reason)

        async def come_near() -> None:
            nonlocal position
            head = await self._pages.head()
            await site.catch_up(position, head)
            position = head

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
            position = kept.position
            site = Site(connection, self._pages, [view], frozenset(), swapping.OLD)

            async def brought_up() -> int:
                head = await self._pages.head()
                # Whoever folds drops what is kept only once it comes to the erasure itself.
                if await self._pages.last_erasure() > kept.position:
                    raise NotFound(f"what is kept of the view {name} may repeat what was erased")
                # Another version's rows are its own: only its code can fold on from there.
                if kept.version != view.version:
                    return position
                await site.catch_up(position, head)
                if failed := site.buildings[0].failed:
                    raise failed
                return head

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
        with unswept():
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
                await layout.create(connection, row, swapping.NEXT)
            await swapping.swap(connection, view, 0, live=live.get(view.name), keep=False)


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
