"""The calendar: what takes effect when, one row for each boundary of a change or an office.

A boundary that a correction puts elsewhere keeps its row, marked, beside the new one; so does one
whose change was replaced or taken back. A row says what the log says; what is overdue depends on
the day and is read off it.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar

import msgspec

from projections.rows import blank
from projections.said import Said, said
from projections.view import Change, Lookup, Row, State, View
from tracker.domain import edtf
from tracker.domain.base import Recorded
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted
from tracker.domain.fact import Fact
from tracker.domain.policy import EffectiveDateReached, PolicyChanged, PolicyRejected
from tracker.domain.position import PositionAnnounced


class CalendarEntry(Row, frozen=True, kw_only=True):
    """One boundary as it was stated from a position on."""

    table: ClassVar[str] = "calendar"
    found_first: ClassVar[bool] = True
    key: ClassVar[tuple[str, ...]] = ("event", "boundary", "since")
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("lower",), ("upper",))

    event: str
    """The change, or the announcement of the office."""
    boundary: str
    """`starts` or `ends`."""
    since: int
    """The position from which on the log says so."""
    recorded_at: datetime
    """When the log came to say so."""
    position: int
    type: str
    policy: str | None
    jurisdiction: str | None
    countries: tuple[str, ...]
    nationalities: tuple[str, ...]
    rule: bool
    """Whether it is a change of an entry rule."""
    on: str | None
    """The boundary as its source gave it (EDTF); None where it was announced without a date."""
    lower: date | None
    upper: date | None
    exact: bool
    """Whether it is one certain day."""
    announced_on: str | None
    lead_days: int | None
    """Days from the announcement to the boundary, where both are certain days."""
    reached_by: str | None = None
    """The event that recorded that the day came."""
    confirmed_on: date | None = None
    """The day on which a further source was recorded, on the day of the boundary or later."""
    superseded_by: str | None = None
    """The correction that put the boundary elsewhere."""
    replaced_by: tuple[str, ...] = ()
    """The changes that name it as replaced."""
    withdrawn_by: tuple[str, ...] = ()
    """The retraction, or the rejections, that took it back."""

    @property
    def status(self) -> str:
        """`standing`, `moved` or `withdrawn`."""
        if self.withdrawn_by:
            return "withdrawn"
        return "moved" if self.superseded_by or self.replaced_by else "standing"


class CalendarReplacing(Row, frozen=True, kw_only=True):
    """What a change or rejection replaces, for the day on which it is itself taken back."""

    table: ClassVar[str] = "calendar_replacing"
    key: ClassVar[tuple[str, ...]] = ("event",)

    event: str
    replaces: tuple[str, ...]
    rejects: bool


# Put together once: as unions they would be made for each event.
_REPLACING = (PolicyChanged, PolicyRejected)
_BEARING = (FactCorroborated, EffectiveDateReached)
_BOUNDED = (PolicyChanged, PositionAnnounced, PolicyRejected)
_BLANK = blank(CalendarEntry)
_UNKNOWN: dict[str, None] = {"reached_by": None, "confirmed_on": None}


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The boundaries that an event may move, and what a fact taken back had replaced."""
    event = recorded.event
    match event:
        case FactCorrected() | FactRetracted():
            yield Lookup(CalendarEntry, "event", event.target)
            yield Lookup(CalendarReplacing, "event", event.target)
        case FactCorroborated() | EffectiveDateReached():
            yield Lookup(CalendarEntry, "event", _borne(event))
        case PolicyChanged() | PolicyRejected():
            for target in event.replaces:
                yield Lookup(CalendarEntry, "event", target)
        case _:
            pass


def fold(state: State, recorded: Recorded) -> Iterable[Change]:
    """The boundaries that an event states, moves, takes back or reaches."""
    event, now = recorded.event, said(recorded)
    if now is not None and isinstance(now.fact, _BOUNDED):
        if isinstance(event, FactCorrected):
            return _corrected(state, now, str(recorded.id))
        return [*boundaries(now), *_replacing(state, now.event, now.fact, {})]
    if isinstance(event, FactRetracted):
        return _retracted(state, event.target, str(recorded.id))
    if isinstance(event, _BEARING):
        return _borne_out(state, event, recorded)
    return ()


def _borne_out(
    state: State, event: FactCorroborated | EffectiveDateReached, recorded: Recorded
) -> Iterable[Change]:
    """The boundaries that somebody confirms, or whose day came."""
    day = recorded.recorded_at.date()
    reached = event if isinstance(event, EffectiveDateReached) else None
    for row in state.find(CalendarEntry, "event", _borne(event)):
        if reached is None and row.lower is not None and row.lower <= day:
            yield msgspec.structs.replace(row, confirmed_on=day)
        elif reached and row.boundary == "starts" and row.exact and row.on == reached.day:
            yield msgspec.structs.replace(row, reached_by=str(recorded.id))


def _borne(event: FactCorroborated | EffectiveDateReached) -> str:
    return event.change if isinstance(event, EffectiveDateReached) else event.target


