"""Folds the log into the views: one shared read, one transaction a batch, checkpoints with it.

    lease ─ whose? ─→ mine: read once ─→ each view its kinds ─→ rows + checkpoints, one commit
                  └─→ another's: watch, and take over once it has run out

The lease spares work. That a batch is applied once, however many processes fold, is the
checkpoints' doing: they move by compare-and-set in the transaction that writes the rows. A view
that fails on an event leaves the shared read; the others go on. A view that comes to an erasure
of what it folds is built again, as its rows may repeat what was erased.
"""

import asyncio
import logging
from collections.abc import Sequence
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from projections import swapping
from projections.batch import FoldFailed, fold_all, fold_into, halving
from projections.checkpoints import Checkpoint, checkpoints
from projections.collector import unswept
from projections.ownership import RENEW_S, Ownership
from projections.pages import taken_by
from projections.rebuild import Outcome, Rebuilder, Record, unrecorded
from projections.view import View
from tracker.domain.base import Event, Recorded
from tracker.domain.catalog import BY_TYPE
from tracker.domain.erasure import ERASURES, PayloadErased
from tracker.domain.errors import Conflict, Unavailable
from tracker.log.database import Database
from tracker.log.follow import Head
from tracker.log.read import Reader

# The rows are locked in the order of names, by whoever locks several of them.
ADVANCE = """
with held as (
    select name from view.checkpoint where name = any (%(names)s::text[]) order by name for update)
update view.checkpoint c
set position = %(to)s, batch = %(batch)s, folds_per_s = %(rate)s, updated_at = clock_timestamp()
from held join unnest(%(names)s::text[], %(versions)s::int[], %(positions)s::bigint[])
    as was (name, version, position) using (name)
where c.name = held.name and c.version = was.version and c.position = was.position
"""
HALT = "update view.checkpoint set halted = %(reason)s where name = %(name)s"
# A process that stands still holds its batch no longer than a dead one would. What is looked up is a
# few rows of large tables, mostly in memory, and how few only this very batch tells.
MANNERS = """
select set_config('idle_in_transaction_session_timeout', '5s', true),
    set_config('random_page_cost', '1.1', true),
    set_config('plan_cache_mode', 'force_custom_plan', true)
"""
_PAUSE_S = 0.25
_FEWEST, _MOST = 250, 8_000
_BATCH_S = 1.0
log = logging.getLogger(__name__)


