"""What is news about a key: its regime is compared just before an event and at it."""

from datetime import date, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from projections.alerts.reasons import Correcting, Reason, Rules, Ruling
from projections.answers import answer
from projections.histories import (
    Segment,
    Transition,
    differing,
    pending_unknown,
    segment_at,
    segments,
    timeline,
    transition,
)
from projections.regimes import Cell, Known, see, selectors
from projections.said import said
from projections.views.entry_rules import EntryFact
from tracker.domain import edtf
from tracker.domain.base import Event, Recorded
from tracker.domain.countries import COUNTRIES
from tracker.domain.groups import memberships
from tracker.domain.policy import EffectiveDateReached, PolicyChanged, PolicyObserved
from tracker.domain.severity import weigh

_DAY = timedelta(days=1)


class Judge:
    """Says of one event what is news about a key; each question is answered once for all."""

    def __init__(self, recorded: Recorded, rules: Rules) -> None:
        self._recorded = recorded
        self._event = recorded.event
        self._rules = rules
        self._before = Known(recorded.position - 1)
        self._after = Known(recorded.position)
        self._new = [r for r in rules.touched if r.known_from == recorded.position]
        self._by_name: dict[str, list[EntryFact]] = {}
        for fact in rules.facts:
            self._by_name.setdefault(fact.nationality, []).append(fact)
        self._asked: dict[object, Reason | None] = {}
        self._told: dict[object, Reason | None] = {}

    def reason(self, cell: Cell, via: str | None, *, first: bool, past: bool) -> Reason | None:
        """What is news about the key, for whoever also wants first knowledge or what is past."""
        asked = (cell, via, first, past)
        if asked not in self._told:
            alike = (msgspec.structs.replace(cell, nationality=""), self._kin(cell), first, past)
            if alike not in self._asked:
                self._asked[alike] = self._judged(cell, first, past)
            found = self._asked[alike]
            self._told[asked] = found and msgspec.structs.replace(found, key=cell, via=via)
        return self._told[asked]

    def _kin(self, cell: Cell) -> object:
        """What the answer depends on: facts of its own, or only the groups that have facts."""
        if cell.nationality in self._by_name:
            return cell.nationality
        return tuple(span for span in memberships(cell.nationality) if span[0] in self._by_name)

    def _judged(self, cell: Cell, first: bool, past: bool) -> Reason | None:
        if isinstance(self._event, EffectiveDateReached):
            return self._begun(cell, self._event)
        if not self._rules.compared:
            return self._as_stated(cell)
        today = _day_in(cell.destination, self._recorded)
        return (
            self._changed(cell, None if past else today, first)
            or self._undated(cell, today, first)
            or self._unannounced(cell, today)
        )

    def _facts(self, cell: Cell) -> list[EntryFact]:
        """The facts that may concern the nationality, of all that bear on the destination."""
        return [f for name in selectors(cell.nationality) for f in self._by_name.get(name, ())]

    def _timeline(self, cell: Cell, known: Known) -> tuple[Segment, ...]:
        return timeline(self._facts(cell), cell, known)

    def _begun(self, cell: Cell, reached: EffectiveDateReached) -> Reason | None:
        """What the day brings, if the change that it is the day of brings anything."""
        day = date.fromisoformat(reached.day)
        history = self._timeline(cell, self._after)
        before, after = segment_at(history, day - _DAY), segment_at(history, day)
        if after.start != day or after.decided_by != reached.change:
            return None
        found = Transition(
            before.regime, after.regime, before.max_stay_days, after.max_stay_days, day,
            before.regime == "unknown",
        )  # fmt: skip
        announced = next((r.announced_text for r in self._rules.touched), None)
        return Reason(
            kind="reminder",
            key=cell,
            on=reached.day,
            announced_on=announced,
            days_of_notice=_notice(announced, reached.day),
            **_sides(found),
            direction=after.direction,
            severity=after.severity,
        )

    def _as_stated(self, cell: Cell) -> Reason:
        event = stated(self._recorded)
        rule = event.rule if event else None
        return self._worded(
            cell, after=rule.regime if rule else None, on=start_of(event), compared=False
        )

    def _changed(self, cell: Cell, floor: date | None, first: bool) -> Reason | None:
        """The first day from the floor on of which the log now says something else."""
        facts = self._facts(cell)
        sights = (see(facts, cell, self._before), see(facts, cell, self._after))
        if floor and not differing(*sights, floor):
            return None
        before, after = segments(sights[0]), segments(sights[1])
        found = transition(before, after, floor, first)
        if found is None:
            return None
        # A difference that began before the floor is dated by its own beginning.
        sides = (segment_at(before, found.on), segment_at(after, found.on))
        on = max((s.start for s in sides if s.start), default=found.on)
        return self._worded(
            cell,
            **_sides(found),
            on=self._as_written(on),
            **self._weight(None if found.first_knowledge else found),
        )

    def _weight(self, found: Transition | None) -> dict[str, Any]:
        """By the table, unless an analyst says otherwise of what the event states."""
        weight = found and found.weight
        direction = next((r.direction for r in self._new if r.direction), None)
        severity = next((r.severity for r in self._new if r.severity), None)
        return {
            "direction": direction or (weight and weight.direction),
            "severity": severity or (weight and weight.severity),
        }

    def _undated(self, cell: Cell, today: date, first: bool) -> Reason | None:
        """A change that is announced without a date is news too, once."""
        if not any(row.starts is None for row in self._new):
            return None
        facts = self._facts(cell)
        before = {p.to for p in pending_unknown(facts, cell, self._before)}
        new = [p.to for p in pending_unknown(facts, cell, self._after) if p.to not in before]
        here = answer(facts, cell, today, self._after).regime
        if not new or new[0] == here or (here == "unknown" and not first):
            return None
        return self._worded(cell, before=here, after=new[0], **_weighed(here, new[0]))

    def _unannounced(self, cell: Cell, today: date) -> Reason | None:
        """Somebody saw a state that differs from what is decided, and nobody had seen it yet."""
        if not isinstance(self._event, PolicyObserved):
            return None
        facts = self._facts(cell)
        now = answer(facts, cell, today, self._after)
        seen = answer(facts, cell, today, self._before).observed
        if now.observed is None or (seen and seen.regime == now.observed.regime):
            return None
        if now.observed.event != str(self._recorded.id):
            return None
        regime, on = now.observed.regime, now.observed.on.isoformat()
        weight = _weighed(now.regime, regime)
        return self._worded(cell, before=now.regime, after=regime, on=on, **weight)

    def _as_written(self, on: date) -> str:
        """The day as the event's own source gave it, which may be less exact."""
        texts = (r.effective_text for r in self._new if r.starts == on and r.effective_text)
        return next(texts, on.isoformat())

    def _worded(self, cell: Cell, *, on: str | None = None, **more: object) -> Reason:
        announced = self._event.announced_on if isinstance(self._event, Ruling) else None
        reason = Reason(
            kind=_kind(self._event),
            key=cell,
            on=on,
            announced_on=announced,
            days_of_notice=_notice(announced, on),
        )
        return msgspec.structs.replace(reason, **more)


