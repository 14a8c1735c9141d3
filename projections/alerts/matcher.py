"""Follows the log with a cursor of its own and stores what is owed because of each event."""

import asyncio
import logging
from collections.abc import Sequence
from uuid import UUID

import msgspec

from projections.alerts.background import Background
from projections.alerts.filters import Watch
from projections.alerts.following import roots, superseded
from projections.alerts.holding import Holding
from projections.alerts.imported import Imported
from projections.alerts.index import Index
from projections.alerts.match import IMPORTED, owed
from projections.alerts.outbox import Outbox
from projections.alerts.pacing import Recent, hold
from projections.alerts.reasons import UNDONE, Earlier, Owed, Rules
from projections.alerts.repacing import waiting
from tracker.clock import Clock
from tracker.domain.base import EVERYTHING, Item, Query, Recorded
from tracker.domain.correction import FactRetracted
from tracker.domain.draft import DraftRejected
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import Conflict
from tracker.domain.filter import CONFLICT
from tracker.domain.pacing import Pacing
from tracker.domain.subscription import (
    SUBSCRIPTION_EVENTS,
    SubscriptionChanged,
    SubscriptionClosed,
    Watched,
)
from tracker.log.database import Database
from tracker.log.follow import Head
from tracker.log.read import Reader

SUBSCRIPTIONS = Query((Item(types=tuple(event.type for event in SUBSCRIPTION_EVENTS)),))
_BATCH = 500
_PAUSE_S = 0.5
_TICK_S = 1.0
log = logging.getLogger(__name__)


class _Batch(msgspec.Struct):
    """What some events make owed, and make needless."""

    owed: dict[UUID, Owed] = msgspec.field(default_factory=dict[UUID, Owed])
    dropped: dict[UUID, str] = msgspec.field(default_factory=dict[UUID, str])
    paces: dict[UUID, Pacing] = msgspec.field(default_factory=dict[UUID, Pacing])
    """How whoever is owed an alert wants to be told, as it was set at the event."""
    imported: Imported = msgspec.field(default_factory=Imported)
    channels: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    """Subscription → where it tells from now on."""
    repaced: dict[str, Pacing | None] = msgspec.field(default_factory=dict[str, Pacing | None])
    """Subscription → the pace that it has from now on, where that is another."""
    closed: list[str] = msgspec.field(default_factory=list[str])
    erased: list[str] = msgspec.field(default_factory=list[str])

    def owe(self, found: Sequence[Owed], index: Index, recorded: Recorded) -> None:
        """Owe what an event makes owed; what comes with an import unasked is only counted."""
        for one in found:
            if one.dropped == IMPORTED:
                self.imported.count(recorded.correlation_id, one.subscription, one.position)
                continue
            self.owed[one.id] = one
            watching = index.get(one.subscription)
            if watching and watching.pacing:
                self.paces[one.id] = watching.pacing

    def change(self, changed: SubscriptionChanged, known: Watch | None) -> None:
        """Tell what is not sent yet as its subscription, known as it was, wants it from now on."""
        name, pacing = changed.subscription, changed.pacing
        self.channels[name] = changed.channel
        if known and known.pacing != pacing:
            self.repaced[name] = pacing
            for one in self.owed.values():
                if one.subscription == name:
                    self.paces[one.id] = pacing or Pacing()

    def earlier(self, about: Sequence[UUID], *, retracting: bool) -> list[Earlier]:
        """What is owed about facts or drafts since the batch began.

        Nobody was told of it so far: what is taken back by then need not be told at all.
        """
        if not about:
            return []
        return [
            Earlier(
                o.id, o.subscription, o.about or o.event, retracting or o.held_until is not None
            )
            for o in self.owed.values()
            if not o.dropped and (o.about or o.event) in about
        ]

    def drop(self, needless: dict[UUID, str]) -> None:
        """Do not send what is held, in the batch or in the outbox."""
        for alert, reason in needless.items():
            if known := self.owed.get(alert):
                self.owed[alert] = msgspec.structs.replace(known, dropped=reason)
            else:
                self.dropped[alert] = reason


