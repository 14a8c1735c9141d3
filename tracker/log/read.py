"""Reading the log: by tag query, by id, by position and by time, in keyset pages."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg.rows import TupleRow

from tracker.domain.base import Query, Recorded, tagged
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import NotFound
from tracker.log.database import Database
from tracker.log.envelope import recorded


def _both_ways(statement: str) -> tuple[str, str]:
    """The statement, and the one that reads from the end."""
    return statement, re.sub(r"(order by \w+\.position)", r"\1 desc", statement)


# Positions are dense, so a page is a range: both tables are read by it, whatever the statistics
# say, where a limit over a join may read everything before the page for every page.
ALL = (
    """
select e.position, e.leaf, p.payload
from log.event e left join log.payload p on p.position = e.position
    and p.position > %(after)s and p.position <= least(%(before)s, %(after)s::bigint + %(limit)s)
where e.position > %(after)s and e.position <= least(%(before)s, %(after)s::bigint + %(limit)s)
order by e.position
""",
    """
with last as (
    select least(%(before)s::bigint, max(position)) as position from log.event)
select e.position, e.leaf, p.payload
from log.event e left join log.payload p on p.position = e.position
where e.position > greatest(%(after)s, (select position from last) - %(limit)s)
    and e.position <= (select position from last)
order by e.position desc
""",
)
TAGGED = _both_ways("""
select e.position, e.leaf, p.payload
from (select distinct t.position from log.event_tag t
      where t.tag = any (%(tags)s) and t.position > %(after)s and t.position <= %(before)s
      order by t.position limit %(limit)s) as hit
join log.event e on e.position = hit.position
left join log.payload p on p.position = hit.position
order by e.position
""")
ONE_TAG = _both_ways("""
select e.position, e.leaf, p.payload
from (select t.position from log.event_tag t
      where t.tag = %(tag)s and t.position > %(after)s and t.position <= %(before)s
      order by t.position limit %(limit)s) as hit
join log.event e on e.position = hit.position
left join log.payload p on p.position = hit.position
order by hit.position
""")
ITEM = _both_ways("""
select e.position, e.leaf, p.payload
from (select t.position from log.event_tag t
      where t.tag = %(tag)s and t.position > %(after)s and t.position <= %(before)s
        and (cardinality(%(types)s::text[]) = 0 or t.type = any (%(types)s))
        and (select count(*) from log.event_tag other
             where other.position = t.position and other.tag = any (%(rest)s::text[]))
            = cardinality(%(rest)s::text[])
      order by t.position limit %(limit)s) as hit
join log.event e on e.position = hit.position
left join log.payload p on p.position = hit.position
order by e.position
""")
SPAN = """
select e.position, e.leaf, p.payload
from log.event e left join log.payload p on p.position = e.position
    and p.position > %(after)s and p.position <= %(until)s
where e.position > %(after)s and e.position <= %(until)s and e.type = any (%(types)s)
order by e.position
"""
SAMPLE = """
select e.type, count(*)
from generate_series(1, %(until)s::bigint, %(step)s) as every (position)
join log.event e on e.position = every.position
group by e.type
"""
BY_ID = """
select e.position, e.leaf, p.payload
from log.event e left join log.payload p on p.position = e.position
where e.id = any (%(ids)s) order by e.position
"""
KNOWN_TAGS = """
select wanted.tag from unnest(%(tags)s::text[]) as wanted (tag)
where exists (select from log.event_tag t where t.tag = wanted.tag)
"""
LEAF = "select leaf, leaf_hash from log.event where position = %(position)s"
HEAD = "select coalesce(max(position), 0) from log.event"
POSITION_AT = "select log.position_at(%(moment)s)"
_LAST = 2**62


class Leaf(msgspec.Struct, frozen=True):
    """The bytes of an event's envelope that are hashed, and their RFC 6962 hash."""

    content: bytes
    hash: bytes