def stated(recorded: Recorded) -> Ruling | None:
    """What the event says of an entry rule, be it by correcting another."""
    told = said(recorded)
    return told.fact if told and isinstance(told.fact, Ruling) else None


def start_of(event: Event | None) -> str | None:
    """The day from which on a rule counts, as its source gave it."""
    return event.counts_from() if isinstance(event, (PolicyChanged, PolicyObserved)) else None


def _sides(found: Transition) -> dict[str, Any]:
    return {
        "before": found.before,
        "after": found.after,
        "max_stay_before": found.max_stay_before,
        "max_stay_after": found.max_stay_after,
    }


def _weighed(before: str, after: str) -> dict[str, Any]:
    return {} if before == "unknown" else msgspec.structs.asdict(weigh(before, after))


def _kind(event: Event | None) -> Literal["change", "unannounced", "correction"]:
    if isinstance(event, Correcting):
        return "correction"
    return "unannounced" if isinstance(event, PolicyObserved) else "change"


def _notice(announced: str | None, on: str | None) -> int | None:
    if announced is None or on is None:
        return None
    start, end = edtf.bounds(announced), edtf.bounds(on)
    if not (start.exact and end.exact and start.lower and end.lower):
        return None
    return (end.lower - start.lower).days


def _day_in(destination: str, recorded: Recorded) -> date:
    """The day on which the event was recorded, in the capital of the destination."""
    return recorded.recorded_at.astimezone(ZoneInfo(COUNTRIES[destination].capital_zone)).date()
