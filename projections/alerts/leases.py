"""Messages under way: who holds one, and what came of each attempt.

A lease says until when one worker holds a message, its fence which worker: a verdict is recorded
only under the fence of the lease. A circuit says until when an endpoint is left alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from projections.alerts.backoff import Step, pause_s
from projections.alerts.channel import Verdict
from projections.alerts.message import Claim, Note, loaded
from projections.alerts.outbox import LOCK
from tracker.domain.ids import derived
from tracker.domain.values import storable
from tracker.log.database import Connection, Database

# After its pause an endpoint is tried with one message, and with the others once that arrived.
CLAIM = """
with due as (
    select m.id, m.channel, m.next_at, c.open_until from alert.message m
    left join alert.circuit c on c.channel = m.channel
    where m.status = 'owed' and m.next_at <= %(now)s
      and (m.leased_until is null or m.leased_until <= %(now)s)
      and (c.open_until is null or c.open_until <= %(now)s)
    order by m.next_at limit %(most)s
    for update of m skip locked
), first as (
    select distinct on (channel, case when open_until is null then id end) id, channel, open_until
    from due order by channel, case when open_until is null then id end, next_at
), probing as (
    update alert.circuit c set open_until = %(until)s
    from first where c.channel = first.channel and first.open_until is not null
), claimed as (
    update alert.message m
    set fence = m.fence + 1, leased_until = %(until)s, sent_at = coalesce(m.sent_at, %(now)s)
    from first where m.id = first.id
    returning m.*
)
select m.id, m.kind, m.subscription, m.channel, m.position, m.note, m.owed_at, m.sent_at,
       (select coalesce(jsonb_agg(jsonb_build_object(
               'id', o.id, 'event', o.event, 'position', o.position, 'kind', o.kind,
               'matched', o.matched, 'refers', o.refers) order by o.position, o.id), '[]')
        from alert.owed o where o.message = m.id),
       m.attempts, m.number, m.fence, m.begun, m.begun_at, c.kind, c.settings, c.sealed, c.closed
from claimed m left join app.channel c on c.id = m.channel::uuid
"""
# The fence alone decides: what was cancelled meanwhile and did arrive is recorded as delivered, and
# what did not arrive stays cancelled.
RECORD = """
with recorded as (
    update alert.message
    set status = case when status = 'cancelled' then status else %(status)s end,
        attempts = attempts + 1, next_at = coalesce(%(next_at)s, next_at), leased_until = null
    where id = %(id)s and fence = %(fence)s and leased_until is not null
    returning id, attempts, status
), attempt as (
    insert into alert.attempt
        (message, number, channel, attempted_at, status, latency_ms, response_sha256, error)
    select id, attempts, %(channel)s, %(now)s, %(answer)s::int, %(latency_ms)s::int,
           %(response_sha256)s::bytea, %(error)s::text
    from recorded
)
select status from recorded
"""
# Many that arrived, in one statement, which says what endpoints had failed before. Whoever changes
# several messages locks them in the order of their ids.
DELIVERED = """
with given as (
    select * from unnest(%(id)s::uuid[], %(fence)s::bigint[], %(channel)s::text[],
        %(answer)s::int[], %(latency_ms)s::int[], %(response_sha256)s::bytea[],
        %(at)s::timestamptz[])
        as given (id, fence, channel, answer, latency_ms, response_sha256, at)
), locked as materialized (
    select id from alert.message where id = any (%(id)s::uuid[]) order by id for update
), recorded as (
    update alert.message m
    set status = 'delivered', attempts = m.attempts + 1, leased_until = null,
        delivered_at = given.at
    from given join locked using (id)
    where m.id = given.id and m.fence = given.fence and m.leased_until is not null
    returning m.id, m.attempts, given.channel, given.answer, given.latency_ms,
        given.response_sha256, given.at
), attempt as (
    insert into alert.attempt
        (message, number, channel, attempted_at, status, latency_ms, response_sha256)
    select id, attempts, channel, at, answer, latency_ms, response_sha256 from recorded
)
select recorded.id, c.channel, c.open_until is not null
from recorded left join alert.circuit c on c.channel = recorded.channel
"""
# What fails touches other messages of its channel, so it is recorded one after the other.
ALONE = "select pg_advisory_xact_lock(7306, hashtext(%(channel)s))"
FAILED = """
insert into alert.circuit as c (channel, failures) values (%(channel)s, 1)
on conflict (channel) do update set failures = c.failures + 1
returning failures
"""
OPEN = """
update alert.circuit set open_until = greatest(open_until, %(until)s) where channel = %(channel)s
"""
# What is due later, or was never tried, waits with the rest; it costs no attempt.
PUT_OFF = """
update alert.message set next_at = %(until)s
where id in (
    select id from alert.message
    where channel = %(channel)s and status = 'owed' and next_at < %(until)s
      and (leased_until is null or leased_until <= %(now)s)
    for update skip locked)