def boundaries(now: Said) -> list[CalendarEntry]:
    """The boundaries of a fact; a change without a date has one all the same."""
    fact = now.fact
    if isinstance(fact, PolicyChanged):
        entry, announced = _undated(now), fact.announced_on
        found = [_dated(entry, "starts", fact.counts_from(), announced)]
        if fact.effective_to:
            found.append(_dated(entry, "ends", fact.effective_to, announced))
        return found
    if isinstance(fact, PositionAnnounced):
        entry, ends = _undated(now), (("starts", fact.start), ("ends", fact.end))
        return [_dated(entry, name, text, None) for name, text in ends if text]
    return []


def _undated(now: Said) -> CalendarEntry:
    """What the boundaries of a fact have in common."""
    fact = now.fact
    facets, change = fact.facets(), fact if isinstance(fact, PolicyChanged) else None
    return msgspec.structs.replace(
        _BLANK,
        event=now.event,
        since=now.since,
        recorded_at=now.recorded_at,
        position=now.position,
        type=fact.type,
        policy=change and change.policy,
        jurisdiction=change and change.jurisdiction,
        countries=facets.countries,
        nationalities=facets.nationalities,
        rule=change is not None and change.rule is not None,
    )


def _dated(
    entry: CalendarEntry, boundary: str, text: str | None, announced: str | None
) -> CalendarEntry:
    on = edtf.bounds(text) if text else edtf.OPEN
    told = edtf.bounds(announced) if announced else edtf.OPEN
    exact, lead = on.exact, None
    if exact and told.exact and on.lower and told.lower:
        lead = (on.lower - told.lower).days
    return msgspec.structs.replace(
        entry,
        boundary=boundary,
        on=text,
        lower=on.lower,
        upper=on.upper,
        exact=exact,
        announced_on=announced,
        lead_days=lead,
    )


def _corrected(state: State, now: Said, correction: str) -> Iterable[Change]:
    """Old boundaries beside the new ones; one that stays where it is keeps its row."""
    new = {row.boundary: row for row in boundaries(now)}
    standing = [r for r in state.find(CalendarEntry, "event", now.event) if not r.superseded_by]
    if standing:
        # A boundary that it had not before is taken back with it all the same.
        new = {n: _carried(r, standing[0], **_UNKNOWN) for n, r in new.items()}
    for old in standing:
        same = new.get(old.boundary)
        if same is not None and same.on == old.on:
            del new[old.boundary]
            yield _carried(same, old, since=old.since, recorded_at=old.recorded_at)
        else:
            if same is not None:
                new[old.boundary] = _carried(same, old, **_UNKNOWN)
            yield msgspec.structs.replace(old, superseded_by=correction)
    yield from new.values()
    yield from _replacing(state, now.event, now.fact, _replaced_before(state, now.event))


def _carried(new: CalendarEntry, old: CalendarEntry, **also: Any) -> CalendarEntry:
    """The new row with what became of the old one."""
    kept = {
        "reached_by": old.reached_by,
        "confirmed_on": old.confirmed_on,
        "replaced_by": old.replaced_by,
        "withdrawn_by": old.withdrawn_by,
    }
    return msgspec.structs.replace(new, **{**kept, **also})


def _retracted(state: State, target: str, retraction: str) -> Iterable[Change]:
    for row in state.find(CalendarEntry, "event", target):
        yield msgspec.structs.replace(row, withdrawn_by=(*row.withdrawn_by, retraction))
    yield from _replacing(state, target, None, _replaced_before(state, target))


def _replaced_before(state: State, event: str) -> dict[str, None]:
    known = state.find(CalendarReplacing, "event", event)
    return dict.fromkeys(known[0].replaces) if known else {}


def _replacing(
    state: State, event: str, fact: Fact | None, before: dict[str, None]
) -> Iterable[Change]:
    """What the event replaces now, and no longer; None replaces nothing."""
    # Whatever names itself would be gone before it counted.
    replaces = fact.replaces if isinstance(fact, _REPLACING) else ()
    if not replaces and not before:
        return
    now = dict.fromkeys(target for target in replaces if target != event)
    rejects = isinstance(fact, PolicyRejected)
    for target in before | now:
        for row in state.find(CalendarEntry, "event", target):
            replaced = tuple(e for e in row.replaced_by if e != event)
            withdrawn = tuple(e for e in row.withdrawn_by if e != event)
            if target in now and rejects:
                withdrawn = (*withdrawn, event)
            elif target in now:
                replaced = (*replaced, event)
            yield msgspec.structs.replace(row, replaced_by=replaced, withdrawn_by=withdrawn)
    if now or before:
        yield CalendarReplacing(event=event, replaces=tuple(now), rejects=rejects)


VIEW = View(
    name="calendar",
    version=1,
    rows=(CalendarEntry, CalendarReplacing),
    events=(
        PolicyChanged,
        PolicyRejected,
        PositionAnnounced,
        FactCorrected,
        FactRetracted,
        FactCorroborated,
        EffectiveDateReached,
    ),
    fold=fold,
    wants=wants,
)
