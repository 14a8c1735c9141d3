"""The regime of every nationality at every destination, at any day and position, in one scan.

The rectangles say what was stated for each key on the day as known; here that is resolved as
`projections.regimes` does for one cell: changes before observations, the code before its groups
before everybody, then the latest start, announcement and position. Only where an observation would
decide although a change may have been in force on its day do the rectangles not tell; such cells
are named, to be answered from facts.

What is stated is known by its place in the answer of the database, and the table is a list of such
places, so that 40,000 cells cost some milliseconds.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from operator import add
from typing import NamedTuple, get_args

import msgspec

from projections import tables
from projections.forks import way_to
from projections.regimes import Cell, Known, decide, see, selectors
from projections.tables import Views
from projections.views.entry_rules import EntryFact
from tracker.domain.countries import COUNTRIES
from tracker.domain.groups import GROUPS, groups_ever, groups_of
from tracker.domain.values import Regime
from tracker.log.database import Database

# A rank is start, announcement and position in 16 bytes that compare as these do. Few groups let
# the planner hash them; gaps, which every fact outranks, are groups of their own.
PART = """
select kind, position = 0, string_agg(destination, ' '), string_agg(nationality, ' '),
    string_agg(regime, ' '),
    string_agg(int8send((starts - date '0001-01-01') * 4194304::bigint
        + (announced_on - date '0001-01-01')) || int8send(position), '')
from view.{table}
where fork = any {forks} and valid_from <= %(day)s and valid_to > %(day)s
    and known_from <= %(position)s
    and passport_type = any (%(passports)s) and purpose = any (%(purposes)s)
