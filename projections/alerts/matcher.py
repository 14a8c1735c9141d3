"""Follows the log with a cursor of its own and stores what is owed because of each event."""

import asyncio
import logging
from collections.abc import Set

from projections.alerts.filters import Index, watch
from projections.alerts.match import Correcting, Owed, Rules, Ruling, owed
from projections.alerts.outbox import Outbox
from projections.checkpoints import checkpoints
from projections.regimes import selectors
from projections.tables import Views
from projections.views import entry_rules
from projections.views.entry_rules import EntryFact
from tracker.clock import Clock
from tracker.domain.base import EVERYTHING, Item, Query, Recorded
from tracker.domain.countries import COUNTRIES
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import Conflict
from tracker.domain.subscription import SubscriptionClosed, SubscriptionOpened
from tracker.log.database import Database
from tracker.log.follow import Head
from tracker.log.read import Reader

SUBSCRIPTIONS = Query((Item(types=(SubscriptionOpened.type, SubscriptionClosed.type)),))
_BATCH = 500
_ALL = 1_000_000
_VIEW_POLL_S = 0.02
_PAUSE_S = 0.5
log = logging.getLogger(__name__)


class Matcher:
    """Turns events into owed alerts, each once, whatever dies meanwhile.

    `news` is set whenever something new is owed. The open subscriptions are folded from the log
    itself, so they are exactly those that were open at each event.
    """

    def __init__(self, database: Database, clock: Clock, news: asyncio.Event) -> None:
        self._database = database
        self._clock = clock
        self._news = news
        self._reader = Reader(database)
        self._views = Views(database)
        self._outbox = Outbox(database)
        self._index: Index | None = None
        self._position = 0
        self._folded_to = 0

    async def run(self, head: Head) -> None:
        """Match for ever; a fault is logged and the same events are tried again."""
        while True:
            try:
                await head.past(await self.catch_up())
            except Conflict:
                log.info("another process matches; looking again after event %d", self._position)
                await asyncio.sleep(_PAUSE_S)
            except Exception:
                log.exception("matching stopped after event %d, trying again", self._position)
                await asyncio.sleep(_PAUSE_S)

    async def catch_up(self) -> int:
        """Match until the cursor has reached the head of the log; the position then."""
        while await self._batch():
            pass
        return self._position

    async def _batch(self) -> bool:
        """Match some events; false where there are none. A fault leaves the cursor in place."""
        index, self._index = self._index, None
        if index is None:
            self._position = await self._outbox.cursor()
            index = await self._open_at(self._position)
        events = await self._reader.read(EVERYTHING, after=self._position, limit=_BATCH)
        found: list[Owed] = []
        closed: list[str] = []
        erased: list[str] = []
        for recorded in events:
            if _follow(index, recorded) and isinstance(recorded.event, SubscriptionClosed):
                closed.append(recorded.event.subscription)
            elif isinstance(recorded.event, PayloadErased):
                erased += recorded.event.targets
            elif len(index):
                found += owed(recorded, index, await self._rules(recorded))
        if events:
            begin, end = self._position, events[-1].position
            new = await self._outbox.owe(
                found, closed, begin=begin, end=end, now=self._clock(), erased=erased
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

    async def _rules(self, recorded: Recorded) -> Rules:
        """The entry facts that the event touches, once the view has folded it."""
        event = recorded.event
        if isinstance(event, Ruling):
            named = [str(recorded.id), *event.replaces] if event.rule or event.replaces else []
        else:
            named = [event.target] if isinstance(event, Correcting) else []
        if not named:
            return Rules()
        if not await self._folded(recorded.position):
            log.warning("alerting on event %d without comparison", recorded.position)
            return Rules(compared=False)
        facts = await self._views.select(EntryFact, within={"event": named}, limit=_ALL)
        places = {row.destination for row in facts}
        if isinstance(event, Correcting):
            # It may also bring back what the fact had replaced, which it does not name.
            places |= {tag.removeprefix("rule:") for tag in event.same_tags}
            facts = await self._about(places & COUNTRIES.keys())
        touched = tuple(r for r in facts if recorded.position in (r.known_from, r.known_to))
        if not touched:
            return Rules()
        who = {name for row in touched for name in selectors(row.nationality)}
        whole = any(row.nationality not in COUNTRIES for row in touched)
        places = {row.destination for row in touched}
        return Rules(touched, tuple(await self._about(places, None if whole else who)))

    async def _about(self, places: Set[str], who: Set[str] | None = None) -> list[EntryFact]:
        within = {"destination": sorted(places)}
        if who is not None:
            within["nationality"] = sorted(who)
        return await self._views.select(EntryFact, within=within, limit=_ALL)

    async def _folded(self, position: int) -> bool:
        """Wait until the view has passed the event; false where it stands still before it."""
        while self._folded_to < position:
            known = {c.name: c for c in await checkpoints(self._database)}
            view = known.get(entry_rules.VIEW.name)
            self._folded_to = view.position if view else 0
            if self._folded_to < position:
                if view and view.halted:
                    return False
                await asyncio.sleep(_VIEW_POLL_S)
        return True


def _follow(index: Index, recorded: Recorded) -> bool:
    """Take in a subscription that opens or closes; false for every other event."""
    match recorded.event:
        case SubscriptionOpened() as opened:
            index.open(watch(opened, recorded.position))
        case SubscriptionClosed() as closed:
            index.close(closed.subscription)
        case _:
            return False
    return True
