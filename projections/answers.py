"""The answer for a person at a counter: the regime of a cell on a day, and all that bears on it."""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from projections.histories import Pending, next_pending, segment_on
from projections.regimes import (
    LEVELS,
    Cell,
    Known,
    Sight,
    agrees,
    covering,
    decide,
    level,
    see,
)  # fmt: skip
from projections.views.entry_rules import EntryFact
from tracker.domain.values import IMPLIED, REQUIRES, Requires

STALE_AFTER_DAYS = 365


class Observed(msgspec.Struct, frozen=True):
    """A state that somebody saw and that differs from what is decided."""

    regime: str
    on: date
    origins: tuple[str, ...]
    event: str


class CategoryChange(msgspec.Struct, frozen=True):
    """A rule for some people of the nationality, in force or to come."""

    category: str
    regime: str
    max_stay_days: int | None
    since: str | None
    until: date | None
    event: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for a cell on a day as known, what decided it and what disagrees."""

    destination: str
    nationality: str
    passport_type: str
    purpose: str
    valid_at: date
    regime: str
    requires: Requires
    max_stay_days: int | None = None
    implied: str | None = None
    since: str | None = None
    """The start as its source gave it (EDTF), or the day of the observation."""
    until: date | None = None
    """The last day on which this is known to hold; None is open."""
    pending: Pending | None = None
    announced_on: str | None = None
    approximate: bool = False
    disputed: bool = False
    disputed_by: tuple[str, ...] = ()
    """Events that disagree with what decides, and not merely by being older."""
    observed: Observed | None = None
    last_confirmed_on: date | None = None
    last_evidence_on: date | None = None
    """The latest day on which what decides was announced, seen or confirmed."""
    stale: bool = False
    """Whether that was more than a year before the day asked for."""
    direction: str | None = None
    """Which way what is in force went against what was in force before it."""
    severity: int | None = None
    """How hard that hit, from 1 to 5."""
    rests_on_unspecified: bool = False
    level: str | None = None
    """`code`, `group` or `any`: how closely the deciding fact names the nationality."""
    via: str | None = None
    """The group, or `*`, that the deciding fact names instead of the nationality."""
    basis_kind: str | None = None
    """`change` or `observation`."""
    decided_by: str | None = None
    position: int | None = None
    replaced: tuple[str, ...] = ()
    """Events that would have counted, had not another replaced them."""
    overrode: tuple[str, ...] = ()
    """Events that count on the day and lost."""
    origins: tuple[str, ...] = ()
    category_changes: tuple[CategoryChange, ...] = ()


def answer(facts: Iterable[EntryFact], cell: Cell, valid_at: date, known: Known) -> Answer:
    """The answer for a cell on a day, from the facts of its destination as known.

    `facts` are the rows of `selectors(cell.nationality)`; others are ignored, and so is order.
    """
    sight = see(facts, cell, known)
    fact = decide(sight, valid_at)
    regime = fact.regime if fact else "unknown"
    segment = segment_on(sight, valid_at)
    common = Answer(
        destination=cell.destination,
        nationality=cell.nationality,
        passport_type=cell.passport_type,
        purpose=cell.purpose,
        valid_at=valid_at,
        regime=regime,
        requires=REQUIRES[regime],
        implied=IMPLIED.get(regime),
        until=segment.until,
        direction=segment.direction,
        severity=segment.severity,
        pending=next_pending(sight, valid_at),
        replaced=_events(covering(sight.replaced, cell, valid_at)),
        category_changes=_categories(sight, valid_at),
    )
    return _decided(common, sight, fact) if fact else common


def _decided(common: Answer, sight: Sight, fact: EntryFact) -> Answer:
    day, closeness = common.valid_at, level(fact, sight.cell, common.valid_at) or 0
    observed = _observed(sight, fact, day)
    changes = covering(sight.changes, sight.cell, day)
    rivals = changes or covering(sight.standalone, sight.cell, day)
    differing = [observed] if observed else []
    disputing = _events((*(c for c in changes if _disputes(c, fact, sight.cell, day)), *differing))
    confirmed = _confirmed(sight, fact, day)
    evidence = _evidence(fact, confirmed)
    return msgspec.structs.replace(
        common,
        max_stay_days=fact.max_stay_days,
        since=fact.effective_text,
        announced_on=fact.announced_text,
        approximate=_approximate(fact, day),
        disputed=bool(disputing),
        disputed_by=disputing,
        observed=observed
        and Observed(observed.regime, observed.starts or day, observed.origins, observed.event),
        last_confirmed_on=confirmed,
        last_evidence_on=evidence,
        stale=(day - evidence).days > STALE_AFTER_DAYS,
        rests_on_unspecified="unspecified" in (fact.passport_type, fact.purpose),
        level=LEVELS[closeness],
        via=fact.nationality if fact.nationality != sight.cell.nationality else None,
        basis_kind=fact.kind,
        decided_by=fact.event,
        position=fact.position,
        overrode=tuple(e for e in _events((*rivals, *differing)) if e != fact.event),
        origins=fact.origins,
    )


def _approximate(fact: EntryFact, day: date) -> bool:
    """Whether the day lies where an imprecise start or end leaves it open."""
    return (fact.starts_upper is not None and day <= fact.starts_upper) or (
        fact.ends_lower is not None and day >= fact.ends_lower
    )


def _observed(sight: Sight, fact: EntryFact, day: date) -> EntryFact | None:
    """The latest observation since the start of what decides that does not fit it."""
    begun = fact.starts_upper or fact.starts or day
    # Once an imprecise start is past, what was seen within it may well have been true before.
    floor = (fact.starts or day) if day <= begun else begun
    found = [
        o
        for o in covering(sight.standalone, sight.cell, day)
        if o.event != fact.event
        and o.starts
        and o.starts >= floor
        and not agrees(fact.regime, o.regime)
    ]
    # `covering` puts the closest level first, and `max` keeps the first among equals.
    return max(found, key=lambda o: o.starts or day, default=None)


def _confirmed(sight: Sight, fact: EntryFact, day: date) -> date | None:
    """The last day on which somebody saw what is decided, or what follows from it."""
    since = fact.starts or day
    seen = [
        o.starts
        for o in covering(sight.observations, sight.cell, day)
        if o.starts and o.starts >= since and agrees(fact.regime, o.regime)
    ]
    return max(seen, default=None)


def _evidence(fact: EntryFact, confirmed: date | None) -> date:
    seen = fact.starts if fact.kind == "observation" else None
    dates = [d for d in (fact.announced_on, seen, confirmed) if d]
    # "In place since 2016" has no date but that of who says so.
    return max(dates, default=fact.known_since.date())


def _disputes(loser: EntryFact, fact: EntryFact, cell: Cell, day: date) -> bool:
    """Whether a losing change was overridden by rank alone and not by the course of time."""
    same = agrees(fact.regime, loser.regime) or agrees(loser.regime, fact.regime)
    if loser.event == fact.event or same:
        return False
    if (level(loser, cell, day) or 0) < (level(fact, cell, day) or 0):
        return loser.position > fact.position
    return loser.starts == fact.starts and loser.announced_on in (None, fact.announced_on)


def _categories(sight: Sight, day: date) -> tuple[CategoryChange, ...]:
    found: dict[str, CategoryChange] = {}
    for f in sight.categories:
        lapsed = f.ends is not None and f.ends < day
        if not lapsed and level(f, sight.cell, day) is not None:
            found[f.event] = CategoryChange(
                f.category or "", f.regime, f.max_stay_days, f.effective_text, f.ends, f.event
            )
    return tuple(found.values())


def _events(facts: Sequence[EntryFact]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f.event for f in facts))
