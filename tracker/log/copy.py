"""Bulk append through COPY, under the same lock as every other append, a chunk a transaction."""

import asyncio
from collections.abc import Iterator
from uuid import UUID

import msgspec
from psycopg import errors

from tracker.domain.errors import Conflict, OtherContent, Unavailable
from tracker.log.database import Connection, Database
from tracker.log.packing import HEADER, TRAILER, Chunk, Stamp

# Under any stricter isolation the head would be read from a snapshot older than the lock.
ISOLATE = "set transaction isolation level read committed"
LOCK = "select pg_advisory_xact_lock(7305, 1)"
# A statement of its own after the lock, so that it sees what the last holder committed.
HEAD = """
with last as (select position, recorded_at from log.event order by position desc limit 1),
     stamp as materialized (
         select greatest(clock_timestamp(), (select recorded_at from last)) as moment)
select coalesce((select position from last), 0),
       to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       (extract(epoch from moment) * 1000000)::bigint - 946684800000000
from stamp
"""
EVENTS = """
copy log.event (position, id, type, recorded_at, leaf, leaf_hash) from stdin (format binary)
"""
PAYLOADS = "copy log.payload (position, salt, payload) from stdin (format binary)"
TAGS = "copy log.event_tag (tag, position, type) from stdin (format binary)"
GROW = "select log.grow_tree(%(head)s)"
NOTIFY = "select pg_notify('tracker_log', %(head)s::text)"
STORED = """
select e.id, e.position,
       substring(e.leaf from length(e.leaf) - length(new.tail) + 1) = new.tail
       and (p.payload is null or p.payload = new.payload)
from unnest(%(id)b::uuid[], %(tail)b::bytea[], %(payload)b::bytea[]) as new (id, tail, payload)
join log.event e on e.id = new.id
left join log.payload p on p.position = e.position
"""
_ATTEMPTS = 5


class Copied(msgspec.Struct, frozen=True):
    """What a chunk led to; `position` is the highest of its events, stored now or before."""

    appended: int
    repeated: int
    position: int


class Copier:
    """The door for history: events by the thousand, in the order given, without conditions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Most chunks are wholly new or wholly known: what the last one was, the next one will be.
        self._look_first = True

    async def append(self, chunk: Chunk) -> Copied:
        """Append what the log does not hold yet of a chunk, all of it or nothing.

        Raises OtherContent where the log holds another event under an id, naming its place;
        Unavailable where the database stays away.
        """
        for attempt in range(_ATTEMPTS):
            try:
                return await self._append(chunk, look=self._look_first or attempt > 0)
            except Unavailable:
                if attempt == _ATTEMPTS - 1:
                    raise
                await asyncio.sleep(0.1 * 2**attempt)
            except errors.UniqueViolation:
                continue  # an id is there already, or somebody was faster
        raise Conflict("others keep writing the same events; try again")

    async def _append(self, chunk: Chunk, *, look: bool) -> Copied:
        stored = await self._stored(chunk) if look else {}
        self._look_first = bool(stored)
        fresh = chunk.without(stored) if stored else chunk
        last = max(stored.values(), default=0)
        if fresh.events:
            last = await self._copy(fresh)
        return Copied(len(fresh.events), fresh.repeated, last)

    async def _stored(self, chunk: Chunk) -> dict[UUID, int]:
        """The positions of the events that the log holds; OtherContent where one differs."""
        sent = {
            "id": [event.id for event in chunk.events],
            "tail": [event.tail for event in chunk.events],
            "payload": [event.payload for event in chunk.events],
        }
        rows = await self._database.fetch(STORED, sent)
        places = dict(zip(sent["id"], chunk.places, strict=True))
        for event_id, position, same in rows:
            if not same:
                raise OtherContent(
                    f"{places[event_id]}: id: {event_id} is in the log with other content,"
                    f" at position {position}",
                    field="id",
                )
        return {event_id: position for event_id, position, _ in rows}

    async def _copy(self, chunk: Chunk) -> int:
        async with self._database.transaction() as connection:
            await connection.execute(ISOLATE)
            await connection.execute(LOCK)
            rows = await (await connection.execute(HEAD)).fetchall()
            head, text, microseconds = rows[0]
            stamp = Stamp(head, text.encode(), microseconds)
            await _send(connection, EVENTS, chunk.event_rows(stamp))
            await _send(connection, PAYLOADS, chunk.payload_rows(head))
            await _send(connection, TAGS, chunk.tag_rows(head))
            after = head + len(chunk.events)
            await connection.execute(GROW, {"head": after})
            await connection.execute(NOTIFY, {"head": after})
        return after


async def _send(connection: Connection, statement: str, blocks: Iterator[bytes]) -> None:
    async with connection.cursor().copy(statement.encode()) as copy:
        await copy.write(HEADER)
        for block in blocks:
            await copy.write(block)
        await copy.write(TRAILER)
