"""What the doors ask about two states of knowledge: which answers differ, and what came between."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from projections import tables
from projections.diff import Between, RuleDiff, rule_diff, touched, turns
from projections.entries import Entry
from projections.questions import Clocks, Questions, Sighting
from projections.regimes import Cell, selectors
from projections.timelines import Page, Timelines, Wanted
from projections.views.entry_rules import EntryFact
from tracker.domain.errors import Refused

KEYS = """
with touched as (
    select distinct destination, coalesce(%(nationality)s, nationality) as nationality,
        case passport_type when 'unspecified' then 'ordinary' else passport_type end as passport,
        case purpose when 'unspecified' then 'tourism' else purpose end as purpose
    from view.entry_fact
    where (known_from > %(before)s and known_from <= %(after)s
            or known_to > %(before)s and known_to <= %(after)s)
        and (%(destination)s::text is null or destination = %(destination)s)
        and (cardinality(%(who)s::text[]) = 0 or nationality = any (%(who)s))
        and (%(country)s::text is null or %(country)s in (destination, nationality))
)
select destination, nationality, passport, purpose, (select count(*) from touched)
from touched
where (destination, nationality, passport, purpose)
    > (%(from_destination)s, %(from_nationality)s, %(from_passport)s, %(from_purpose)s)
order by 1, 2, 3, 4 limit %(limit)s
"""
EVENTS_AT = "select position, event from view.timeline where position = any (%s)"
HAPPENED = """
with hit as materialized (select type, targets from view.timeline where true"""
BY_TYPE = """)
select hit.type, target.type, count(*) from hit left join view.timeline target
    on hit.type = any (%s) and target.event = hit.targets[1]
group by 1, 2 order by 3 desc, 1, 2
"""
_ABOUT_A_FACT = ["fact-corrected", "fact-retracted", "fact-corroborated"]


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What of: one cell, a row, a column, whatever concerns a country, or everything."""

    destination: str | None = None
    nationality: str | None = None
    country: str | None = None

    def wanted(self) -> Wanted:
        """The events about it."""
        who = selectors(self.nationality) if self.nationality else ()
        return Wanted(
            destinations=(self.destination,) if self.destination else (),
            nationalities=who,
            countries=(self.country,) if self.country else (),
        )


class RuleDiffs(msgspec.Struct, frozen=True, kw_only=True):
    """The cells that differ among those looked at."""

    rules: list[RuleDiff]
    keys: int
    """How many stated keys were looked at for this part."""
    keys_in_all: int
    """How many were touched in between; touched is not yet different."""
    next: str | None
    """Asks for the part after this one."""


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """How many events of a type came in between."""

    type: str
    of: str | None
    """Of corrections, retractions and corroborations: the type of the fact they bear on."""
    number: int


class Differences(msgspec.Struct, frozen=True):
    """Compares what the log knew at two positions."""

    timelines: Timelines
    views: tables.Views

    async def rules(
        self, between: Between, about: About, *, floor: date | None, after: str | None, limit: int
    ) -> RuleDiffs:
        """Cells whose answer differs on some day from the floor on, by their keys."""
        begin = _cursor(after)
        asked = {
            **msgspec.structs.asdict(between),
            **msgspec.structs.asdict(about),
            "who": list(selectors(about.nationality)) if about.nationality else [],
            **dict(zip(_FROM, begin, strict=True)),
            "limit": limit,
        }
        rows = await self.views.database.fetch(KEYS, asked)
        cells = [Cell(*row[:4]) for row in rows]
        in_all = rows[0][4] if rows else 0
        facts = await self._facts(cells)
        positions = {p for c in cells for p in turns(touched(_of(facts, c), c, between), between)}
        found = await self.views.database.fetch(EVENTS_AT, [sorted(positions)])
        events: dict[int, str] = dict(found)
        differing = [rule_diff(_of(facts, c), c, between, floor, events) for c in cells]
        return RuleDiffs(
            rules=[d for d in differing if d],
            keys=len(cells),
            keys_in_all=in_all,
            next="/".join(rows[-1][:4]) if len(rows) == limit else None,
        )

    async def happened(self, between: Between, about: About) -> list[Happened]:
        """How many events of each type came in between."""
        found = await self.timelines.filtered(about.wanted(), _page(between, None, 1))
        statement = " ".join((HAPPENED, *found.conditions, BY_TYPE))
        rows = await self.views.database.fetch(statement, [*found.values, _ABOUT_A_FACT])
        return [Happened(type=kind, of=of, number=number) for kind, of, number in rows]

    async def events(
        self, between: Between, about: About, *, before: int | None, limit: int
    ) -> list[Entry]:
        """The events that came in between, newest first."""
        return await self.timelines.entries(about.wanted(), _page(between, before, limit))

    async def _facts(self, cells: Sequence[Cell]) -> dict[tuple[str, str], list[EntryFact]]:
        """All versions of facts of the cells, by what they state."""
        pairs = {(c.destination, who) for c in cells for who in selectors(c.nationality)}
        found: dict[tuple[str, str], list[EntryFact]] = {pair: [] for pair in pairs}
        if not pairs:
            return found
        async with self.views.database.connection() as connection:
            columns = ("destination", "nationality")
            for fact in await tables.fetch(connection, EntryFact, columns, sorted(pairs)):
                found[fact.destination, fact.nationality].append(fact)
        return found


async def knowledge(
    questions: Questions, asked: Mapping[str, str | None], seen: int | None = None
) -> tuple[Between, tuple[str, str]]:
    """What lies between the two times of a question, and the times as they were understood.

    `asked` names the two, the earlier one first; Refused names the one that is wrong. `seen` is how
    far the views have come, for callers who know.
    """
    found: list[Sighting] = []
    for field, text in asked.items():
        try:
            found.append(await questions.sight(Clocks(known_at=text), seen=seen))
        except Refused as wrong:
            sentence = wrong.message.replace("known_at", field, 1)
            raise Refused(sentence, field=field) from None
    earlier, later = found
    between = Between(earlier.known_position, later.known_position)
    if between.before > between.after:
        first, second = asked
        raise Refused(f"{first}: is after {second}", field=first)
    return between, (earlier.known_at, later.known_at)


_FROM = ("from_destination", "from_nationality", "from_passport", "from_purpose")


def _cursor(after: str | None) -> list[str]:
    parts = after.split("/") if after else [""] * len(_FROM)
    if len(parts) != len(_FROM):
        raise Refused("after: is not what an answer gave as `next`", field="after")
    return parts


def _of(facts: dict[tuple[str, str], list[EntryFact]], cell: Cell) -> list[EntryFact]:
    return [f for who in selectors(cell.nationality) for f in facts[cell.destination, who]]


def _page(between: Between, before: int | None, limit: int) -> Page:
    end = between.after + 1 if before is None else min(before, between.after + 1)
    return Page(after=between.before, before=end, limit=limit)
