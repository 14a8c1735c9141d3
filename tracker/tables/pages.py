"""Which web pages are visited when, and how that went; the rows outlive every process.

A visit takes the host as a poll does (`tables/schedule.py`): one request at a time at each.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from tracker.clock import STEP, Clock, Comparing
from tracker.domain.values import storable
from tracker.log.database import Database

HOST = """
insert into app.feed_host (host, free_at) select unnest(%(hosts)s::text[]), %(now)s
on conflict do nothing
"""
WANT = """
insert into app.page as p (document, host, next_at) values (%(document)s, %(host)s, %(now)s)
on conflict (document) do update
    set host = excluded.host, next_at = excluded.next_at, failures = 0, fence = p.fence + 1,
        etag = null, last_modified = null
"""
CITE = """
insert into app.page as p (document, host, next_at, cited_at)
select * from unnest(%(documents)s::text[], %(hosts)s::text[], %(next)s::timestamptz[],
                     %(cited)s::timestamptz[])
on conflict (document) do update
    set next_at = case when excluded.cited_at > coalesce(p.cited_at, '-infinity')
                       then least(p.next_at, excluded.next_at) else p.next_at end,
        cited_at = greatest(p.cited_at, excluded.cited_at)
"""
FORGET = "delete from app.page where document = any (%(documents)s)"
# The longest overdue first, one of each host, whose row is the lock.
CLAIM = """
with due as materialized (
    select p.document, p.host, p.next_at
    from app.page p join app.feed_host h on h.host = p.host
    where p.next_at <= %(now)s and (p.leased_until is null or p.leased_until <= %(now)s)
      and h.free_at <= %(now)s
    order by p.next_at limit %(window)s),
first as (
    select distinct on (host) document, host, next_at from due order by host, next_at, document),
free as (
    select f.document, f.host
    from (select * from first order by next_at limit %(limit)s) as f
    join app.feed_host h on h.host = f.host
    where h.free_at <= %(now)s for update of h skip locked),
taken as (
    update app.page p set fence = p.fence + 1, leased_until = %(now)s + %(lease)s
    from free
    where p.document = free.document and p.next_at <= %(now)s
      and (p.leased_until is null or p.leased_until <= %(now)s)
    returning p.document, p.host, p.fence, p.failures, p.cited_at, p.etag, p.last_modified),
held as (
    update app.feed_host h set free_at = %(now)s + %(lease)s from taken where h.host = taken.host)
select document, fence, failures, cited_at, etag, last_modified from taken
"""
# As in `tables/schedule.py`: what was set while the clock was ahead.
SET_BACK = """
with ahead as (
    update app.page
    set next_at = least(next_at, %(now)s), visited_at = least(visited_at, %(now)s),
        leased_until = least(leased_until, %(now)s + %(lease)s)
    where visited_at > %(now)s + %(step)s or leased_until > %(now)s + %(lease)s + %(step)s
    returning host)
update app.feed_host h set free_at = least(h.free_at, %(now)s) from ahead where h.host = ahead.host
"""
FINISH = """
with finished as (
    update app.page
    set leased_until = null, outcome = %(outcome)s, message = %(message)s,
        next_at = case when cited_at is distinct from %(cited_at)s
                       then least(%(next_at)s, %(next_if_cited)s) else %(next_at)s end,
        visited_at = %(now)s, failures = %(failures)s, etag = %(etag)s,
        last_modified = %(last_modified)s
    where document = %(document)s and fence = %(fence)s returning host)
update app.feed_host h
set free_at = %(now)s + %(host_wait)s, requests = requests + %(requests)s,
    bytes = bytes + %(wire_bytes)s
from finished where h.host = finished.host
"""
STATE = """
select document, next_at, outcome, message, visited_at, failures
from app.page where document = %(document)s
"""
CITED = """
insert into app.citation (document, event)
select * from unnest(%(documents)s::text[], %(events)s::uuid[]) on conflict do nothing
"""
CITING = "select event from app.citation where document = %(document)s order by event"
UNCITED = "delete from app.citation where document = any (%(documents)s)"
THROUGH = "select position from app.citations_through"
ADVANCE = """
insert into app.citations_through as t (position) values (%(position)s)
on conflict (only_row) do update set position = greatest(t.position, excluded.position)
"""
# Pages of a host that is not free are passed over, so more are looked at than are wanted.
_WINDOW = 8


class Visit(msgspec.Struct, frozen=True):
    """The right to visit a page once; the fence shows whether it is still the latest."""

    document: str
    fence: int
    failures: int
    cited_at: datetime | None
    etag: str | None
    last_modified: str | None


class VisitOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a visit went, when the next is due (None: never), and what it cost the host."""

    outcome: str
    message: str
    next_at: datetime | None
    next_if_cited: datetime | None
    """When it is due at the latest where its document was cited during the visit."""
    failures: int = 0
    etag: str | None = None
    last_modified: str | None = None
    host_wait: timedelta = timedelta()
    """For how long nobody asks the host again."""
    requests: int = 0
    wire_bytes: int = 0


