"""The entry rules that conflicts are judged by: what decides for whom on a day, by stated keys.

Only whole-nationality changes with a known start decide anything here. What decides is found by
look-ups of a code, its groups and `*` at one destination. Their latest changes are one row, so that
the cost of an event grows neither with the facts of the destination nor with those of the key.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from sys import intern
from typing import ClassVar

import msgspec

from projections.docket import Conflict
from projections.overlay import Overlay
from projections.said import Said
from projections.view import Row
from tracker.domain import edtf
from tracker.domain.countries import COUNTRIES
from tracker.domain.groups import groups_of
from tracker.domain.policy import EntryRule, PolicyChanged, PolicyObserved
from tracker.domain.values import IMPLIED, day

PLACE = ("destination", "nationality")
_HEAD = 8


class Scope(Row, frozen=True, kw_only=True):
    """For whom and where a change or an observation speaks."""

    destination: str
    nationality: str
    passport_type: str
    purpose: str
    regime: str
    event: str
    position: int


class Judged:
    """What says whether a change decides."""

    __slots__ = ()
    passport_type: str
    purpose: str
    position: int
    starts: date
    ends: date | None
    announced: date | None

    @property
    def rank(self) -> tuple[date, date, int]:
        """What goes first among changes of one level."""
        return (self.starts, self.announced or date.min, self.position)

    def covers(self, on: date) -> bool:
        """Whether it counts on a day."""
        return self.starts <= on and (self.ends is None or on <= self.ends)

    def meets(self, other: Scope | Conflict) -> bool:
        """Whether there is a traveller whom both concern."""
        return _meet(self.passport_type, other.passport_type) and _meet(self.purpose, other.purpose)


class StandingChange(Scope, Judged, frozen=True, kw_only=True):
    """A change that may decide."""

    table: ClassVar[str] = "conflict_change"
    found_first: ClassVar[bool] = True
    key: ClassVar[tuple[str, ...]] = ("event", "nationality")
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (PLACE,)

    starts: date
    starts_upper: date | None
    ends: date | None
    announced: date | None
    stands: bool = True
    """False while another fact replaces it or sets it aside."""


class Lead(msgspec.Struct, Judged, frozen=True, gc=False, array_like=True):
    """A change that stands, as a line has it: without names, which would be most of its text."""

    destination: str
    nationality: str
    passport_type: str
    purpose: str
    regime: str
    event: str
    position: int
    starts: date
    starts_upper: date | None
    ends: date | None
    announced: date | None


class Ending(Row, frozen=True, kw_only=True):
    """That a fact replaces another or sets it aside; gone with the fact that does."""

    table: ClassVar[str] = "conflict_ending"
    key: ClassVar[tuple[str, ...]] = ("target", "by")
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("by",),)

    target: str
    by: str
    observer: bool
    """Whether it merely describes a state, and so ends no change."""


class Line(Row, frozen=True, kw_only=True):
    """The changes of a code, group or `*` at one destination that go first, the very first first.

    A day that one of them covers is decided by the first that does, without a look at the others.
    """

    table: ClassVar[str] = "conflict_line"
    key: ClassVar[tuple[str, ...]] = PLACE

    destination: str
    nationality: str
    head: tuple[Lead, ...]
    more: bool
    """Whether there are others, which go after these."""


class LatestSeen(Scope, frozen=True, kw_only=True):
    """The latest observation of a nationality."""

    table: ClassVar[str] = "conflict_seen"
    key: ClassVar[tuple[str, ...]] = (*PLACE, "passport_type", "purpose")
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("event",),)

    on: date


def decided_by(
    over: Overlay, scope: Scope | Conflict, destination: str, who: str, on: date
) -> Lead | None:
    """The change that decides for a nationality, group or `*` on a day."""
    if found := _first(over, scope, destination, who, on):
        return found
    if who in COUNTRIES:
        several = [_first(over, scope, destination, g, on) for g in groups_of(who, on)]
        if found := max(filter(None, several), key=lambda c: c.rank, default=None):
            return found
    return _first(over, scope, destination, "*", on) if who != "*" else None


def _first(
    over: Overlay, scope: Scope | Conflict, destination: str, selector: str, on: date
) -> Lead | None:
    line = over.first(Line, PLACE, (destination, selector))
    if line is None:
        return None
    for change in line.head:
        if change.covers(on) and change.meets(scope):
            return change
    if not line.more:
        return None
    others = over.find(StandingChange, PLACE, (destination, selector))
    covering = (c for c in others if c.stands and c.covers(on) and c.meets(scope))
    best = max(covering, key=lambda c: c.rank, default=None)
    return best and _lead(best)


def _lead(change: StandingChange) -> Lead:
    return Lead(
        change.destination, change.nationality, change.passport_type, change.purpose,
        change.regime, change.event, change.position, change.starts, change.starts_upper,
        change.ends, change.announced,
    )  # fmt: skip


def add(over: Overlay, change: StandingChange) -> None:
    """Let a change stand."""
    over.put(change)
    line = over.first(Line, PLACE, (change.destination, change.nationality))
    if line is None:
        _put(over, change, (_lead(change),), more=False)
        return
    head, rank, place = line.head, change.rank, 0
    # The latest change mostly goes first, or nearly.
    for other in head:
        if other.rank <= rank:
            break
        place += 1
    if line.more and place == len(head):
        return
    _put(over, change, (*head[:place], _lead(change), *head[place:]), more=line.more)


def remove(over: Overlay, change: StandingChange, *, for_good: bool) -> None:
    """Let a change stand no more; unless that is for good it is kept, to stand again."""
    if for_good:
        over.drop(change)
    else:
        over.put(msgspec.structs.replace(change, stands=False))
    place = (change.destination, change.nationality)
    line = over.first(Line, PLACE, place)
    if line and any(c.event == change.event for c in line.head):
        leads: Iterable[Lead] = line.head
        if line.more:
            leads = (_lead(c) for c in over.find(StandingChange, PLACE, place) if c.stands)
        left = [lead for lead in leads if lead.event != change.event]
        _put(over, change, sorted(left, key=lambda c: c.rank, reverse=True), more=False)


def ended(over: Overlay, event: str, *, observed: bool) -> bool:
    """Whether some fact replaces another or sets it aside."""
    return any(observed or not e.observer for e in over.find(Ending, "target", event))


def _put(over: Overlay, of: StandingChange, ranked: Sequence[Lead], *, more: bool) -> None:
    over.put(
        Line(
            destination=of.destination,
            nationality=of.nationality,
            head=tuple(ranked[:_HEAD]),
            more=more or len(ranked) > _HEAD,
        )
    )


def change_of(told: Said, fact: PolicyChanged, rule: EntryRule, who: str) -> StandingChange | None:
    """What a change says of a nationality, group or `*`; None where its start is not known."""
    start = start_of(fact)
    # "Some time before June" is only certain to hold from its upper bound on.
    starts = start.lower or start.upper
    if starts is None:
        return None
    return StandingChange(
        # A few hundred codes in many rows and keys: the same text is compared at once.
        destination=intern(fact.jurisdiction),
        nationality=intern(who),
        passport_type=rule.passport_type or "unspecified",
        purpose=rule.purpose or "unspecified",
        regime=rule.regime,
        event=told.event,
        position=told.position,
        starts=starts,
        starts_upper=None if start.exact or start.lower is None else start.upper,
        ends=edtf.upper(fact.effective_to),
        announced=edtf.lower(fact.announced_on),
    )


def seen_of(told: Said, fact: PolicyObserved, rule: EntryRule, who: str) -> LatestSeen:
    """What an observation says of a nationality, group or `*`."""
    return LatestSeen(
        destination=intern(fact.jurisdiction),
        nationality=intern(who),
        passport_type=rule.passport_type or "unspecified",
        purpose=rule.purpose or "unspecified",
        regime=rule.regime,
        event=told.event,
        position=told.position,
        on=day(fact.observed_on),
    )


def start_of(fact: PolicyChanged | PolicyObserved) -> edtf.Bounds:
    """When a fact begins to count."""
    text = fact.counts_from()
    return edtf.bounds(text) if text else edtf.OPEN


def countries(*codes: str) -> tuple[str, ...]:
    """Those that are countries and no groups, each once."""
    return tuple(dict.fromkeys(c for c in codes if c in COUNTRIES))


def says_the_same(decided: str, stated: str) -> bool:
    """Whether a stated regime is the one decided, or follows from it."""
    return stated in (decided, IMPLIED.get(decided))


def _meet(mine: str | None, other: str | None) -> bool:
    return mine == other or mine == "unspecified" or other == "unspecified"