group by kind, position = 0, passport_type, purpose
"""
NOW = PART.format(table="entry_span", forks="(%(of_days)s)")
BEFORE = PART.format(
    table="entry_span_past", forks="(%(of_positions)s) and known_to > %(position)s"
)
STAB = f"{NOW} union all {BEFORE}"
REGIMES: tuple[str, ...] = ("unknown", *(r for r in get_args(Regime) if r != "unknown"))
_INDEX = {regime: i for i, regime in enumerate(REGIMES)}
_LAST_DAY = date(9999, 12, 30)
_DAY_BITS, _POSITION_BITS = date.max.toordinal().bit_length(), 40
_RANK_BYTES = 16
_CODES = tuple(sorted(COUNTRIES))
_NAMES = (*_CODES, *GROUPS, "*")
_ANYBODY = len(_NAMES) - 1
_WIDTH = len(_NAMES)
_LOWS = {code: i * _WIDTH for i, code in enumerate(_CODES)}
_COLUMNS = {name: i for i, name in enumerate(_NAMES)}


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
    """What is stated for one passport and purpose, of one kind: a line of the scan."""

    kind: str
    is_gap: bool
    destinations: str
    nationalities: str
    """A code, a group or `*` for each destination, and so on."""
    regimes: str
    ranks: bytes
    """16 bytes a cell."""


class Resolved(msgspec.Struct, frozen=True):
    """Every nationality at every place of which something is stated, in the order of codes."""

    rows: dict[str, list[int]]
    """Destination → what holds for each code: a place among the regimes; 0 is nothing."""
    regimes: list[int]
    untold: list[tuple[str, str]]
    """Destination and nationality of the cells that rectangles cannot tell."""

    def put(self, destination: str, nationality: str, regime: str) -> None:
        """Say what holds for a cell that was answered from facts."""
        self.rows[destination][_CODES.index(nationality)] = len(self.regimes)
        self.regimes.append(_INDEX[regime])

    def matrix(self) -> Matrix:
        """The matrix of what was resolved; a country says nothing of its own people."""
        places = sorted(self.rows)
        columns = zip(*(self.rows[place] for place in places), strict=True)
        kept = [i for i, column in enumerate(columns) if any(column)]
        names = tuple(_CODES[i] for i in kept)
        cells: list[tuple[int, ...]] = []
        for place in places:
            row, own = self.rows[place], names.index(place) if place in names else None
            found = [self.regimes[row[i]] for i in kept]
            if own is not None:
                found[own] = 0
            cells.append(tuple(found))
        return Matrix(tuple(places), names, REGIMES, tuple(cells))


async def read(views: Views, traveller: Cell, day: date, known: Known) -> Matrix:
    """The matrix for travellers with a passport and a purpose, whatever cell is given of theirs."""
    found = resolve(await stated(views.database, traveller, day, known), day)
    facts = await _facts(views, traveller, found.untold)
    for place, name in found.untold:
        concerned = [f for s in selectors(name) for f in facts.get((place, s), ())]
        cell = msgspec.structs.replace(traveller, destination=place, nationality=name)
        fact = decide(see(concerned, cell, known), day)
        found.put(place, name, fact.regime if fact else "unknown")
    return found.matrix()


async def _facts(
    views: Views, traveller: Cell, untold: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], list[EntryFact]]:
    """Destination and name → the facts that may concern cells there."""
    found: dict[tuple[str, str], list[EntryFact]] = {}
    pairs = {(place, name) for place, code in untold for name in selectors(code)}
    if not pairs:
        return found
    loose = traveller.stated()
    keys = [
        (*pair, passport, purpose)
        for pair in pairs
        for passport in loose["passport_type"]
        for purpose in loose["purpose"]
    ]
    names = ("destination", "nationality", "passport_type", "purpose")
    async with views.database.connection() as connection:
        for row in await tables.fetch(connection, EntryFact, names, keys):
            found.setdefault((row.destination, row.nationality), []).append(row)
    return found


async def stated(database: Database, traveller: Cell, day: date, known: Known) -> list[Stated]:
    """What was stated at a position for a day, and concerns such travellers."""
    # The spans take the last day of the calendar for open.
    day = min(day, _LAST_DAY)
    found = await database.fetch(
        STAB,
        {
            "day": day,
            "of_days": way_to((day - date.min).days, _DAY_BITS),
            "position": known.position,
            "of_positions": way_to(known.position, _POSITION_BITS),
            "passports": traveller.stated()["passport_type"],
            "purposes": traveller.stated()["purpose"],
        },
    )
    return [Stated(*row) for row in found]


def resolve(lines: Iterable[Stated], day: date) -> Resolved:
    """What holds for each cell on the day."""
    regimes, ranks = [0], bytearray(_RANK_BYTES)
    changes, seen = _Table(regimes, ranks), _Table(regimes, ranks)
    for line in lines:
        (changes if line.kind == "change" else seen).add(line)
    rows: dict[str, list[int]] = {}
    untold: list[tuple[str, str]] = []
    for number, place in enumerate(_CODES):
        low = number * _WIDTH
        if not (changes.says(low) or seen.says(low)):
            continue
        changed, observed = changes.row(low, day), seen.row(low, day)
        rows[place] = [c or o for c, o in zip(changed, observed, strict=True)]
        for i in changes.elsewhen(low):
            if observed[i] and not changed[i]:
                untold.append((place, _CODES[i]))
    return Resolved(rows, regimes, untold)


class _Table:
    """What changes, or observations, say of each name at each place: a place in columns, or 0."""

    def __init__(self, regimes: list[int], ranks: bytearray) -> None:
        self._regimes = regimes
        self._ranks = ranks
        self._table = [0] * (len(_CODES) * _WIDTH)
        self._gaps: dict[int, set[int]] = {}
        """Where a row begins → the names of which something was stated for other days."""

    def add(self, line: Stated) -> None:
        """Take a line; of two that say something of one name the higher rank is kept."""
        lows = map(_LOWS.__getitem__, line.destinations.split(" "))
        names = map(_COLUMNS.__getitem__, line.nationalities.split(" "))
        if line.is_gap:
            for low, name in zip(lows, names, strict=True):
                self._gaps.setdefault(low, set()).add(name)
            return
        table, rank, start = self._table, self._rank, len(self._regimes)
        self._regimes.extend(map(_INDEX.__getitem__, line.regimes.split(" ")))
        self._ranks += line.ranks
        for number, at in enumerate(map(add, lows, names), start):
            if not table[at] or rank(table[at]) < rank(number):
                table[at] = number

    def _rank(self, number: int) -> bytearray:
        return self._ranks[number * _RANK_BYTES : (number + 1) * _RANK_BYTES]

    def says(self, low: int) -> bool:
        """Whether anything is stated in a row, for whatever day."""
        return low in self._gaps or any(self._table[low : low + _WIDTH])

    def row(self, low: int, day: date) -> list[int]:
        """For each code what is said of everybody, over that of its groups, over that of itself."""
        own = self._table[low : low + len(_CODES)]
        groups = [(n, g) for g, n in self._groups(low) if n]
        anybody = self._table[low + _ANYBODY]
        if not groups and not anybody:
            return own
        found = [anybody] * len(_CODES)
        if len(groups) > 1:
            groups.sort(key=lambda group: (self._rank(group[0]), group[1]))
        for number, group in groups:
            for i in _members(group, day):
                found[i] = number
        return [n or other for n, other in zip(own, found, strict=True)]

    def _groups(self, low: int) -> Iterable[tuple[str, int]]:
        return zip(GROUPS, self._table[low + len(_CODES) : low + _ANYBODY], strict=True)

    def elsewhen(self, low: int) -> set[int]:
        """The codes of which something is stated in a row for other days at most.

        That is where only gaps are left, or groups that a country is not in on the day.
        """
        gaps = self._gaps.get(low, set())
        if _ANYBODY in gaps:
            return set(range(len(_CODES)))
        found = {i for i in gaps if i < len(_CODES)}
        for number, (group, told) in enumerate(self._groups(low), len(_CODES)):
            if told or number in gaps:
                found.update(_ever(group))
        return found


@cache
def _ever(group: str) -> tuple[int, ...]:
    """Who has been a member of a group at any time, as places among the codes."""
    return tuple(i for i, code in enumerate(_CODES) if group in groups_ever(code))


@lru_cache(maxsize=4096)
def _members(group: str, day: date) -> tuple[int, ...]:
    """The members of a group on a day, as places among the codes."""
    return tuple(i for i in _ever(group) if group in groups_of(_CODES[i], day))
