"""Carrying an erasure out in an order that survives a crash, and doing it again where needed."""

import logging
from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec

from projections.alerts.outbox import Outbox
from projections.batch import FoldFailed
from projections.runner import Runner
from tracker.domain.base import EVERYTHING, Actor, NewEvent, Recorded
from tracker.domain.erasing import RepeatErasure
from tracker.domain.erasure import ErasedBy, PayloadErased, erased_by
from tracker.erasing.plan import Plan, Planner
from tracker.execute import Executor
from tracker.log.database import Database
from tracker.log.erase import Deleted, Eraser
from tracker.log.erasures import ErasureList, Listed
from tracker.log.evidence import Evidence
from tracker.log.read import Reader

Say = Callable[[str], None]
log = logging.getLogger(__name__)


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """What was erased, and the position of the event that says so; None if nothing was left."""

    plan: Plan
    events: tuple[str, ...] = ()
    position: int | None = None
    deleted: Deleted = Deleted()


class Erasing:
    """Erases, and sees at every start that what was erased is gone."""

    def __init__(
        self,
        *,
        planner: Planner,
        executor: Executor,
        reader: Reader,
        evidence: Evidence,
        database: Database,
        eraser: Eraser,
        listed: ErasureList,
        runner: Runner,
        outbox: Outbox,
    ) -> None:
        self._planner = planner
        self._executor = executor
        self._reader = reader
        self._evidence = evidence
        self._database = database
        self._eraser = eraser
        self._list = listed
        self._runner = runner
        self._outbox = outbox

    async def plan(
        self, root: UUID, legal_basis: str, actor: Actor, *, keep_evidence: bool = False
    ) -> Plan:
        """What erasing an event, a draft or a document takes; nothing is written.

        Raises NotFound where there is no such thing, Forbidden unless an admin asks, Refused
        without a legal basis or for an event that is no content.
        """
        command = await self._planner.command(root, legal_basis, keep_evidence=keep_evidence)
        return await self._planner.plan(command, actor)

    async def erase(
        self,
        root: UUID,
        legal_basis: str,
        actor: Actor,
        *,
        keep_evidence: bool = False,
        say: Say = log.info,
    ) -> Erased:
        """Erase an event, a draft or a document with its closure; again changes nothing.

        Raises what `plan` raises, and Conflict where others keep writing about it.
        """
        command = await self._planner.command(root, legal_basis, keep_evidence=keep_evidence)
        plan = await self._planner.plan(command, actor)
        log_id = await self._log_id()

        def enlist(events: Sequence[NewEvent]) -> None:
            self._list.add(
                Listed(log_id, new.id, actor, new.event)
                for new in events
                if log_id and isinstance(new.event, PayloadErased)
            )

        done = await self._executor.execute(command, actor, first=enlist)
        if not done.events:
            await self.resume(say)
            return Erased(plan=plan)
        erasures = await self._reader.by_ids([new.id for new in done.events])
        deleted = await self._carry_out(erasures, say)
        ids = tuple(str(new.id) for new in done.events)
        return Erased(plan=plan, events=ids, position=done.position, deleted=deleted)

    async def how(self, sha256: str) -> ErasedBy | None:
        """The erasure that took the bytes of a hash; None where none did."""
        event = (await self._evidence.erased([sha256])).get(sha256)
        found = await self._reader.by_ids([event] if event else [])
        return erased_by(found[0]) if found else None

    async def resume(self, say: Say = log.info) -> None:
        """Go on with what a crash or an older copy of the database left undone."""
        log_id = await self._log_id()
        if log_id is None:
            return
        erasures = await self._eraser.erasures()
        known, listed = {r.id for r in erasures}, self._list.read(log_id)
        for one in listed.values():
            if one.id not in known:
                say(f"erasing again what {self._list.path} lists: {one.id}")
                await self._executor.execute(
                    RepeatErasure(id=str(one.id), erased=one.erased), one.actor
                )
        if listed.keys() - known:
            erasures = await self._eraser.erasures()
        unlisted = [r for r in erasures if r.id not in listed]
        if unlisted:
            self._list.add(
                Listed(log_id, r.id, r.actor, r.event)
                for r in unlisted
                if isinstance(r.event, PayloadErased)
            )
        if left := await self._eraser.left(erasures):
            await self._carry_out(left, say)
        elif erasures:
            await self._forget(erasures[-1].position, say)

    async def _carry_out(self, erasures: Sequence[Recorded], say: Say) -> Deleted:
        deleted = await self._eraser.apply(erasures)
        events = (r.event for r in erasures if isinstance(r.event, PayloadErased))
        await self._outbox.erase([target for event in events for target in event.targets])
        await self._forget(max(r.position for r in erasures), say)
        return deleted

    async def _forget(self, position: int, say: Say) -> None:
        """Have every view folded again that may show what was erased and has not passed it."""
        for name, outcome in (await self._runner.forget(position)).items():
            if isinstance(outcome, FoldFailed):
                say(f"view {name}: emptied, it cannot fold event {outcome.position}")
            else:
                say(f"view {name}: folded again to position {outcome.position}")

    async def _log_id(self) -> UUID | None:
        """The id of the first event, which tells one log from another; None for an empty log."""
        first = await self._reader.read(EVERYTHING, limit=1)
        return first[0].id if first else None