class Matcher:
    """Turns events into owed alerts, each once, whatever dies meanwhile.

    `news` is set whenever something new is owed. The open subscriptions are folded from the log
    itself, so they are exactly those that were open at each event.
    """

    def __init__(self, database: Database, clock: Clock, news: asyncio.Event) -> None:
        self._clock = clock
        self._news = news
        self._database = database
        self._reader = Reader(database)
        self._background = Background(database)
        self._outbox = Outbox(database)
        self._holding = Holding(database)
        self._index: Index | None = None
        self._position = 0

    async def run(self, head: Head) -> None:
        """Match for ever; a fault is logged and the same events are tried again."""
        while True:
            try:
                position = await self.catch_up()
                await self.release()
                async with asyncio.timeout(_TICK_S):
                    await head.past(position)
            except TimeoutError:
                continue  # nothing new; what is held may be due
            except Conflict as fault:
                log.info("looking again after event %d: %s", self._position, fault.message)
                await asyncio.sleep(_PAUSE_S)
            except Exception:
                log.exception("matching stopped after event %d, trying again", self._position)
                await asyncio.sleep(_PAUSE_S)

    async def catch_up(self) -> int:
        """Match until the cursor has reached the head of the log; the position then."""
        while await self._batch():
            pass
        return self._position

    async def release(self) -> int:
        """Send on what was held back and is due; how many messages that are."""
        released = await self._holding.release(self._clock())
        if released:
            self._news.set()
        return released

    async def _batch(self) -> bool:
        """Match some events; false where there are none. A fault leaves the cursor in place."""
        index, self._index = self._index, None
        if index is None:
            self._position = await self._outbox.cursor()
            index = await self._open_at(self._position)
        events = await self._reader.read(EVERYTHING, after=self._position, limit=_BATCH)
        if events:
            batch = await self._matched(events, index)
            begin, end, now = self._position, events[-1].position, self._clock()
            new = await self._outbox.owe(
                await self._paced(batch),
                batch.closed,
                begin=begin,
                end=end,
                now=now,
                dropped=batch.dropped,
                erased=batch.erased,
                imported=batch.imported,
                channels=batch.channels,
                repaced=await waiting(self._database, batch.repaced, now),
            )
            self._position = end
            if new:
                self._news.set()
        # Only what was stored is remembered: after a fault the index is folded anew.
        self._index = index
        return bool(events)

    async def _open_at(self, position: int) -> Index:
        index = Index()
        for recorded in await self._reader.read_all(SUBSCRIPTIONS, before=position):
            _follow(index, recorded)
        return index

    async def _matched(self, events: Sequence[Recorded], index: Index) -> _Batch:
        """What the events make owed; `index` is at the last of them afterwards."""
        batch = _Batch()
        opening = [r.event for r in events if isinstance(r.event, Watched)]
        watched = bool(len(index) or opening)
        rules = await self._background.rules(events) if watched else {}
        disputed = index.names_type(CONFLICT) or any(
            CONFLICT in opened.filter.types for opened in opening
        )
        conflicts = await self._background.conflicts(events) if watched and disputed else {}
        about = {root for r in events for root in roots(r)} if watched else ()
        earlier = await self._holding.earlier(about) if about else []
        for recorded in events:
            # Judging a key with hundreds of facts takes a while, and delivery shares this loop.
            await asyncio.sleep(0)
            known = index.get(getattr(recorded.event, "subscription", ""))
            if _follow(index, recorded):
                if isinstance(recorded.event, SubscriptionChanged):
                    batch.change(recorded.event, known)
                elif isinstance(recorded.event, SubscriptionClosed):
                    batch.closed.append(recorded.event.subscription)
            elif isinstance(recorded.event, PayloadErased):
                batch.erased += recorded.event.targets
            elif len(index):
                bearing = roots(recorded)
                retracting = isinstance(recorded.event, FactRetracted | DraftRejected)
                here = batch.earlier(bearing, retracting=retracting)
                told = [e for e in earlier if e.about in bearing] + here
                told = list({e.id: e for e in told}.values())
                at = recorded.position
                found = owed(recorded, index, rules.get(at, Rules()), told, conflicts.get(at, ()))
                batch.drop(superseded(recorded, told))
                batch.owe(found, index, recorded)
        return batch

    async def _paced(self, batch: _Batch) -> list[Owed]:
        """What is owed, held back as each subscription wanted it at the event."""
        now = self._clock()
        named = {batch.owed[alert].subscription for alert in batch.paces}
        recent = await self._holding.recent(sorted(named), now) if named else {}
        paced: list[Owed] = []
        for one in batch.owed.values():
            if one.subscription not in named and one.held_until is None:
                paced.append(one)
                continue
            known = recent.get(one.subscription, Recent())
            held = hold(batch.paces.get(one.id), one.matched.severity, now, known)
            until = max(filter(None, (one.held_until, held and held.until)), default=now)
            if one.dropped is None and until <= now:
                one = msgspec.structs.replace(one, held_until=None, held_because=None)
            elif one.dropped is None and held:
                because = "; ".join(filter(None, (one.held_because, held.because)))
                one = msgspec.structs.replace(one, held_until=until, held_because=because)
            if one.dropped is None and one.held_because in (None, UNDONE):
                recent[one.subscription] = Recent(known.count + 1, now)
            paced.append(one)
        return paced


def _follow(index: Index, recorded: Recorded) -> bool:
    """Take in a subscription that opens, changes or closes; false for every other event."""
    match recorded.event:
        case Watched() as watched:
            index.follow(watched, recorded.position)
        case SubscriptionClosed() as closed:
            index.close(closed.subscription)
        case _:
            return False
    return True
