"""The outbox: what is owed, who holds it, and every attempt to deliver it.

A message holds ids only; its text is composed when it is sent. A lease says until when one worker
holds a message, its fence which worker: a verdict is recorded only under the fence of the lease.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from psycopg.rows import TupleRow

from projections.alerts.backoff import Step
from projections.alerts.channel import Verdict
from projections.alerts.match import Matched, Owed
from tracker.domain.errors import Conflict, Unavailable
from tracker.domain.values import storable
from tracker.log.database import Database

S = TypeVar("S", bound=msgspec.Struct)

BEGIN = "insert into alert.cursor (name, position) values ('matcher', 0) on conflict do nothing"
CURSOR = "select position from alert.cursor where name = 'matcher'"
ADVANCE = """
update alert.cursor set position = %(to)s where name = 'matcher' and position = %(from)s
"""
OWE = """
insert into alert.message
    (id, subscription, event, position, matched, channel, owed_at, next_at)
select new.id, new.subscription, new.event, new.position, new.matched::jsonb, new.channel,
       %(now)s, %(now)s
from unnest(%(id)s::uuid[], %(subscription)s::text[], %(event)s::uuid[], %(position)s::bigint[],
            %(matched)s::text[], %(channel)s::text[])
         as new (id, subscription, event, position, matched, channel)
on conflict do nothing
"""
FORGET = """
update alert.message set status = 'cancelled'
where subscription = any (%(subscriptions)s) and status = 'owed'
"""
# What was delivered stays delivered; what it said is the receiver's.
ERASE = """
update alert.message
set matched = '{"reasons":[]}', status = case when status = 'owed' then 'cancelled' else status end
where event = any (%(events)s::uuid[])
"""
CLAIM = """
with due as (
    select id from alert.message
    where status = 'owed' and next_at <= %(now)s
      and (leased_until is null or leased_until <= %(now)s)
    order by next_at limit %(most)s
    for update skip locked
), claimed as (
    update alert.message m set fence = m.fence + 1, leased_until = %(until)s
    from due where m.id = due.id
    returning m.id, m.subscription, m.event, m.position, m.matched, m.channel, m.attempts, m.fence
)
select claimed.*, c.kind, c.settings, c.closed
from claimed left join app.channel c on c.id = claimed.channel::uuid
"""
# The fence alone decides: what was cancelled meanwhile and did arrive is recorded as delivered, and
# what did not arrive stays cancelled.
RECORD = """
update alert.message
set status = case when status = 'cancelled' and %(status)s <> 'delivered' then status
                  else %(status)s end, attempts = attempts + 1, next_at = coalesce(%(next_at)s, next_at),
    leased_until = null,
    delivered_at = case when %(status)s = 'delivered' then %(now)s::timestamptz end
where id = %(id)s and fence = %(fence)s and leased_until is not null
returning attempts
"""
ATTEMPT = """
insert into alert.attempt
    (message, number, attempted_at, status, latency_ms, response_sha256, error)
values (%(message)s, %(number)s, %(attempted_at)s, %(status)s, %(latency_ms)s,
        %(response_sha256)s, %(error)s)
"""
CLOSE = "update app.channel set closed = %(reason)s where id = %(channel)s and closed is null"
CANCEL = (
    "update alert.message set status = 'cancelled' where channel = %(channel)s and status = 'owed'"
)
MESSAGES = """
select id, subscription, event, position, matched, channel, owed_at, status, attempts, next_at,
       delivered_at
from alert.message
where (%(id)s::uuid is null or id = %(id)s)
  and (%(subscriptions)s::text[] is null or subscription = any (%(subscriptions)s))
  and (%(status)s::text is null or status = %(status)s)
  and (%(before)s::bigint is null or position < %(before)s)