class PageState(msgspec.Struct, frozen=True):
    """How the page of a document stands, for people."""

    document: str
    next_at: datetime | None
    outcome: str | None
    message: str | None
    visited_at: datetime | None
    failures: int


class Cited(msgspec.Struct, frozen=True):
    """That a document with a page was cited, and when the page is to be looked at again."""

    document: str
    host: str
    cited_at: datetime
    next_at: datetime | None


class Pages:
    """Which pages are due, and who cites their documents; any number of processes may ask."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._comparing = Comparing()

    async def want(self, document: str, host: str) -> None:
        """Have the page of a document visited at once."""
        now = self._clock()
        await self._database.run(HOST, {"hosts": [host], "now": now})
        await self._database.run(WANT, {"document": document, "host": host, "now": now})

    async def cite(self, cited: list[Cited]) -> None:
        """Have pages visited again because facts cite their documents."""
        if not cited:
            return
        hosts = sorted({one.host for one in cited})
        await self._database.run(HOST, {"hosts": hosts, "now": self._clock()})
        # One row of each document, as a statement may write no row twice.
        latest = {one.document: one for one in sorted(cited, key=lambda one: one.cited_at)}
        rows = list(latest.values())
        columns = {
            "documents": [one.document for one in rows],
            "hosts": [one.host for one in rows],
            "next": [one.next_at for one in rows],
            "cited": [one.cited_at for one in rows],
        }
        await self._database.run(CITE, columns)

    async def forget(self, documents: list[str]) -> None:
        """Visit the pages of documents no more, and forget who cites them."""
        if documents:
            await self._database.run(FORGET, {"documents": documents})
            await self._database.run(UNCITED, {"documents": documents})

    async def claim(self, limit: int, lease: timedelta) -> list[Visit]:
        """Visits that are due and that nobody makes, at hosts that nobody asks."""
        now = self._clock()
        ahead = {"now": now, "lease": lease, "step": STEP}
        await self._comparing.compare(now, lambda: self._database.run(SET_BACK, ahead))
        params = {"now": now, "lease": lease, "limit": limit, "window": limit * _WINDOW}
        return [Visit(*row) for row in await self._database.fetch(CLAIM, params)]

    async def finish(self, visit: Visit, outcome: VisitOutcome) -> bool:
        """Note how a visit went; False where somebody else has made one since."""
        # The message may hold whatever a server answered.
        fields = {**msgspec.structs.asdict(outcome), "message": storable(outcome.message)}
        key = {"document": visit.document, "fence": visit.fence, "cited_at": visit.cited_at}
        return bool(await self._database.run(FINISH, {**fields, **key, "now": self._clock()}))

    async def state(self, document: str) -> PageState | None:
        """How the page of a document stands; None where it is not visited."""
        rows = await self._database.fetch(STATE, {"document": document})
        return PageState(*rows[0]) if rows else None

    async def note(self, citing: Mapping[str, list[str]]) -> None:
        """Event → the documents that it cites."""
        pairs = [(document, event) for event, cited in citing.items() for document in cited]
        if pairs:
            documents, events = zip(*pairs, strict=True)
            await self._database.run(CITED, {"documents": list(documents), "events": list(events)})

    async def citing(self, document: str) -> list[str]:
        """The events that cite a document."""
        rows = await self._database.fetch(CITING, {"document": document})
        return [str(event) for (event,) in rows]

    async def through(self) -> int:
        """Up to which position the log has been read for citations."""
        rows = await self._database.fetch(THROUGH)
        return rows[0][0] if rows else 0

    async def advance(self, position: int) -> None:
        """Go on from there next time; never backwards, whoever else has read meanwhile."""
        await self._database.run(ADVANCE, {"position": position})
