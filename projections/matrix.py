"""The regime of every nationality at every destination, at any day and position, in one scan.

The rectangles say what was stated for each key on the day as known; here that is resolved as
`projections.regimes` does for one cell: changes before observations, the code before its groups
before everybody, then the latest start, announcement and position. Only where an observation would
decide although a change may have been in force on its day do the rectangles not tell; such cells
are named, to be answered from facts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple, get_args

import msgspec

from projections.rectangles import GAP
from projections.regimes import Cell, Known, decide, see, selectors
from projections.tables import Views
from projections.views.entry_rules import EntryFact
from tracker.domain.countries import COUNTRIES
from tracker.domain.groups import GROUPS, groups_ever, groups_of
from tracker.domain.values import Regime
from tracker.log.database import Database

# Start and announcement, by which facts are ranked, go into one number.
STAB = """
with stated as (
    select passport_type, purpose, destination, nationality, kind, regime, starts, announced_on,
        position
    from view.entry_span
    where passport_type = any (%(passports)s) and purpose = any (%(purposes)s)
        and valid_from <= %(day)s and valid_to > %(day)s and known_from <= %(position)s
    union all
    select passport_type, purpose, destination, nationality, kind, regime, starts, announced_on,
        position
    from view.entry_span_past
    where passport_type = any (%(passports)s) and purpose = any (%(purposes)s)
        and valid_from <= %(day)s and valid_to > %(day)s and known_from <= %(position)s
        and known_to > %(position)s
)
select destination, kind, string_agg(nationality, ' '), string_agg(regime, ' '),
    string_agg(((starts - date '0001-01-01') * 4194304::bigint
        + (announced_on - date '0001-01-01'))::text, ' '),
    string_agg(position::text, ' ')