"""
WORKS = "delete from alert.circuit where channel = %(channel)s"
BRING_FORWARD = """
update alert.message set next_at = greatest(due_at, %(now)s)
where id in (
    select id from alert.message
    where channel = %(channel)s and status = 'owed' and next_at > %(now)s and leased_until is null
    for update skip locked)
"""
CLOSE = "update app.channel set closed = %(reason)s where id = %(channel)s and closed is null"
FALLBACK = """
select f.id::text from app.channel c join app.channel f on f.id = c.fallback
where c.id = %(channel)s and f.closed is null
"""
# The owner hears of it where they can still be reached.
ELSEWHERE = """
select other.id::text, c.kind from app.channel c left join app.channel other
    on other.owner = c.owner and other.id <> c.id and other.closed is null
where c.id = %(channel)s
order by (other.id = c.fallback) desc nulls last, other.created_at limit 1
"""
# With its id, its bytes and its attempts; only the schedule begins anew.
MOVE = """
update alert.message
set channel = %(to)s, status = 'owed', begun = attempts, begun_at = %(now)s,
    next_at = greatest(due_at, %(now)s)
where id in (
    select id from alert.message
    where channel = %(channel)s and status = any (%(statuses)s)
      and (%(id)s::uuid is null or id = %(id)s)
    order by id for update)
"""
CANCEL = """
update alert.message set status = 'cancelled'
where id in (
    select id from alert.message where channel = %(channel)s and status = 'owed'
    order by id for update)
"""
TELL = """
insert into alert.message
    (id, kind, subscription, channel, position, note, owed_at, due_at, next_at, begun_at)
select %(id)s, 'notice', null, %(to)s, position, %(note)s::jsonb, %(now)s, %(now)s, %(now)s, %(now)s
from alert.cursor where name = 'matcher' for update
on conflict do nothing
"""
REPLAY = """
update alert.message
set status = 'owed', begun = attempts, begun_at = %(now)s, next_at = %(now)s
where status = 'dead' and position > %(after)s and position <= %(until)s
  and (%(channel)s::text is null or channel = %(channel)s)
  and (%(subscriptions)s::text[] is null or subscription = any (%(subscriptions)s))
