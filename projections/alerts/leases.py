"""Messages under way: who holds one, and what came of each attempt.

A lease says until when one worker holds a message, its fence which worker: a verdict is recorded
only under the fence of the lease.
"""

from datetime import datetime, timedelta

import msgspec

from projections.alerts.backoff import Step
from projections.alerts.channel import Verdict
from projections.alerts.message import Claim, loaded
from tracker.domain.values import storable
from tracker.log.database import Database

CLAIM = """
with due as (
    select id from alert.message
    where status = 'owed' and next_at <= %(now)s
      and (leased_until is null or leased_until <= %(now)s)
    order by next_at limit %(most)s
    for update skip locked
), claimed as (
    update alert.message m
    set fence = m.fence + 1, leased_until = %(until)s, sent_at = coalesce(m.sent_at, %(now)s)
    from due where m.id = due.id
    returning m.*
)
select m.id, m.kind, m.subscription, m.channel, m.position, m.note, m.owed_at, m.sent_at,
       (select coalesce(jsonb_agg(jsonb_build_object(
               'id', o.id, 'event', o.event, 'position', o.position, 'kind', o.kind,
               'matched', o.matched, 'refers', o.refers) order by o.position, o.id), '[]')
        from alert.owed o where o.message = m.id),
       m.attempts, m.fence, c.kind, c.settings, c.closed
from claimed m left join app.channel c on c.id = m.channel::uuid
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
    (message, number, channel, attempted_at, status, latency_ms, response_sha256, error)
values (%(message)s, %(number)s, %(channel)s, %(attempted_at)s, %(status)s, %(latency_ms)s,
        %(response_sha256)s, %(error)s)
"""
CLOSE = "update app.channel set closed = %(reason)s where id = %(channel)s and closed is null"
CANCEL = (
    "update alert.message set status = 'cancelled' where channel = %(channel)s and status = 'owed'"
)


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
                    "channel": claim.channel,
                    "attempted_at": now,
                },
            )
            if verdict.outcome == "gone":
                closing = {"channel": claim.channel, "reason": storable(verdict.error or "gone")}
                await connection.execute(CLOSE, closing)
                await connection.execute(CANCEL, closing)
        return True
