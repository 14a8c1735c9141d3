"""Back-test: which past events a subscription would have told of; nothing is owed or sent.

As known then, each event is judged by what the log held just before and at it. In hindsight each
fact counts in its present words at its first place, and what was taken back never was.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from projections.alerts.background import Background
from projections.alerts.filters import Watch
from projections.alerts.index import Index
from projections.alerts.match import owed
from projections.alerts.reasons import Correcting, Reason, Rules, Ruling
from tracker.domain.base import Item, Query, Recorded
from tracker.domain.correction import FactCorrected, FactRetracted
from tracker.domain.draft import DraftProposed
from tracker.domain.filter import CONFLICT, ENTRY_RULE, Filter
from tracker.domain.policy import (
    EffectiveDateReached,
    PolicyChanged,
    PolicyObserved,
    PolicyRejected,
)
from tracker.domain.subscription import Option
from tracker.log.database import Database
from tracker.log.read import Reader

_PAGE = 500
_MOST_READ = 50_000
_RULING = tuple(
    kind.type
    for kind in (
        PolicyChanged, PolicyObserved, PolicyRejected, FactCorrected, FactRetracted,
        EffectiveDateReached,
    )
)  # fmt: skip


class Hit(msgspec.Struct, frozen=True):
    """An event that would have been told, and why."""

    event: UUID
    type: str
    position: int
    recorded_at: datetime
    reasons: tuple[Reason, ...]


class Backtested(msgspec.Struct, frozen=True):
    """The hits, the first one first, and after which position to go on; None at the end."""

    hits: list[Hit]
    next: int | None


class Backtest:
    """Holds the past against a filter."""

    def __init__(self, database: Database) -> None:
        self._reader = Reader(database)
        self._background = Background(database)

    async def run(
        self,
        watched: Filter,
        options: Sequence[Option] = (),
        *,
        hindsight: bool = False,
        after: int = 0,
        limit: int = 100,
    ) -> Backtested:
        """What would have been told of the events after a position."""
        index = Index()
        # No option may hold anything back: nothing is sent.
        index.open(Watch("backtest", "", watched, tuple(options), -1))
        head, hits, read = await self._reader.head(), list[Hit](), 0
        query = Query((Item(types=_types(watched, options)),))
        while read < _MOST_READ:
            events = await self._reader.read(query, after=after, before=head, limit=_PAGE)
            for hit in await self._hits(events, index, head, hindsight=hindsight):
                hits.append(hit)
                if len(hits) == limit:
                    return Backtested(hits, hit.position)
            if len(events) < _PAGE:
                return Backtested(hits, None)
            after, read = events[-1].position, read + len(events)
        return Backtested(hits, after)

    async def _hits(
        self, events: Sequence[Recorded], index: Index, head: int, *, hindsight: bool
    ) -> list[Hit]:
        rules = await self._background.rules(events)
        conflicts = {}
        if index.names_type(CONFLICT):
            conflicts = await self._background.conflicts(events)
        if hindsight:
            events = await self._standing(events, head)
            rules = {
                r.position: _present(rules[r.position], r) for r in events if r.position in rules
            }
        hits: list[Hit] = []
        for recorded in events:
            # Judging a key with hundreds of facts takes a while, and others share this loop.
            await asyncio.sleep(0)
            at = recorded.position
            found = owed(recorded, index, rules.get(at, Rules()), conflicts=conflicts.get(at, ()))
            hits += [
                Hit(recorded.id, recorded.type, at, recorded.recorded_at, one.matched.reasons)
                for one in found
                if one.matched.reasons and not one.dropped
            ]
        return hits

    async def _standing(self, events: Sequence[Recorded], head: int) -> list[Recorded]:
        """Those that were not taken back since; corrections are in the words of what they correct."""
        if not events:
            return []
        query = Query(tuple(Item((f"target:{r.id}",), (FactRetracted.type,)) for r in events))
        gone = await self._reader.read_all(query, before=head)
        targets = {r.event.target for r in gone if isinstance(r.event, FactRetracted)}
        return [
            r for r in events if str(r.id) not in targets and not isinstance(r.event, Correcting)
        ]


def _types(watched: Filter, options: Sequence[Option]) -> tuple[str, ...]:
    """The types that may bring a hit; conflicts are opened by any, which is all types."""
    if CONFLICT in watched.types:
        return ()
    ruling = _RULING if not watched.types or ENTRY_RULE in watched.types else ()
    drafts = (DraftProposed.type,) if "include-drafts" in options else ()
    named = tuple(t for t in watched.types if t != ENTRY_RULE)
    return tuple(dict.fromkeys((*named, *ruling, *drafts)))


def _present(rules: Rules, recorded: Recorded) -> Rules:
    """The facts as they stand now, as if they had always been said in these words."""
    facts = tuple(
        msgspec.structs.replace(row, known_from=row.position, known_to=None)
        for row in rules.facts
        if row.known_to is None
    )
    if isinstance(recorded.event, Ruling):
        return Rules(tuple(r for r in facts if r.known_from == recorded.position), facts)
    return Rules(tuple(r for r in facts if r.event in {t.event for t in rules.touched}), facts)