class Reader:
    """The log for reading; every answer is in the order of positions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def head(self) -> int:
        """The position of the last event, 0 for an empty log."""
        return (await self._database.fetch(HEAD))[0][0]

    async def position_at(self, moment: datetime) -> int:
        """The last position recorded at or before a moment, 0 where there is none."""
        return (await self._database.fetch(POSITION_AT, {"moment": moment}))[0][0]

    async def by_ids(self, ids: Sequence[UUID]) -> list[Recorded]:
        """The events with these ids, as far as there are any."""
        return _recorded(await self._database.fetch(BY_ID, {"ids": list(ids)}))

    async def known_tags(self, tags: Sequence[str]) -> set[str]:
        """Those of the tags that at least one event carries."""
        return {row[0] for row in await self._database.fetch(KNOWN_TAGS, {"tags": list(tags)})}

    async def leaf(self, position: int) -> Leaf:
        """The leaf at a position; NotFound beyond the head."""
        rows = await self._database.fetch(LEAF, {"position": position})
        if not rows:
            raise NotFound(f"no event is at position {position}")
        return Leaf(*rows[0])

    async def read(
        self,
        query: Query,
        *,
        after: int = 0,
        before: int | None = None,
        limit: int = 1000,
        backwards: bool = False,
    ) -> list[Recorded]:
        """At most `limit` events that fit, with after < position <= before."""
        span = {"after": after, "before": _LAST if before is None else before, "limit": limit}
        statements = _statements(query, span, backwards=backwards)
        if len(statements) == 1:
            return _recorded(await self._database.fetch(*statements[0]))
        rows: dict[int, TupleRow] = {}
        for statement, params in statements:
            rows.update({row[0]: row for row in await self._database.fetch(statement, params)})
        ordered = sorted(rows.values(), key=lambda row: row[0], reverse=backwards)
        return _recorded(ordered[:limit])

    async def span(self, types: Sequence[str], *, after: int, until: int) -> list[Recorded]:
        """The events of some types with after < position <= until."""
        return list(await self.spanned(types, after=after, until=until))

    async def spanned(self, types: Sequence[str], *, after: int, until: int) -> Iterator[Recorded]:
        """As `span`, each decoded when it is its turn: what takes it finds it in the cache."""
        span = {"after": after, "until": until, "types": list(types)}
        rows = await self._database.fetch(SPAN, span)
        return _each(rows)

    async def sample(self, until: int, size: int) -> dict[str, int]:
        """Type → how many of about `size` events are of it, evenly spread up to a position."""
        step = until // size + 1
        return dict(await self._database.fetch(SAMPLE, {"until": until, "step": step}))

    async def read_all(self, query: Query, *, before: int) -> list[Recorded]:
        """Every event that fits, up to a position."""
        found: list[Recorded] = []
        while page := await self.read(
            query, after=found[-1].position if found else 0, before=before, limit=5000
        ):
            found += page
        return found

    async def erasures_of(self, events: Iterable[Recorded]) -> dict[UUID, Recorded]:
        """Erased event → the erasure that names it; nothing for events with their payload."""
        erased = {f"target:{r.id}": r.id for r in events if r.event is None}
        if not erased:
            return {}
        found: dict[UUID, Recorded] = {}
        for naming in await self.read_all(tagged(*erased), before=await self.head()):
            for tag in naming.tags if naming.type == PayloadErased.type else ():
                if tag in erased:
                    found.setdefault(erased[tag], naming)
        return found


def _statements(
    query: Query, span: dict[str, Any], *, backwards: bool
) -> list[tuple[str, dict[str, Any]]]:
    """What to ask for a query: all items of one tag or only types at once, each other by itself."""
    way = int(backwards)
    if any(not item.tags and not item.types for item in query.items):
        return [(ALL[way], span)]
    tags = [item.tags[0] for item in query.items if len(item.tags) == 1 and not item.types]
    tags += [f"type:{t}" for item in query.items if not item.tags for t in item.types]
    found: list[tuple[str, dict[str, Any]]] = []
    if len(tags) == 1:
        found.append((ONE_TAG[way], {"tag": tags[0], **span}))
    elif tags:
        found.append((TAGGED[way], {"tags": tags, **span}))
    for item in query.items:
        if len(item.tags) > 1 or (item.tags and item.types):
            rest = list(set(item.tags) - {item.tags[0]})
            own = {"tag": item.tags[0], "rest": rest, "types": list(item.types)}
            found.append((ITEM[way], {**own, **span}))
    return found


def _recorded(rows: Sequence[TupleRow]) -> list[Recorded]:
    return list(_each(rows))


def _each(rows: Sequence[TupleRow]) -> Iterator[Recorded]:
    return (recorded(leaf, payload) for _, leaf, payload in rows)
