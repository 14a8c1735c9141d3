"""What changed between two states of knowledge, for the cells of entry rules: a pure comparison."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from projections.histories import timeline, transition
from projections.regimes import Cell, Known, selectors
from projections.views.entry_rules import EntryFact


class Between(msgspec.Struct, frozen=True):
    """The positions of the log after the first and up to the second."""

    before: int
    after: int

    def holds(self, position: int | None) -> bool:
        """Whether a position lies between them."""
        return position is not None and self.before < position <= self.after


class RuleDiff(msgspec.Struct, frozen=True, kw_only=True):
    """A cell whose answer became another, from the first day on which the two differ.

    `nationality` is a country, or a group or `*` where a fact names that.
    """

    destination: str
    nationality: str
    passport_type: str
    purpose: str
    on: date
    """0001-01-01 is all days before the next change."""
    before: str
    after: str
    max_stay_before: int | None
    max_stay_after: int | None
    first_knowledge: bool
    """Whether nothing was known of that day before."""
    because: tuple[str, ...]
    """The events between the two that bear on the cell, the earliest first."""


def touched(facts: Iterable[EntryFact], cell: Cell, between: Between) -> list[EntryFact]:
    """The versions of facts of a cell that were opened or ended between the two."""
    who = selectors(cell.nationality)
    return [
        fact
        for fact in facts
        if fact.destination == cell.destination
        and fact.nationality in who
        and fact.passport_type in ("unspecified", cell.passport_type)
        and fact.purpose in ("unspecified", cell.purpose)
        and (between.holds(fact.known_from) or between.holds(fact.known_to))
    ]


def turns(facts: Iterable[EntryFact], between: Between) -> tuple[int, ...]:
    """The positions at which versions of facts were opened or ended between the two."""
    found = {p for fact in facts for p in (fact.known_from, fact.known_to) if p is not None}
    return tuple(sorted(p for p in found if between.holds(p)))


def rule_diff(
    facts: Sequence[EntryFact],
    cell: Cell,
    between: Between,
    floor: date | None,
    events: Mapping[int, str],
) -> RuleDiff | None:
    """How the answer for a cell differs from the floor on; None where it does not.

    `facts` are all versions that may concern the cell; `events` gives the event at a position.
    """
    bearing = touched(facts, cell, between)
    if not bearing:
        return None
    before = timeline(facts, cell, Known(between.before))
    after = timeline(facts, cell, Known(between.after))
    found = transition(before, after, floor, include_first=True)
    if found is None:
        return None
    return RuleDiff(
        destination=cell.destination,
        nationality=cell.nationality,
        passport_type=cell.passport_type,
        purpose=cell.purpose,
        on=found.on,
        before=found.before,
        after=found.after,
        max_stay_before=found.max_stay_before,
        max_stay_after=found.max_stay_after,
        first_knowledge=found.first_knowledge,
        because=tuple(events[p] for p in turns(bearing, between) if p in events),
    )