class Runner:
    """Keeps the tables of all views where the log is.

    `builder` is the database under the role that owns the tables; without one, the role that
    folds owns them. `owner` is what health calls this process.
    """

    def __init__(
        self,
        database: Database,
        views: Sequence[View],
        *,
        builder: Database | None = None,
        owner: str | None = None,
        record: Record = unrecorded,
    ) -> None:
        self._database = database
        self._reader = Reader(database)
        self._views = {view.name: view for view in views}
        self._ownership = Ownership(database, owner)
        self._taken: dict[type[Event | None], list[str]] = {
            kind: [v.name for v in views if issubclass(kind, v.events)] for kind in taken_by(views)
        }
        self._types = [kind.type for kind in (*taken_by(views), PayloadErased)]
        self._folding = asyncio.Lock()
        self._keeping = False
        self._outdated = False
        self._batch = _FEWEST
        self._rate = 0.0
        self.rebuilder = Rebuilder(builder or database, views, record)

    async def prepare(self) -> None:
        """Make the tables of new views; fold again those whose version changed."""
        await self.rebuilder.sweep()
        known = {c.name: c for c in await checkpoints(self._database)}
        stale = [
            view
            for view in self._views.values()
            if view.name not in known or known[view.name].version != view.version
        ]
        made = await self.rebuilder.build(
            stale, unless=lambda view, live: live is not None and live.version == view.version
        )
        await self._halt_failed(made, emptied=made.keys() - known.keys())

    async def _halt_failed(self, made: dict[str, Outcome], emptied: set[str]) -> None:
        """Halt what could not be built; those to be emptied have no rows then."""
        for name, outcome in made.items():
            if isinstance(outcome, FoldFailed):
                if name in emptied:
                    await self.rebuilder.empty(self._views[name])
                async with self._database.transaction() as connection:
                    await self._halt(connection, name, outcome)

    async def run(self, head: Head) -> None:
        """Fold for ever; whatever goes wrong is logged and tried again."""
        self._keeping = True
        try:
            while True:
                try:
                    position = await self.catch_up()
                    if self._outdated:
                        # A newer tracker folds what this one cannot: it has precedence.
                        await self._ownership.give_back()
                        await asyncio.sleep(RENEW_S)
                    async with asyncio.timeout(RENEW_S):
                        await head.past(position)
                except TimeoutError:
                    continue  # nothing new; the lease is held longer
                except Conflict:
                    await asyncio.sleep(_PAUSE_S)  # another process folds, or is faster
                except Unavailable as fault:
                    log.warning("views wait: %s", fault)
                    await asyncio.sleep(_PAUSE_S)
                except Exception:  # without the runner every page would stand still, unsaid
                    log.exception("folding stopped, trying again")
                    await asyncio.sleep(_PAUSE_S)
        finally:
            self._keeping = False
            await self._ownership.give_back()

    async def catch_up(self) -> int:
        """Fold until no view is behind the log; the position reached.

        Raises Conflict where another process folds the views.
        """
        async with self._folding:
            try:
                return await self._to_the_head()
            finally:
                if not self._keeping:
                    await self._ownership.give_back()

    async def _to_the_head(self) -> int:
        while True:
            await self._ownership.hold()
            ours = [c for c in await checkpoints(self._database) if c.name in self._views]
            kept = [c for c in ours if self._keeps(c)]
            self._outdated = len(kept) < len(ours)
            running = [c for c in kept if not c.halted]
            head = await self._reader.head()
            at = min((c.position for c in running), default=head)
            if at >= head:
                return at
            until = min(at + self._batch, head)
            with unswept():
                events = await self._reader.span(self._types, after=at, until=until)
                ends = (e.position for e in events if e.type == PayloadErased.type)
                erased = max(ends, default=0)
                if not erased or not await self.forget(erased):
                    await self._apply(running, events, until)
                    await self.rebuilder.take_stock(at, until)

    def _keeps(self, checkpoint: Checkpoint) -> bool:
        """Whether this process knows the view in the version that the tables have."""
        view = self._views.get(checkpoint.name)
        return view is not None and view.version == checkpoint.version

    async def _apply(
        self, running: Sequence[Checkpoint], events: Sequence[Recorded], until: int
    ) -> None:
        """One batch for all views in one transaction; a view that fails is folded apart."""
        behind = [c for c in running if c.position < until]
        at = {c.name: c.position for c in behind}
        # In the order in which they are listed: the first have least to wait for.
        theirs: dict[str, list[Recorded]] = {name: [] for name in self._views if name in at}
        for recorded in events:
            for name in self._taken.get(type(recorded.event), ()):
                if name in theirs and recorded.position > at[name]:
                    theirs[name].append(recorded)
        started = asyncio.get_running_loop().time()
        try:
            async with self._database.transaction() as connection:
                await connection.execute(MANNERS)
                await self._advance(connection, behind, until, len(events))
                work = ((self._views[name], mine) for name, mine in theirs.items() if mine)
                await fold_all(connection, work)
        except FoldFailed as failed:
            (folding,) = (c for c in behind if c.name == failed.view)
            await self._apply_apart(folding, theirs[folding.name], until)
            return
        took = asyncio.get_running_loop().time() - started
        self._rate = len(events) / took if took else 0.0
        # So that one batch takes long enough to be worth its commit, and no reader waits for it.
        larger = self._batch * 2 if took < _BATCH_S / 2 else self._batch
        self._batch = max(_FEWEST, min(_MOST, self._batch // 2 if took > _BATCH_S else larger))

    async def _advance(
        self,
        connection: AsyncConnection[TupleRow],
        behind: Sequence[Checkpoint],
        to: int,
        batch: int,
    ) -> None:
        step = {
            "names": [c.name for c in behind],
            "versions": [c.version for c in behind],
            "positions": [c.position for c in behind],
        }
        figures = {"to": to, "batch": batch, "rate": self._rate}
        moved = await connection.execute(ADVANCE, {**step, **figures})
        if moved.rowcount != len(behind):
            raise Conflict("another process folds the views")

    async def _apply_apart(
        self, checkpoint: Checkpoint, events: Sequence[Recorded], until: int
    ) -> None:
        """Fold one view apart from the others, to find the event that it cannot take."""
        name, view = checkpoint.name, self._views[checkpoint.name]

        async def step(to: int, some: Sequence[Recorded], failed: FoldFailed | None = None) -> None:
            nonlocal checkpoint
            async with self._database.transaction() as connection:
                if to > checkpoint.position:
                    await self._advance(connection, [checkpoint], to, len(some))
                if some:
                    await fold_into(connection, view, some)
                if failed is not None and goes_on(failed):
                    log.error("view %s goes on without %s", name, failed.line)
                    await swapping.bury(connection, name, failed.position, failed.reason)
                elif failed is not None:
                    await self._halt(connection, name, failed)
            checkpoint = msgspec.structs.replace(checkpoint, position=max(to, checkpoint.position))

        def goes_on(failed: FoldFailed) -> bool:
            return view.skips and not failed.lasting

        async def attempt(some: Sequence[Recorded]) -> None:
            await step(some[-1].position, some)

        async def give_up(failed: FoldFailed) -> bool:
            await step(failed.position if goes_on(failed) else failed.position - 1, (), failed)
            return goes_on(failed)

        if await halving(events, attempt, give_up):
            await step(until, ())

    async def _halt(
        self, connection: AsyncConnection[TupleRow], name: str, failed: FoldFailed
    ) -> None:
        log.error("view %s halted at %s", name, failed.line)
        await swapping.bury(connection, name, failed.position, failed.reason)
        reason = failed.line.replace("\x00", "")
        await connection.execute(HALT, {"name": name, "reason": reason})

    async def forget(self, erased: int) -> dict[str, Outcome]:
        """Build those views again without what was erased that have not passed an erasure.

        Only those that folded it; what was kept of older ones is dropped. A view that cannot be
        folded any more is emptied and halted.
        """
        kept = [c for c in await checkpoints(self._database) if self._keeps(c)]
        behind = [c for c in kept if c.position < erased]
        if not behind:
            return {}
        after = min(c.position for c in behind)
        kinds = await self._erased_kinds(after, erased)
        concerned = [
            view
            for view in (self._views[c.name] for c in behind)
            if any(issubclass(kind, view.events) for kind in kinds)
        ]
        made = await self.rebuilder.build(
            concerned,
            unless=lambda view, live: live is not None and live.position >= erased,
            keep=False,
        )
        if kinds:
            await self.rebuilder.drop_kept(list(self._views.values()))
        await self._halt_failed(made, emptied=set(made))
        return made

    async def _erased_kinds(self, after: int, until: int) -> set[type[Event]]:
        """Of which kinds the events were that were erased between two positions."""
        found = await self._reader.read(ERASURES, after=after, before=until, limit=until - after)
        events = (r.event for r in found if isinstance(r.event, PayloadErased))
        targets = [UUID(target) for event in events for target in event.targets]
        return {BY_TYPE[r.type] for r in await self._reader.by_ids(targets) if r.type in BY_TYPE}
