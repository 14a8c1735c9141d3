"""Messages under way: who holds one, and what came of each attempt.

A lease says until when one worker holds a message, its fence which worker: a verdict is recorded
only under the fence of the lease. A circuit says until when an endpoint is left alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from projections.alerts.backoff import Step
from projections.alerts.channel import Verdict
from projections.alerts.endpoints import failed, gone, move, works
from projections.alerts.locking import locked
from projections.alerts.message import Claim, loaded
from projections.alerts.stepping import Steps
from tracker.domain.values import storable
from tracker.log.database import Database

# After its pause an endpoint is tried with one message, and with the others once that arrived; of
# two workers that would try it, the one that moved its pause does.
CLAIM = """
with due as (
    select m.id, m.channel, m.next_at, c.open_until from alert.message m
    left join alert.circuit c on c.channel = m.channel
    left join app.channel k on k.id = m.channel::uuid
    where m.status = 'owed' and m.next_at <= %(now)s
      and coalesce(k.kind = any (%(kinds)s::text[]), false) = %(among)s
      and (m.leased_until is null or m.leased_until <= %(now)s)
      and (c.open_until is null or c.open_until <= %(now)s)
    order by m.next_at limit %(most)s
    for update of m skip locked
), first as (
    select distinct on (channel, case when open_until is null then id end) id, channel, open_until
    from due order by channel, case when open_until is null then id end, next_at
), probing as (
    update alert.circuit c set open_until = %(until)s
    from first where c.channel = first.channel and c.open_until = first.open_until
    returning c.channel
), claimed as (
    update alert.message m
    set fence = m.fence + 1, leased_until = %(until)s, sent_at = coalesce(m.sent_at, %(now)s)
    from first where m.id = first.id
        and (first.open_until is null or first.channel in (select channel from probing))
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
select recorded.status, was.leased_until from recorded join alert.message was using (id)
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
        self._steps = Steps(database)

    async def claim(
        self,
        most: int,
        now: datetime,
        lease_s: float,
        *,
        kinds: Sequence[str] = (),
        among: bool = False,
    ) -> list[Claim]:
        """Take on messages that are due; nobody else gets them while the lease lasts.

        Those of some kinds of channels only where `among`, else those of all others.
        """
        lease = timedelta(seconds=lease_s)
        await self._steps.compare(now, lease)
        until = now + lease
        asked = {"now": now, "until": until, "most": most, "kinds": list(kinds), "among": among}
        rows = await self._database.fetch(CLAIM, asked)
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
                await locked(connection)
            found = await (await connection.execute(RECORD, row)).fetchone()
            if found is None:
                return False
            status, leased_until = found
            at = {"channel": claim.channel, "now": now}
            if verdict.outcome == "failed":
                await failed(connection, at, leased_until, verdict)
            elif verdict.outcome == "gone":
                await gone(connection, at, verdict.error or "gone")
            if status == "dead":
                await move(connection, at, ["dead"], claim.id)
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
            known = {channel: opened for _, channel, opened in found if channel}
            for channel in sorted(known):
                at = {"channel": channel, "now": arrived[-1][2]}
                await works(connection, at, opened=known[channel])
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
