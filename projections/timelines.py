"""What the doors ask of the timeline: pages of events by facets and words, and how many there are.

Any value of one facet, every facet. A page is looked for among the nearest events first, where what
is common is found at once, and only then in the indexes, which find what is rare at once: so no
page depends on what the planner guesses of a word.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from projections.borne import gone_quotes
from projections.columns import columns
from projections.entries import Entry, entry_of
from projections.nouns import Nouns
from projections.search import asked
from projections.tables import Views, loaded
from projections.views.timeline import TimelineEntry
from tracker.domain.errors import Refused
from tracker.domain.incident import IncidentMerged
from tracker.domain.party import PartyMerged
from tracker.log.read import Reader

_COLUMNS = ", ".join(column.name for column in columns(TimelineEntry))
NEAR = "select position from view.timeline where true"
# The CTE keeps the order of positions from being taken for a way to find what is rare.
ALL = "with hit as materialized (select position from view.timeline where true"
OF_ALL = ") select position from hit"
OLDEST_LAST = "order by position desc limit %s"
OLDEST_FIRST = "order by position limit %s"
ROWS = f"""
select {_COLUMNS} from view.timeline where position = any (%s) order by position desc
"""  # noqa: S608  the columns are fields of a row type
COUNTED = """with hit as materialized (
select type, countries, parties, occurred_on from view.timeline where true"""
COUNTS = """), found as (
    select 'types' as facet, type as value, count(*) as number from hit group by type
    union all
    select 'countries', code, count(*) from hit, unnest(countries) as code group by code
    union all
    select 'parties', party, count(*) from hit, unnest(parties) as party group by party
    union all
    select 'years', to_char(occurred_on, 'YYYY'), count(*) from hit
        where occurred_on is not null group by 2
    union all
    select 'all', '', count(*) from hit
), ranked as (
    select *, row_number() over (partition by facet order by number desc, value) as place
    from found
)
select facet, value, number from ranked where facet = 'years' or place <= %s
order by facet, place
"""
LATEST = "select coalesce(max(position), 0) from view.timeline"
PARTIES_NAMED = """
select party, words from view.timeline_party where words && %s::bigint[] limit 10000
"""
MERGES = """
select targets from view.timeline where type = %s and targets && %s::text[]
"""
_NEAR = 5_000
_MOST_WORDS = 16
_MOST_VALUES = 100

_SAME: dict[str, str] = {
    "countries": " and countries && %s::text[]",
    "nationalities": " and nationalities && %s::text[]",
    "parties": " and parties && %s::text[]",
    "documents": " and documents && %s::text[]",
    "destinations": " and destination = any (%s)",
    "types": " and type = any (%s)",
    "metrics": " and metric = any (%s)",
    "policies": " and policy = any (%s)",
    "incidents": " and incident = any (%s)",
}
CORRIDOR = """
and (select count(distinct c) from unnest(countries) as c where c = any (%s::text[])) >= 2"""
WORDS = " and words @> %s::bigint[]"
WORD_OR_PARTY = " and (words @> array[%s::bigint] or parties && %s::text[])"
OCCURRED_FROM = " and occurred_on is not null and coalesce(occurred_until, 'infinity') >= %s"
OCCURRED_TO = " and occurred_on <= %s"
AFTER = " and position > %s"
UP_TO = " and position <= %s"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which events: any value of one facet, every facet.

    `countries` may be a corridor: `any` is an event that touches at least one of them, `all` one
    that touches at least two, so that it says something of the way between them. Both ends of a
    time range are included; an event occurred within a range of days if it may have.
    """

    countries: tuple[str, ...] = ()
    corridor: Literal["any", "all"] = "any"
    nationalities: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    text: str | None = None
    """Words that must all be in it, or in a name of a party of it."""
    occurred_from: date | None = None
    occurred_to: date | None = None
    recorded_from: datetime | None = None
    recorded_to: datetime | None = None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Which part: the newest, those before a position, or the first after one."""

    before: int | None = None
    after: int | None = None
    limit: int = 50


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many events of an answer have a value; the commonest hundred of each facet, all years."""

    all: int = 0
    types: dict[str, int] = {}
    countries: dict[str, int] = {}
    parties: dict[str, int] = {}
    years: dict[str, int] = {}
    """By the first day on which it may have occurred."""


class Filter(msgspec.Struct):
    """Conditions in SQL with their values."""

    conditions: list[str] = []
    values: list[Any] = []

    def add(self, condition: str, *values: Any) -> None:
        """One condition more."""
        self.conditions.append(condition)
        self.values += values


