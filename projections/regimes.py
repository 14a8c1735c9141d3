"""Which entry rule holds on a day: the first three rules, read off the facts of a destination.

    facts ─ see(cell, known) ─→ what was known of the cell ─ decide(day) ─→ the fact that decides

A change counts from its start to its last day; code goes over group over everybody, then the
latest start, the later announcement, the later position. Observations decide only where no change
covers the day.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec

from projections.course import Course, rank
from projections.views.entry_rules import EntryFact
from tracker.domain.groups import groups_ever, groups_of
from tracker.domain.values import IMPLIED

LEVELS = ("any", "group", "code")


class Cell(msgspec.Struct, frozen=True):
    """The question: who wants to enter where, with which passport, for what."""

    destination: str
    nationality: str
    passport_type: str = "ordinary"
    purpose: str = "tourism"

    def stated(self) -> dict[str, list[str]]:
        """What facts that concern it name for passport and purpose."""
        return {
            "passport_type": ["unspecified", self.passport_type],
            "purpose": ["unspecified", self.purpose],
        }


class Known(msgspec.Struct, frozen=True):
    """How far knowledge reaches: a position of the log and, on basis `published`, a moment too.

    Without `instant` the basis is `recorded`: what this log held at the position.
    """

    position: int
    instant: datetime | None = None


class Sight(msgspec.Struct, frozen=True):
    """What was known of a cell, each part in the order of the log."""

    cell: Cell
    changes: tuple[EntryFact, ...]
    observations: tuple[EntryFact, ...]
    standalone: tuple[EntryFact, ...]
    """Observations that do not merely confirm the change in force on their day."""
    categories: tuple[EntryFact, ...]
    """Facts about some people of the nationality; they never set the regime."""
    replaced: tuple[EntryFact, ...]
    decreed: Course
    """Of the changes."""
    seen: Course
    """Of the observations that stand alone."""


def selectors(nationality: str) -> tuple[str, ...]:
    """The nationalities whose facts may concern a holder: the code, its groups ever, and `*`."""
    return tuple(dict.fromkeys((nationality, *groups_ever(nationality), "*")))


def see(facts: Iterable[EntryFact], cell: Cell, known: Known) -> Sight:
    """The facts that concern the cell and were known; the order of `facts` does not matter."""
    who = selectors(cell.nationality)
    concerned = sorted(
        (f for f in facts if _concerns(f, cell, who) and _known(f, known)),
        key=lambda f: (f.position, f.nationality),
    )
    current = [f for f in concerned if not _ended(f, known)]
    whole = [f for f in current if f.category is None]
    changes = tuple(f for f in whole if f.kind == "change")
    observations = tuple(f for f in whole if f.kind == "observation")
    decreed = Course(changes, cell.nationality)
    standalone = tuple(o for o in observations if not _confirms_a_change(o, decreed))
    return Sight(
        cell=cell,
        changes=changes,
        observations=observations,
        standalone=standalone,
        categories=tuple(f for f in current if f.category is not None),
        replaced=_replaced(concerned, known),
        decreed=decreed,
        seen=Course(standalone, cell.nationality),
    )


def decide(sight: Sight, day: date) -> EntryFact | None:
    """The fact that decides the regime of a day; None where the regime is unknown."""
    return sight.decreed.on(day) or sight.seen.on(day)


def covering(facts: Sequence[EntryFact], cell: Cell, day: date) -> list[EntryFact]:
    """The facts that count on a day, the one that goes first at the head."""
    found = [
        f
        for f in facts
        if f.starts is not None
        and f.starts <= day
        and (f.ends is None or day <= f.ends)
        and level(f, cell, day) is not None
    ]
    return sorted(found, key=lambda f: _rank(f, cell, day), reverse=True)


def level(fact: EntryFact, cell: Cell, day: date) -> int | None:
    """How closely a fact names the nationality (an index into LEVELS); None: not on that day."""
    if fact.nationality == "*":
        return 0
    if fact.nationality == cell.nationality:
        return 2
    return 1 if fact.nationality in groups_of(cell.nationality, day) else None


def agrees(regime: str, stated: str) -> bool:
    """Whether a stated regime is the one decided, or follows from it."""
    return stated in (regime, IMPLIED.get(regime))


def _rank(fact: EntryFact, cell: Cell, day: date) -> tuple[int, tuple[date, date, int, str]]:
    return level(fact, cell, day) or 0, rank(fact)


def _concerns(fact: EntryFact, cell: Cell, who: Sequence[str]) -> bool:
    return (
        fact.destination == cell.destination
        and fact.nationality in who
        and fact.passport_type in ("unspecified", cell.passport_type)
        and fact.purpose in ("unspecified", cell.purpose)
    )


def _known(fact: EntryFact, known: Known) -> bool:
    in_log = fact.known_from <= known.position
    return in_log and (known.instant is None or fact.known_since <= known.instant)


def _ended(fact: EntryFact, known: Known) -> bool:
    return _reached(fact.known_to, fact.ended_since, known)


def _past(fact: EntryFact, known: Known) -> bool:
    """Whether a fact that was replaced says something else by now."""
    return _reached(fact.past_at, fact.past_since, known)


def _reached(at: int | None, since: datetime | None, known: Known) -> bool:
    """Whether something came to pass, and readers of the sources knew, as far as is known."""
    if at is None or at > known.position:
        return False
    return known.instant is None or since is None or since <= known.instant


def _replaced(concerned: Iterable[EntryFact], known: Known) -> tuple[EntryFact, ...]:
    """The last versions of the facts that another replaced, and that have not come back since."""
    latest: dict[tuple[str, str], EntryFact] = {}
    for fact in concerned:
        other = latest.get((fact.event, fact.nationality))
        if other is None or other.known_from < fact.known_from:
            latest[fact.event, fact.nationality] = fact
    return tuple(
        f
        for f in latest.values()
        if f.category is None
        and f.ended_how == "replaced"
        and _ended(f, known)
        and not _past(f, known)
    )


def _confirms_a_change(observation: EntryFact, decreed: Course) -> bool:
    """Whether the change in force on its day says the same.

    Such an observation ends with that change: after a temporary suspension what held before holds
    again, however often the suspension was observed.
    """
    if observation.starts is None:
        return False
    inforce = decreed.on(observation.starts)
    return inforce is not None and agrees(inforce.regime, observation.regime)