"""


class Leases:
    """Claims what is due and records what came of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, most: int, now: datetime, lease_s: float) -> list[Claim]:
        """Take on messages that are due; nobody else gets them while the lease lasts."""
        until = now + timedelta(seconds=lease_s)
        rows = await self._database.fetch(CLAIM, {"now": now, "until": until, "most": most})
        return [loaded(Claim, row) for row in rows]

    async def record(self, claim: Claim, verdict: Verdict, step: Step, now: datetime) -> bool:
        """Record an attempt and what becomes of the message; false where the fence is stale."""
        if verdict.outcome == "delivered":
            return claim.id in await self.record_delivered([(claim, verdict, now)])
        row = {
            "id": claim.id,
            "fence": claim.fence,
            "channel": claim.channel,
            # What is gone goes on through the fallback, or is cancelled with the rest.
            "status": "owed" if verdict.outcome == "gone" else step.status,
            "next_at": step.next_at,
            "now": now,
            "answer": verdict.status,
            "latency_ms": verdict.latency_ms,
            "response_sha256": verdict.response_sha256,
            # It may hold whatever a receiver answered.
            "error": verdict.error and storable(verdict.error),
        }
        async with self._database.transaction() as connection:
            if verdict.outcome in ("failed", "gone"):
                await connection.execute(ALONE, row)
            if verdict.outcome == "gone":
                # The matcher locks the cursor first and messages afterwards.
                await connection.execute(LOCK)
            found = await (await connection.execute(RECORD, row)).fetchone()
            if found is None:
                return False
            status = found[0]
            at = {"channel": claim.channel, "now": now}
            if verdict.outcome == "failed":
                await _failed(connection, at, verdict)
            elif verdict.outcome == "gone":
                await _gone(connection, at, verdict.error or "gone")
            if status == "dead":
                await _move(connection, at, ["dead"], claim.id)
        return True

    async def record_delivered(
        self, arrived: Sequence[tuple[Claim, Verdict, datetime]]
    ) -> set[UUID]:
        """Record many messages that arrived; those of them whose fence held."""
        rows = {
            "id": [claim.id for claim, _, _ in arrived],
            "fence": [claim.fence for claim, _, _ in arrived],
            "channel": [claim.channel for claim, _, _ in arrived],
            "answer": [verdict.status for _, verdict, _ in arrived],
            "latency_ms": [verdict.latency_ms for _, verdict, _ in arrived],
            "response_sha256": [verdict.response_sha256 for _, verdict, _ in arrived],
            "at": [at for _, _, at in arrived],
        }
        async with self._database.transaction() as connection:
            found = await (await connection.execute(DELIVERED, rows)).fetchall()
            failed = {channel: opened for _, channel, opened in found if channel}
            for channel in sorted(failed):
                at = {"channel": channel, "now": arrived[-1][2]}
                await _works(connection, at, opened=failed[channel])
        return {row[0] for row in found}

    async def replay(
        self,
        *,
        after: int,
        until: int,
        now: datetime,
        channel: str | None = None,
        subscriptions: Sequence[str] | None = None,
    ) -> int:
        """Owe anew what was given up with after < position <= until; how many messages that is."""
        asked = {"after": after, "until": until, "now": now, "channel": channel}
        named = None if subscriptions is None else list(subscriptions)
        return await self._database.run(REPLAY, {**asked, "subscriptions": named})


async def _works(connection: Connection, at: dict[str, Any], *, opened: bool) -> None:
    """The endpoint answers again: what waited for it need not wait longer."""
    await connection.execute(WORKS, at)
    if opened:
        await connection.execute(BRING_FORWARD, at)


async def _failed(connection: Connection, at: dict[str, Any], verdict: Verdict) -> None:
    row = await (await connection.execute(FAILED, at)).fetchone()
    pause = pause_s(row[0] if row else 1, verdict.retry_after_s)
    if pause is not None:
        until = at["now"] + timedelta(seconds=pause)
        await connection.execute(OPEN, {**at, "until": until})
        await connection.execute(PUT_OFF, {**at, "until": until})


async def _gone(connection: Connection, at: dict[str, Any], reason: str) -> None:
    """Close the channel, tell its owner elsewhere, and send what is owed through the fallback."""
    reason = storable(reason)
    closed = await connection.execute(CLOSE, {**at, "reason": reason})
    elsewhere = await (await connection.execute(ELSEWHERE, at)).fetchone()
    if closed.rowcount and elsewhere and elsewhere[0]:
        to, kind = elsewhere
        note = Note(
            f"A {kind} channel was closed",
            (f"Nothing more is sent through the channel {at['channel']} ({kind}): {reason}.",),
        )
        told = {"id": derived("closed", at["channel"]), "to": to, "now": at["now"]}
        await connection.execute(TELL, {**told, "note": msgspec.json.encode(note).decode()})
    await _move(connection, at, ["owed"])
    await connection.execute(CANCEL, at)


async def _move(
    connection: Connection,
    at: dict[str, Any],
    statuses: Sequence[str],
    message: UUID | None = None,
) -> None:
    """Have messages go on through the fallback of their channel, where it has one."""
    found = await (await connection.execute(FALLBACK, at)).fetchone()
    if found:
        moving = {"to": found[0], "statuses": list(statuses), "id": message}
        await connection.execute(MOVE, {**at, **moving})
