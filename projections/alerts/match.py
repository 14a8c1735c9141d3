"""What an event makes owed, and to whom: one alert for each change of state that somebody watches.

An entry rule is compared just before and at the event, so a second report alerts nobody. What
confirms is silent; an observation that differs is owed as an unannounced change.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from projections.alerts.filters import Index, Watch, reach, values_of
from projections.answers import answer
from projections.histories import Transition, pending_unknown, segment_at, timeline, transition
from projections.regimes import Cell, Known
from projections.said import said
from projections.views.entry_rules import EntryFact
from tracker.domain import edtf
from tracker.domain.base import Event, Recorded
from tracker.domain.correction import FactCorrected, FactRetracted
from tracker.domain.countries import COUNTRIES
from tracker.domain.ids import derived
from tracker.domain.policy import PolicyChanged, PolicyObserved, PolicyRejected

Ruling = PolicyChanged | PolicyObserved | PolicyRejected
"""The events that state an entry rule or put it aside."""
Correcting = FactCorrected | FactRetracted
"""The events that take back what was stated."""


class Rules(msgspec.Struct, frozen=True):
    """The versions of facts that an event opens or ends, and all that bear on the same keys.

    `compared` is false where the view stands still, and then no facts are known.
    """

    touched: tuple[EntryFact, ...] = ()
    facts: tuple[EntryFact, ...] = ()
    compared: bool = True


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why an alert is owed: a key with what it was and becomes, or the mere fact."""

    kind: Literal["change", "unannounced", "correction", "fact"]
    key: Cell | None = None
    via: str | None = None
    """The group, or `*`, that the event names instead of the nationality watched."""
    before: str | None = None
    after: str | None = None
    max_stay_before: int | None = None
    max_stay_after: int | None = None
    on: str | None = None
    """The first day of what it becomes (EDTF); absent where no date is known."""
    announced_on: str | None = None
    days_of_notice: int | None = None
    direction: str | None = None
    severity: int | None = None
    compared: bool = True
    """False where the view stood still: nobody could tell whether this is news."""


class Matched(msgspec.Struct, frozen=True):
    """All reasons of one alert."""

    reasons: tuple[Reason, ...]


class Owed(msgspec.Struct, frozen=True):
    """One alert for one subscription because of one event."""

    id: UUID
    subscription: str
    event: UUID
    position: int
    channel: str
    matched: Matched
    kind: Literal["alert", "update", "cancel", "reminder"] = "alert"
    refers: tuple[UUID, ...] = ()


def owed(recorded: Recorded, index: Index, rules: Rules) -> list[Owed]:
    """The alerts that an event makes owed, in the order of subscriptions."""
    if recorded.event is None:
        return []
    cells = _touched(recorded, rules)
    reason = _Judge(recorded, rules).reason
    found: list[Owed] = []
    for watching in index.fitting(values_of(recorded, cells)):
        if watching.opened_position >= recorded.position:
            continue
        judged = [reason(cell, via, watching) for cell, via in watched(watching, cells)]
        if not cells and recorded.type in watching.filter.types:
            judged.append(Reason(kind="fact"))
        if reasons := tuple(r for r in judged if r):
            found.append(_owed(recorded, watching, reasons))
    return found


def _owed(recorded: Recorded, watching: Watch, reasons: tuple[Reason, ...]) -> Owed:
    return Owed(
        id=derived("alert", watching.subscription, str(recorded.id)),
        subscription=watching.subscription,
        event=recorded.id,
        position=recorded.position,
        channel=watching.channel,
        matched=Matched(reasons),
    )


def _touched(recorded: Recorded, rules: Rules) -> tuple[Cell, ...]:
    """The keys whose regime the event may change; a rule for a category changes none."""
    if rules.compared:
        rows = (row for row in rules.touched if row.category is None)
        cells = (_cell(r.destination, r.nationality, r.passport_type, r.purpose) for r in rows)
        return tuple(dict.fromkeys(cells))
    fact = _stated(recorded)
    if fact is None or fact.rule is None or fact.rule.category:
        return ()
    rule = fact.rule
    names = dict.fromkeys(rule.nationalities)
    return tuple(_cell(fact.jurisdiction, n, rule.passport_type, rule.purpose) for n in names)


def _stated(recorded: Recorded) -> Ruling | None:
    """What the event says of an entry rule, be it by correcting another."""
    told = said(recorded)
    return told.fact if told and isinstance(told.fact, Ruling) else None


def _cell(destination: str, nationality: str, passport: str | None, purpose: str | None) -> Cell:
    """What is said of no passport or purpose in particular is judged for the most common ones."""
    usual = Cell(destination, nationality)
    named = (None, "unspecified")
    return msgspec.structs.replace(
        usual,
        passport_type=usual.passport_type if passport in named else passport,
        purpose=usual.purpose if purpose in named else purpose,
    )