from stated group by destination, kind, passport_type, purpose
"""
REGIMES: tuple[str, ...] = ("unknown", *(r for r in get_args(Regime) if r != "unknown"))
_INDEX = {regime: i for i, regime in enumerate(REGIMES)} | {GAP: -1}
_LAST_DAY = date(9999, 12, 30)
_ALL = 10_000_000
_NO_CODES = frozenset((*GROUPS, "*"))

_Rank = tuple[int, int]


class Matrix(msgspec.Struct, frozen=True):
    """Regimes by destination and nationality, each an index into `regimes`; 0 is unknown."""

    destinations: tuple[str, ...]
    nationalities: tuple[str, ...]
    regimes: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]
    """A tuple a destination, in the order of nationalities."""

    def regime(self, destination: str, nationality: str) -> str:
        """The regime of one cell; unknown where nothing is stated."""
        if destination not in self.destinations or nationality not in self.nationalities:
            return "unknown"
        row = self.cells[self.destinations.index(destination)]
        return self.regimes[row[self.nationalities.index(nationality)]]


class Stated(NamedTuple):
    """What is stated for one destination, passport and purpose, of one kind: a line of the scan."""

    destination: str
    kind: str
    nationalities: str
    regimes: str
    ranks: str
    positions: str


class Resolved(NamedTuple):
    """Nationality → regime at one destination, and the nationalities that rectangles cannot tell."""

    regimes: dict[str, int]
    untold: frozenset[str]


async def read(views: Views, traveller: Cell, day: date, known: Known) -> Matrix:
    """The matrix for travellers with a passport and a purpose, whatever cell is given of theirs."""
    lines = await stated(views.database, traveller, day, known)
    places = resolve(lines, day)
    untold = {place: found.untold for place, found in places.items() if found.untold}
    exact: dict[tuple[str, str], str] = {}
    for place, facts in (await _facts(views, traveller, untold)).items():
        for name in untold[place]:
            concerned = [f for s in selectors(name) for f in facts.get(s, ())]
            cell = msgspec.structs.replace(traveller, destination=place, nationality=name)
            fact = decide(see(concerned, cell, known), day)
            exact[place, name] = fact.regime if fact else "unknown"
    return matrix(places, exact)


async def _facts(
    views: Views, traveller: Cell, cells: Mapping[str, Iterable[str]]
) -> dict[str, dict[str, list[EntryFact]]]:
    """Destination → name → the facts that may concern the nationalities there."""
    if not cells:
        return {}
    who = {name for names in cells.values() for code in names for name in selectors(code)}
    within = {"destination": list(cells), "nationality": list(who)} | traveller.stated()
    found: dict[str, dict[str, list[EntryFact]]] = {place: {} for place in cells}
    for row in await views.select(EntryFact, within=within, limit=_ALL):
        found[row.destination].setdefault(row.nationality, []).append(row)
    return found


async def stated(database: Database, traveller: Cell, day: date, known: Known) -> list[Stated]:
    """What was stated at a position for a day, and concerns such travellers."""
    found = await database.fetch(
        STAB,
        {
            # The spans take the last day of the calendar for open.
            "day": min(day, _LAST_DAY),
            "position": known.position,
            "passports": traveller.stated()["passport_type"],
            "purposes": traveller.stated()["purpose"],
        },
    )
    return [Stated(*row) for row in found]


def resolve(lines: Iterable[Stated], day: date) -> dict[str, Resolved]:
    """Destination → what holds there for each nationality on the day."""
    by_place: dict[str, dict[str, list[Stated]]] = {}
    for line in lines:
        by_place.setdefault(line.destination, {}).setdefault(line.kind, []).append(line)
    return {
        place: _resolved(kinds.get("change", ()), kinds.get("observation", ()), day)
        for place, kinds in by_place.items()
    }


def matrix(places: Mapping[str, Resolved], exact: Mapping[tuple[str, str], str]) -> Matrix:
    """The matrix of what was resolved; `exact` holds the cells that were answered from facts."""
    names = sorted({code for found in places.values() for code in found.regimes})
    cells: dict[str, list[int]] = {}
    for place in sorted(places):
        regimes = places[place].regimes
        cells[place] = [regimes.get(name, 0) if name != place else 0 for name in names]
    column = {name: i for i, name in enumerate(names)}
    for (place, name), regime in exact.items():
        if name != place:
            cells[place][column[name]] = _INDEX[regime]
    return Matrix(tuple(cells), tuple(names), REGIMES, tuple(tuple(row) for row in cells.values()))


def _resolved(changes: Sequence[Stated], seen: Sequence[Stated], day: date) -> Resolved:
    changed = _merged(changes)
    decided, regimes = _levels(changed, changes, day), _levels(_merged(seen), seen, day)
    unsure = regimes.keys() - decided.keys() if changes else set[str]()
    regimes.update(decided)
    if not unsure:
        return Resolved(regimes, frozenset())
    # Only gaps are left of the changes for these, or groups that they are in on other days.
    untold = unsure & changed.keys()
    for group in GROUPS:
        if group in changed:
            untold |= unsure & _ever(group)
    return Resolved(regimes, frozenset(unsure if "*" in changed else untold))


def _merged(lines: Sequence[Stated]) -> dict[str, int]:
    """Name → the regime of the highest rank among lines of different passports and purposes."""
    found: dict[str, int] = {}
    for line in lines:
        one = dict(zip(line.nationalities.split(" "), _regimes(line), strict=True))
        if found.keys() & one.keys():
            return _ranked(lines)
        found.update(one)
    return found


def _ranked(lines: Sequence[Stated]) -> dict[str, int]:
    found: dict[str, int] = {}
    ranks: dict[str, _Rank] = {}
    for line in lines:
        for (name, rank), regime in zip(_ranks(line), _regimes(line), strict=True):
            if name not in ranks or rank > ranks[name]:
                ranks[name], found[name] = rank, regime
    return found


def _regimes(line: Stated) -> Iterable[int]:
    return map(_INDEX.__getitem__, line.regimes.split(" "))


def _ranks(line: Stated) -> Iterable[tuple[str, _Rank]]:
    ranks = zip(map(int, line.ranks.split(" ")), map(int, line.positions.split(" ")), strict=True)
    return zip(line.nationalities.split(" "), ranks, strict=True)


def _levels(merged: Mapping[str, int], lines: Sequence[Stated], day: date) -> dict[str, int]:
    """Code → regime: everybody's, over that what its groups have, over that its own."""
    found: dict[str, int] = {}
    if merged.get("*", -1) >= 0:
        found = dict.fromkeys(COUNTRIES, merged["*"])
    groups = [g for g in GROUPS if merged.get(g, -1) >= 0]
    if len(groups) > 1:
        ranks = [(rank, name) for line in lines for name, rank in _ranks(line) if name in groups]
        groups = list(dict.fromkeys(name for _, name in sorted(ranks, reverse=True)))[::-1]
    for group in groups:
        found.update(dict.fromkeys(_members(group, day), merged[group]))
    if -1 in merged.values():
        found.update((name, regime) for name, regime in merged.items() if regime >= 0)
    else:
        found.update(merged)
    for name in _NO_CODES & found.keys():
        del found[name]
    return found


@cache
def _ever(group: str) -> frozenset[str]:
    return frozenset(code for code in COUNTRIES if group in groups_ever(code))


@lru_cache(maxsize=4096)
def _members(group: str, day: date) -> frozenset[str]:
    return frozenset(code for code in COUNTRIES if group in groups_of(code, day))
