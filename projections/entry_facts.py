"""What an event states of entry rules, as rows: a version of a fact, and what links two facts."""

from datetime import date, datetime
from sys import intern
from typing import ClassVar

import msgspec

from projections.origins import origins
from projections.rows import blank
from projections.view import Row
from tracker.domain import edtf
from tracker.domain.base import Recorded
from tracker.domain.fact import Fact
from tracker.domain.policy import EntryRule, PolicyChanged, PolicyObserved
from tracker.domain.values import instant


class EntryFact(Row, frozen=True, kw_only=True):
    """What a change or observation says of one nationality, group or everybody (`*`), for a while.

    On basis `recorded` it stands from the position `known_from` until just before `known_to`; on
    basis `published` from the moment `known_since` until just before `ended_since`.
    """

    table: ClassVar[str] = "entry_fact"
    found_first: ClassVar[bool] = True
    key: ClassVar[tuple[str, ...]] = ("event", "nationality", "known_from")
    near: ClassVar[tuple[str, ...]] = ("destination", "nationality", "passport_type", "purpose")
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (near,)

    event: str
    """The original event, whichever correction says it in these words."""
    nationality: str
    known_from: int
    """The position from which this version stands; `position` where the fact was never touched."""
    known_to: int | None = None
    """The position at which it ended; None where it stands. One that is replaced while it changes
    ends where it begins."""
    ended_how: str | None = None
    """`replaced`, `corrected`, `retracted` or `corroborated`."""
    ended_since: datetime | None = None
    """When a reader of the sources could know that it had ended."""
    destination: str
    passport_type: str
    purpose: str
    category: str | None
    """Whom among the nationality it concerns; None is the whole."""
    kind: str
    """`change` or `observation`."""
    action: str | None
    regime: str
    max_stay_days: int | None
    position: int
    """The original event's place, which a fact keeps in every order."""
    recorded_at: datetime
    """When the log came to say it so."""
    known_since: datetime
    """When a reader of the sources could know it so."""
    announced_on: date | None
    announced_text: str | None
    starts: date | None
    """The first day it counts; None is not known."""
    starts_upper: date | None
    """The last day on which it may have begun; None where `starts` is certain."""
    ends: date | None
    """The last day it counts; None is open."""
    ends_lower: date | None
    """The earliest day that may have been the last; None where `ends` is certain."""
    effective_text: str | None
    """The start as its source gave it (EDTF)."""
    policy: str | None
    origins: tuple[str, ...]
    """Its own, then those of what corroborates it."""
    own_origins: int
    """How many of them are its own."""
    direction: str | None = None
    """What an analyst says of it where that is not what follows from before and after."""
    severity: int | None = None
    """As for `direction`."""
    past_at: int | None = None
    """The position from which on the fact says something else, or nothing, where this version had
    been replaced before: so it is not this any more that was replaced."""
    past_since: datetime | None = None
    """When a reader of the sources could know that."""


class EntryLink(Row, frozen=True, kw_only=True):
    """That one fact now replaces another, or bears it out; gone with whichever says so."""

    table: ClassVar[str] = "entry_link"
    key: ClassVar[tuple[str, ...]] = ("target", "by")
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("by",),)

    target: str
    by: str
    how: str
    """`replaces`, `replaces-observation` (an observation, which ends no change), `corroborates`."""
    since: datetime
    """When a reader of the sources could know it."""
    origins: tuple[str, ...] = ()


def stated(
    event: str,
    position: int,
    fact: Fact,
    turn: "Turn",
    further: tuple[str, ...] = (),
) -> list[EntryFact]:
    """What the fact of an event states from a turn on, a row a nationality.

    `further` are origins that bear it out.
    """
    if not isinstance(fact, (PolicyChanged, PolicyObserved)) or fact.rule is None:
        return []
    who = fact.rule.nationalities
    if not who:
        return []
    row = _dated(_worded(event, position, fact, fact.rule, turn, further), fact)
    if len(who) == 1:
        return [row]
    replace = msgspec.structs.replace
    return [replace(row, nationality=intern(name)) for name in dict.fromkeys(who)]


def _worded(
    event: str,
    position: int,
    fact: PolicyChanged | PolicyObserved,
    rule: EntryRule,
    turn: "Turn",
    further: tuple[str, ...],
) -> EntryFact:
    """The row of the first nationality, but for its days."""
    own = origins(fact.citations) if fact.citations else ()
    return msgspec.structs.replace(
        _BLANK,
        event=event,
        # A few hundred codes in millions of rows and keys: the same text is compared at once.
        nationality=intern(rule.nationalities[0]),
        known_from=turn.position,
        destination=intern(fact.jurisdiction),
        passport_type=rule.passport_type or "unspecified",
        purpose=rule.purpose or "unspecified",
        category=rule.category,
        kind="observation" if isinstance(fact, PolicyObserved) else "change",
        regime=rule.regime,
        max_stay_days=rule.max_stay_days,
        position=position,
        recorded_at=turn.recorded_at,
        known_since=turn.since,
        origins=tuple(dict.fromkeys((*own, *further))) if further else own,
        own_origins=len(own),
    )


def _dated(row: EntryFact, fact: PolicyChanged | PolicyObserved) -> EntryFact:
    """The row with its days, and what is done on them."""
    text, announced, last = fact.counts_from(), fact.announced_on, fact.effective_to
    starts, starts_upper = _start(text) if text else _NEVER
    ends, ends_lower = _end(last) if last else _NEVER
    return msgspec.structs.replace(
        row,
        action=fact.action if isinstance(fact, PolicyChanged) else None,
        announced_on=_start(announced)[0] if announced else None,
        announced_text=announced,
        starts=starts,
        starts_upper=starts_upper,
        ends=ends,
        ends_lower=ends_lower,
        effective_text=text,
        policy=fact.policy,
        direction=fact.direction,
        severity=fact.severity,
    )


_BLANK = blank(EntryFact)
_NEVER: tuple[date | None, date | None] = (None, None)


def _start(text: str) -> tuple[date | None, date | None]:
    """From when it counts, and until when that is not certain."""
    if day := _day(text):
        return day, None
    bounds = edtf.bounds(text)
    # "Some time before June" is only certain to hold from its upper bound on.
    exact = bounds.exact or bounds.lower is None
    return bounds.lower or bounds.upper, None if exact else bounds.upper


def _end(text: str) -> tuple[date | None, date | None]:
    """Its last day, and from when that is not certain."""
    if day := _day(text):
        return day, None
    bounds = edtf.bounds(text)
    exact = bounds.exact or bounds.upper is None
    return bounds.upper, None if exact else bounds.lower


def _day(text: str) -> date | None:
    """The day that a date is, where it is one: that is read sooner than it is remembered."""
    return date.fromisoformat(text) if len(text) == 10 and text[4:8:3] == "--" else None


class Turn(msgspec.Struct, frozen=True, gc=False):
    """Where in the log something changes, and when a reader of the sources could know it."""

    position: int
    since: datetime
    recorded_at: datetime


def turn(recorded: Recorded, given: str | None) -> Turn:
    """The turn at an event; `given` is what it says of when its sources said so."""
    since = at = recorded.recorded_at
    if given:
        # A bare date means the end of its day, which may be yet to come; here it is known already.
        since = min(instant(given), at)
    return Turn(recorded.position, since, at)