def watched(watching: Watch, cells: Sequence[Cell]) -> list[tuple[Cell, str | None]]:
    """The keys to judge for one subscription, each with the group or `*` that led to it.

    Where a subscription names nationalities, a rule for a group or for everybody is judged for
    each of those that it reaches, and a rule for a country as such; otherwise the key is the
    rule's own.
    """
    wanted = watching.filter
    found: dict[Cell, str | None] = {}
    for cell in cells:
        if wanted.destinations and cell.destination not in wanted.destinations:
            continue
        names = wanted.nationalities
        if not names and wanted.countries and cell.destination not in wanted.countries:
            names = wanted.countries
        for name in _judged(cell.nationality, names):
            via = None if name == cell.nationality else cell.nationality
            key = msgspec.structs.replace(cell, nationality=name)
            found[key] = found.get(key, via) and via
    return list(found.items())


def _judged(stated: str, names: Sequence[str]) -> list[str]:
    """The nationalities for which a rule for `stated` is judged when these are watched."""
    if not names or "*" in names:
        return [stated]
    reached = [name for name in names if name in reach(stated)]
    # A watched group hears of its member's rule; it is the member's regime that changes.
    return [stated if stated in COUNTRIES else name for name in reached]


class _Judge:
    """Says of one event what is news about a key; each question is answered once for all."""

    def __init__(self, recorded: Recorded, rules: Rules) -> None:
        self._recorded = recorded
        self._event = recorded.event
        self._rules = rules
        self._before = Known(recorded.position - 1)
        self._after = Known(recorded.position)
        self._asked = cache(self._judged)

    def reason(self, cell: Cell, via: str | None, watching: Watch) -> Reason | None:
        """What is news about the key for a subscription with its options."""
        options = watching.options
        first, past = "include-first-knowledge" in options, "include-past" in options
        found = self._asked(cell, first, past)
        return found and msgspec.structs.replace(found, via=via)

    def _judged(self, cell: Cell, first: bool, past: bool) -> Reason | None:
        if not self._rules.compared:
            return self._as_stated(cell)
        today = _day_in(cell.destination, self._recorded)
        return (
            self._changed(cell, None if past else today, first)
            or self._undated(cell, today, first)
            or self._unannounced(cell, today)
        )

    def _as_stated(self, cell: Cell) -> Reason:
        event = _stated(self._recorded)
        rule = event.rule if event else None
        start = event.observed_on if isinstance(event, PolicyObserved) else None
        if isinstance(event, PolicyChanged):
            start = event.effective_from
            start = event.announced_on if event.effective_basis == "immediate" else start
        return self._worded(cell, after=rule.regime if rule else None, on=start, compared=False)

    def _changed(self, cell: Cell, floor: date | None, first: bool) -> Reason | None:
        """The first day from the floor on of which the log now says something else."""
        before = timeline(self._rules.facts, cell, self._before)
        after = timeline(self._rules.facts, cell, self._after)
        found = transition(before, after, floor, first)
        if found is None:
            return None
        # A difference that began before the floor is dated by its own beginning.
        sides = (segment_at(before, found.on), segment_at(after, found.on))
        on = max((s.start for s in sides if s.start), default=found.on)
        return self._worded(
            cell,
            before=found.before,
            after=found.after,
            max_stay_before=found.max_stay_before,
            max_stay_after=found.max_stay_after,
            on=self._as_written(on),
            **self._weight(found),
        )

    def _weight(self, found: Transition) -> dict[str, object]:
        """By the table, unless an analyst says otherwise of what the event states."""
        new = [r for r in self._rules.touched if r.known_from == self._recorded.position]
        weight = None if found.first_knowledge else found.weight
        direction = next((r.direction for r in new if r.direction), None)
        severity = next((r.severity for r in new if r.severity), None)
        return {
            "direction": direction or (weight and weight.direction),
            "severity": severity or (weight and weight.severity),
        }

    def _undated(self, cell: Cell, today: date, first: bool) -> Reason | None:
        """A change that is announced without a date is news too, once."""
        facts = self._rules.facts
        before = {p.to for p in pending_unknown(facts, cell, self._before)}
        new = [p.to for p in pending_unknown(facts, cell, self._after) if p.to not in before]
        here = answer(facts, cell, today, self._after).regime
        if not new or new[0] == here or (here == "unknown" and not first):
            return None
        return self._worded(cell, before=here, after=new[0])

    def _unannounced(self, cell: Cell, today: date) -> Reason | None:
        """Somebody saw a state that differs from what is decided, and nobody had seen it yet."""
        now = answer(self._rules.facts, cell, today, self._after)
        seen = answer(self._rules.facts, cell, today, self._before).observed
        if now.observed is None or (seen and seen.regime == now.observed.regime):
            return None
        if now.observed.event != str(self._recorded.id):
            return None
        regime, on = now.observed.regime, now.observed.on.isoformat()
        return self._worded(cell, before=now.regime, after=regime, on=on)

    def _as_written(self, on: date) -> str:
        """The day as the event's own source gave it, which may be less exact."""
        own = (r for r in self._rules.touched if r.known_from == self._recorded.position)
        texts = (r.effective_text for r in own if r.starts == on and r.effective_text)
        return next(texts, on.isoformat())

    def _worded(self, cell: Cell, *, on: str | None = None, **said: object) -> Reason:
        announced = self._event.announced_on if isinstance(self._event, Ruling) else None
        reason = Reason(
            kind=_kind(self._event),
            key=cell,
            on=on,
            announced_on=announced,
            days_of_notice=_notice(announced, on),
        )
        return msgspec.structs.replace(reason, **said)


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