order by position desc, id limit %(limit)s
"""
ATTEMPTS = """
select message, number, attempted_at, status, latency_ms, encode(response_sha256, 'hex'), error
from alert.attempt where message = any (%(messages)s) order by message, number
"""
_POLL_S = 0.02
COUNTS = "select status, count(*) from alert.message group by status"


class Claim(msgspec.Struct, frozen=True):
    """A message under a lease, with the channel that it goes to (no kind: the channel is gone)."""

    id: UUID
    subscription: str
    event: UUID
    position: int
    matched: Matched
    channel: str
    attempts: int
    fence: int
    kind: str | None
    settings: Any
    closed: str | None


class Message(msgspec.Struct, frozen=True):
    """An alert as the doors list it."""

    id: UUID
    subscription: str
    event: UUID
    position: int
    matched: Matched
    channel: str
    owed_at: datetime
    status: str
    attempts: int
    next_at: datetime
    delivered_at: datetime | None


class Attempt(msgspec.Struct, frozen=True):
    """One attempt to deliver a message."""

    number: int
    attempted_at: datetime
    status: int | None
    latency_ms: int | None
    response_sha256: str | None
    error: str | None


class Outbox:
    """The tables of the schema `alert`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cursor(self) -> int:
        """How far events have been matched; a new log begins at 0."""
        await self._database.run(BEGIN)
        return (await self._database.fetch(CURSOR))[0][0]

    async def erase(self, events: Sequence[str]) -> int:
        """Cancel what is owed about erased events, and forget why; how many messages that were."""
        return await self._database.run(ERASE, {"events": list(events)})

    async def matched(self, position: int, wait_s: float) -> int:
        """Wait until events have been matched up to a position; how far they are then.

        Raises Unavailable where that takes longer than the wait.
        """
        deadline = asyncio.get_running_loop().time() + wait_s
        while True:
            rows = await self._database.fetch(CURSOR)
            at: int = rows[0][0] if rows else 0
            if at >= position:
                return at
            if asyncio.get_running_loop().time() > deadline:
                raise Unavailable(
                    f"alerts are matched up to {at} and not yet to {position}; try again"
                )
            await asyncio.sleep(_POLL_S)

    async def owe(
        self,
        owed: Sequence[Owed],
        closed: Sequence[str],
        *,
        begin: int,
        end: int,
        now: datetime,
        erased: Sequence[str] = (),
    ) -> int:
        """Store what is owed and move the cursor, both or neither; how many messages are new.

        What is still owed to closed subscriptions or about erased events is cancelled. Raises
        Conflict where somebody else moved the cursor.
        """
        rows = {
            "id": [o.id for o in owed],
            "subscription": [o.subscription for o in owed],
            "event": [o.event for o in owed],
            "position": [o.position for o in owed],
            "matched": [msgspec.json.encode(o.matched).decode() for o in owed],
            "channel": [o.channel for o in owed],
        }
        async with self._database.transaction() as connection:
            moved = await connection.execute(ADVANCE, {"from": begin, "to": end})
            if moved.rowcount != 1:
                raise Conflict("another process matches alerts")
            added = (await connection.execute(OWE, {**rows, "now": now})).rowcount if owed else 0
            if closed:
                await connection.execute(FORGET, {"subscriptions": list(closed)})
            if erased:
                await connection.execute(ERASE, {"events": list(erased)})
        return added

    async def claim(self, most: int, now: datetime, lease_s: float) -> list[Claim]:
        """Take on messages that are due; nobody else gets them while the lease lasts."""
        until = now + timedelta(seconds=lease_s)
        rows = await self._database.fetch(CLAIM, {"now": now, "until": until, "most": most})
        return [_loaded(Claim, row) for row in rows]

    async def record(self, claim: Claim, verdict: Verdict, step: Step, now: datetime) -> bool:
        """Record an attempt and what becomes of the message; false where the fence is stale."""
        async with self._database.transaction() as connection:
            found = await connection.execute(
                RECORD,
                {
                    "id": claim.id,
                    "fence": claim.fence,
                    "status": step.status,
                    "next_at": step.next_at,
                    "now": now,
                },
            )
            row = await found.fetchone()
            if row is None:
                return False
            await connection.execute(
                ATTEMPT,
                {
                    **msgspec.structs.asdict(verdict),
                    # It may hold whatever a receiver answered.
                    "error": verdict.error and storable(verdict.error),
                    "message": claim.id,
                    "number": row[0],
                    "attempted_at": now,
                },
            )
            if verdict.outcome == "gone":
                closing = {"channel": claim.channel, "reason": storable(verdict.error or "gone")}
                await connection.execute(CLOSE, closing)
                await connection.execute(CANCEL, closing)
        return True

    async def messages(
        self,
        *,
        id: UUID | None = None,  # noqa: A002  the column's name
        subscriptions: Sequence[str] | None = None,
        status: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Message]:
        """Messages, the latest first; `before` is a position, for the next page."""
        rows = await self._database.fetch(
            MESSAGES,
            {
                "id": id,
                "subscriptions": None if subscriptions is None else list(subscriptions),
                "status": status,
                "before": before,
                "limit": limit,
            },
        )
        return [_loaded(Message, row) for row in rows]

    async def attempts(self, *messages: UUID) -> dict[UUID, list[Attempt]]:
        """Message → every attempt to deliver it, the first one first."""
        found: dict[UUID, list[Attempt]] = {message: [] for message in messages}
        for message, *row in await self._database.fetch(ATTEMPTS, {"messages": list(messages)}):
            found[message].append(Attempt(*row))
        return found

    async def counts(self) -> dict[str, int]:
        """How many messages there are of each status."""
        return dict(await self._database.fetch(COUNTS))


def _loaded(struct: type[S], row: TupleRow) -> S:
    """A row whose columns stand in the order of the struct's fields."""
    return msgspec.convert(dict(zip(struct.__struct_fields__, row, strict=True)), struct)
