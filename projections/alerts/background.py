"""What the views say that bears on events: the facts of the keys they touch, the conflicts opened.

Asked for many events at once. The views are waited for; where one stands still, the events that
it has not passed are matched without it.
"""

import asyncio
import logging
from collections.abc import Sequence

from projections.alerts.reasons import Correcting, Rules, Ruling
from projections.checkpoints import checkpoints
from projections.docket import Conflict
from projections.regimes import selectors
from projections.tables import Views
from projections.views import conflicts, entry_rules
from projections.views.entry_rules import EntryFact
from tracker.domain.base import Recorded
from tracker.domain.countries import COUNTRIES
from tracker.domain.policy import EffectiveDateReached
from tracker.log.database import Database

_ALL = 1_000_000
_VIEW_POLL_S = 0.02
_PLACE = ("destination", "nationality")
log = logging.getLogger(__name__)


class Background:
    """Reads the views for the matcher."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._views = Views(database)
        self._folded: dict[str, int] = {}

    async def rules(self, events: Sequence[Recorded]) -> dict[int, Rules]:
        """Position → the entry facts that the event touches, for those that touch any."""
        named = {r.position: names for r in events if (names := _named(r))}
        if not named:
            return {}
        reached = await self._reached(entry_rules.VIEW.name, max(named))
        if stuck := [position for position in named if position > reached]:
            log.warning("alerting on event %d and later ones without comparison", stuck[0])
        seen = [r for r in events if r.position in named and r.position <= reached]
        facts = await self._touched(seen, named)
        return {p: Rules(compared=False) for p in stuck} | facts

    async def conflicts(self, events: Sequence[Recorded]) -> dict[int, list[Conflict]]:
        """Position → the conflicts that the event opens."""
        bearing = [r.position for r in events if isinstance(r.event, conflicts.VIEW.events)]
        found: dict[int, list[Conflict]] = {}
        if not bearing:
            return found
        await self._reached(conflicts.VIEW.name, max(bearing))
        opened = await self._views.select(Conflict, within={"opened_at": bearing}, limit=_ALL)
        for conflict in opened:
            found.setdefault(conflict.opened_at, []).append(conflict)
        return found

    async def _touched(
        self, events: Sequence[Recorded], named: dict[int, list[str]]
    ) -> dict[int, Rules]:
        ids = sorted({name for r in events for name in named[r.position]})
        own: dict[str, list[EntryFact]] = {}
        for row in await self._views.among(EntryFact, ("event",), [(i,) for i in ids]):
            own.setdefault(row.event, []).append(row)
        touched: dict[int, list[EntryFact]] = {}
        whole: dict[int, set[str]] = {}
        for recorded in events:
            rows = [row for name in named[recorded.position] for row in own.get(name, ())]
            touched[recorded.position] = [r for r in rows if _touches(recorded, r)]
            if isinstance(recorded.event, Correcting):
                # It may also bring back what the fact had replaced, which it does not name.
                tags = {t.removeprefix("rule:") for t in recorded.event.same_tags}
                whole[recorded.position] = {r.destination for r in rows} | (tags & COUNTRIES.keys())
            elif any(r.nationality not in COUNTRIES for r in touched[recorded.position]):
                whole[recorded.position] = {r.destination for r in touched[recorded.position]}
        everything = sorted(set[str]().union(*whole.values()))
        about = await self._views.among(EntryFact, ("destination",), [(d,) for d in everything])
        pairs = {
            (row.destination, name)
            for position, rows in touched.items()
            if position not in whole
            for row in rows
            for name in selectors(row.nationality)
        }
        keyed: dict[tuple[str, str], list[EntryFact]] = {}
        for row in await self._views.among(EntryFact, _PLACE, sorted(pairs)):
            keyed.setdefault((row.destination, row.nationality), []).append(row)
        found: dict[int, Rules] = {}
        for recorded in events:
            position, rows = recorded.position, touched[recorded.position]
            if places := whole.get(position):
                facts = tuple(row for row in about if row.destination in places)
                if isinstance(recorded.event, Correcting):
                    rows = [row for row in facts if _touches(recorded, row)]
            else:
                keys = {(r.destination, n) for r in rows for n in selectors(r.nationality)}
                facts = tuple(row for key in sorted(keys) for row in keyed.get(key, ()))
            if rows:
                found[position] = Rules(tuple(rows), facts)
        return found

    async def _reached(self, name: str, position: int) -> int:
        """Wait until a view has passed a position; how far it is where it stands still before."""
        while self._folded.get(name, 0) < position:
            known = {c.name: c for c in await checkpoints(self._database)}
            view = known.get(name)
            self._folded[name] = view.position if view else 0
            if self._folded[name] < position:
                if view and view.halted:
                    break
                await asyncio.sleep(_VIEW_POLL_S)
        return self._folded[name]


def _named(recorded: Recorded) -> list[str]:
    """The facts whose versions the event may open, end or begin to apply."""
    event = recorded.event
    if isinstance(event, Ruling):
        return [str(recorded.id), *event.replaces] if event.rule or event.replaces else []
    if isinstance(event, EffectiveDateReached):
        return [event.change] if event.rule else []
    return [event.target] if isinstance(event, Correcting) else []


def _touches(recorded: Recorded, row: EntryFact) -> bool:
    """Whether an event opens or ends a version, or is about the day on which it begins."""
    at = recorded.position
    if isinstance(recorded.event, EffectiveDateReached):
        return row.known_from <= at and (row.known_to is None or row.known_to > at)
    return at in (row.known_from, row.known_to)