class Timelines:
    """Reads the timeline for people and programs."""

    def __init__(self, views: Views, reader: Reader) -> None:
        self._views = views
        self._nouns = Nouns(views)
        self._reader = reader

    async def entries(self, wanted: Wanted, page: Page) -> list[Entry]:
        """A page of events, newest first."""
        found = await self.filtered(wanted, page)
        upwards = page.after is not None and page.before is None
        if page.after is not None and upwards:
            near, edge = UP_TO, page.after + _NEAR
        else:
            latest = (await self._views.database.fetch(LATEST))[0][0]
            near, edge = AFTER, min(latest, page.before or latest) - _NEAR
        order = OLDEST_FIRST if upwards else OLDEST_LAST
        close = (NEAR, *found.conditions, near, order)
        positions = await self._positions(close, [*found.values, edge, page.limit])
        if len(positions) < page.limit:
            far = (ALL, *found.conditions, OF_ALL, order)
            positions = await self._positions(far, [*found.values, page.limit])
        rows = await self._views.database.fetch(ROWS, [positions])
        return await self._entries([loaded(TimelineEntry, r) for r in rows], wanted.text)

    async def counts(self, wanted: Wanted) -> Counts:
        """How many events there are of each type, country, party and year."""
        found = await self.filtered(wanted, Page())
        statement = " ".join((COUNTED, *found.conditions, COUNTS))
        rows = await self._views.database.fetch(statement, [*found.values, _MOST_VALUES])
        by_facet: dict[str, dict[str, int]] = {}
        for facet, value, number in rows:
            by_facet.setdefault(facet, {})[value] = number
        total = by_facet.pop("all")[""]
        return Counts(all=total, **by_facet)

    async def names(self, parties: Iterable[str]) -> dict[str, str]:
        """Party → the name it is shown by."""
        return await self._nouns.names(parties)

    async def same_parties(self, parties: Sequence[str]) -> list[str]:
        """The parties, and all that were merged with them."""
        return await self._merged(PartyMerged.type, parties)

    async def _merged(self, kind: str, ids: Sequence[str]) -> list[str]:
        known = dict.fromkeys(ids)
        new = list(known)
        while new:
            rows = await self._views.database.fetch(MERGES, [kind, new])
            new = list({i for (targets,) in rows for i in targets if i not in known})
            known.update(dict.fromkeys(new))
        return list(known)

    async def filtered(self, wanted: Wanted, page: Page) -> Filter:
        """The conditions on rows of the timeline, with all that they ask of other rows settled."""
        found = Filter([], [])
        for facet, condition in _SAME.items():
            values: Sequence[str] = getattr(wanted, facet)
            if values and facet == "parties":
                values = await self.same_parties(values)
            elif values and facet == "incidents":
                values = await self._merged(IncidentMerged.type, values)
            if values:
                found.add(condition, list(values))
        if wanted.corridor == "all":
            found.add(CORRIDOR, list(wanted.countries))
        if wanted.text is not None:
            await self._worded(wanted.text, found)
        await self._ranged(wanted, page, found)
        return found

    async def _ranged(self, wanted: Wanted, page: Page, found: Filter) -> None:
        if page.before is not None:
            found.add(UP_TO, page.before - 1)
        if page.after is not None:
            found.add(AFTER, page.after)
        if wanted.occurred_from is not None:
            found.add(OCCURRED_FROM, wanted.occurred_from)
        if wanted.occurred_to is not None:
            found.add(OCCURRED_TO, wanted.occurred_to)
        if wanted.recorded_from is not None:
            # The last position before the moment: what is stamped with the moment itself counts.
            earlier = wanted.recorded_from - datetime.resolution
            found.add(AFTER, await self._reader.position_at(earlier))
        if wanted.recorded_to is not None:
            found.add(UP_TO, await self._reader.position_at(wanted.recorded_to))

    async def _worded(self, text: str, found: Filter) -> None:
        """Every word in the text of the event, or in any name that a party of it ever got."""
        words = asked(text)
        if not words:
            raise Refused("q: has no word in it", field="q")
        if len(words) > _MOST_WORDS:
            raise Refused(f"q: has more than {_MOST_WORDS} words", field="q")
        named = await self._views.database.fetch(PARTIES_NAMED, [list(words)])
        plain: list[int] = []
        for word in words:
            parties = [party for party, names in named if word in names]
            if parties:
                found.add(WORD_OR_PARTY, word, await self.same_parties(parties))
            else:
                plain.append(word)
        if plain:
            found.add(WORDS, plain)

    async def _positions(self, statement: Sequence[str], values: Sequence[Any]) -> list[int]:
        rows = await self._views.database.fetch(" ".join(statement), values)
        return [position for (position,) in rows]

    async def _entries(self, rows: Sequence[TimelineEntry], text: str | None) -> list[Entry]:
        ids = {row.event for row in rows}
        ids |= {row.changed_by for row in rows if row.status == "corrected" and row.changed_by}
        events = {str(r.id): r for r in await self._reader.by_ids([UUID(i) for i in ids])}
        names = await self.names(p for row in rows for p in row.parties)
        words = set(asked(text)) if text else set[int]()
        gone = await gone_quotes(self._views, list(events.values()))
        return [entry_of(row, events, names, words, gone) for row in rows if row.event in events]
