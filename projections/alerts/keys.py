"""The keys of entry rules that an event touches, and those of them that a subscription watches."""

from collections.abc import Sequence

import msgspec

from projections.alerts.filters import Watch, reach
from projections.alerts.judging import stated
from projections.alerts.reasons import Rules, Ruling
from projections.regimes import Cell
from tracker.domain.base import Event, Recorded
from tracker.domain.countries import COUNTRIES
from tracker.domain.filter import Filter


def touched(recorded: Recorded, rules: Rules) -> tuple[Cell, ...]:
    """The keys whose regime the event may change; a rule for a category changes none."""
    if rules.compared:
        rows = (row for row in rules.touched if row.category is None)
        cells = (_cell(r.destination, r.nationality, r.passport_type, r.purpose) for r in rows)
        return tuple(dict.fromkeys(cells))
    return stated_cells(stated(recorded))


def stated_cells(fact: Event | None) -> tuple[Cell, ...]:
    if not isinstance(fact, Ruling) or fact.rule is None or fact.rule.category:
        return ()
    rule = fact.rule
    names = dict.fromkeys(rule.nationalities)
    return tuple(_cell(fact.jurisdiction, n, rule.passport_type, rule.purpose) for n in names)


def _cell(destination: str, nationality: str, passport: str | None, purpose: str | None) -> Cell:
    """What is said of no passport or purpose in particular is judged for the most common ones."""
    usual = Cell(destination, nationality)
    named = (None, "unspecified")
    return Cell(
        destination,
        nationality,
        usual.passport_type if passport in named else passport or "",
        usual.purpose if purpose in named else purpose or "",
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
        names = _names(wanted, cell.destination)
        for name in _judged(cell.nationality, names):
            via = None if name == cell.nationality else cell.nationality
            key = msgspec.structs.replace(cell, nationality=name)
            found[key] = found.get(key, via) and via
    return list(found.items())


def _names(wanted: Filter, destination: str) -> Sequence[str]:
    """The nationalities that are watched at a destination; none in particular where it is empty."""
    if wanted.entry_rules:
        keys = (key.partition("|") for key in wanted.entry_rules)
        return [who for where, _, who in keys if where == destination]
    if wanted.nationalities:
        return wanted.nationalities
    return () if destination in wanted.countries else wanted.countries


def _judged(stated: str, names: Sequence[str]) -> list[str]:
    """The nationalities for which a rule for `stated` is judged when these are watched."""
    if not names or "*" in names:
        return [stated]
    reached = [name for name in names if name in reach(stated)]
    # A watched group hears of its member's rule; it is the member's regime that changes.
    return [stated if stated in COUNTRIES else name for name in reached]
