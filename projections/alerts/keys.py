"""The keys of entry rules that an event touches, and those of them that a subscription watches."""

from collections.abc import Mapping, Sequence

import msgspec

from projections.alerts.filters import reach
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


Named = tuple[tuple[str, ...] | None, ...]
"""For each place that an event touches, the nationalities watched there; None: not at all."""


def named(wanted: Filter, places: Sequence[str]) -> Named:
    """What a filter watches at the places that an event touches; many filters watch the same."""
    if len(places) == 1:  # nearly always, and asked thousands of times for one event
        return (_names(wanted, places[0]),)
    return tuple([_names(wanted, place) for place in places])


def watched(
    names: Mapping[str, Sequence[str] | None], cells: Sequence[Cell]
) -> list[tuple[Cell, str | None]]:
    """The keys to judge for a subscription, each with the group or `*` that led to it.

    Where a subscription names nationalities, a rule for a group or for everybody is judged for
    each of those that it reaches, and a rule for a country as such; otherwise the key is the
    rule's own.
    """
    found: dict[Cell, str | None] = {}
    for cell in cells:
        here = names[cell.destination]
        if here is None:
            continue
        for name in _judged(cell.nationality, here):
            via = None if name == cell.nationality else cell.nationality
            key = msgspec.structs.replace(cell, nationality=name)
            found[key] = found.get(key, via) and via
    return list(found.items())


def _names(wanted: Filter, destination: str) -> tuple[str, ...] | None:
    """The nationalities that are watched at a destination; none in particular where it is empty."""
    if wanted.destinations and destination not in wanted.destinations:
        return None
    if wanted.entry_rules:
        keys = (key.partition("|") for key in wanted.entry_rules)
        return tuple(who for where, _, who in keys if where == destination)
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
