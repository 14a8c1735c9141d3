"""What an event states of entry rules, as rows: a version of a fact, and what links two facts."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import ClassVar

import msgspec

from projections.origins import origins
from projections.said import Said
from projections.view import Row
from tracker.domain import edtf
from tracker.domain.policy import EntryRule, PolicyChanged, PolicyObserved
from tracker.domain.values import instant


class EntryFact(Row, frozen=True, kw_only=True):
    """What a change or observation says of one nationality, group or everybody (`*`), for a while.

    On basis `recorded` it stands from the position `known_from` until just before `known_to`; on
    basis `published` from the moment `known_since` until just before `ended_since`.
    """

    table: ClassVar[str] = "entry_fact"
    key: ClassVar[tuple[str, ...]] = ("event", "nationality", "known_from")
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("destination", "nationality"),)

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


class Turn(msgspec.Struct, frozen=True):
    """Where in the log something changes, and when a reader of the sources could know it."""

    position: int
    since: datetime


def stated(now: Said, turn: Turn, further: tuple[str, ...] = ()) -> Iterable[EntryFact]:
    """What a fact states, a row a nationality; `further` are origins that bear it out."""
    fact = now.fact
    if isinstance(fact, PolicyChanged | PolicyObserved) and fact.rule:
        for nationality in dict.fromkeys(fact.rule.nationalities):
            yield _row(now, fact, fact.rule, nationality, turn, further)


def _row(
    now: Said,
    fact: PolicyChanged | PolicyObserved,
    rule: EntryRule,
    nationality: str,
    turn: Turn,
    further: tuple[str, ...],
) -> EntryFact:
    starts_text = _starts_text(fact)
    start = edtf.bounds(starts_text) if starts_text else edtf.Bounds(None, None)
    end = edtf.bounds(fact.effective_to) if fact.effective_to else edtf.Bounds(None, None)
    own = origins(fact.citations)
    return EntryFact(
        event=now.event,
        nationality=nationality,
        known_from=turn.position,
        destination=fact.jurisdiction,
        passport_type=rule.passport_type or "unspecified",
        purpose=rule.purpose or "unspecified",
        category=rule.category,
        kind="change" if isinstance(fact, PolicyChanged) else "observation",
        action=fact.action if isinstance(fact, PolicyChanged) else None,
        regime=rule.regime,
        max_stay_days=rule.max_stay_days,
        position=now.position,
        recorded_at=now.recorded_at,
        known_since=turn.since,
        announced_on=edtf.lower(fact.announced_on),
        announced_text=fact.announced_on,
        # "Some time before June" is only certain to hold from its upper bound on.
        starts=start.lower or start.upper,
        starts_upper=None if start.exact or start.lower is None else start.upper,
        ends=end.upper,
        ends_lower=None if end.exact or end.upper is None else end.lower,
        effective_text=starts_text,
        policy=fact.policy,
        origins=tuple(dict.fromkeys((*own, *further))) if further else own,
        own_origins=len(own),
    )


def _starts_text(fact: PolicyChanged | PolicyObserved) -> str | None:
    if isinstance(fact, PolicyObserved):
        return fact.observed_on
    return fact.announced_on if fact.effective_basis == "immediate" else fact.effective_from


def known_since(given: str | None, recorded_at: datetime) -> datetime:
    """When a reader of the sources could know what was recorded, by what it says of that."""
    # A bare date means the end of its day, which may be yet to come; here it is known already.
    return min(instant(given), recorded_at) if given else recorded_at
