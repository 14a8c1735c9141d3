"""What is held back and why: looked up, let go when its time has come, acknowledged.

owed ─ held until ─ release ─→ one message a subscription: the alert itself, or a digest
"""

from collections.abc import Container, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

import msgspec

from projections.alerts.locking import locked
from projections.alerts.message import Kind, Note, Plan, loaded
from projections.alerts.outbox import planned
from projections.alerts.pacing import Recent, hour_of
from projections.alerts.reasons import UNDONE, Earlier, Matched
from tracker.domain.errors import Forbidden, NotFound
from tracker.domain.ids import derived
from tracker.log.database import Database

_MOST = 1000
_REMEMBERED = timedelta(days=7)

EARLIER = """
select id, subscription, about, message is null from alert.owed
where about = any (%(about)s::uuid[]) and dropped is null order by position, id
"""
# What waits for an undo alone counts as told: the wait is over in half a minute.
RECENT = """
select subscription, count(*) filter (where owed_at >= %(hour)s), max(owed_at) from alert.owed
where subscription = any (%(subscriptions)s) and owed_at > %(since)s
  and (held_until is null or held_because = %(undone)s) and dropped is null
group by subscription
"""
DUE = """
select id, subscription, channel, kind, held_because from alert.owed
where message is null and dropped is null and held_until <= %(now)s
order by subscription, position, id limit %(most)s
"""
HELD = """
select o.id, o.subscription, o.event, o.position, o.kind, o.matched, o.owed_at, o.held_until,
       o.held_because, o.dropped, o.message, o.acknowledged_at
from alert.owed o
where (o.held_until is not null or o.dropped is not null)
  and (%(subscriptions)s::text[] is null or o.subscription = any (%(subscriptions)s))
  and (%(before)s::bigint is null or (o.position, o.id) < (%(before)s, %(id)s))
order by o.position desc, o.id desc limit %(limit)s
"""
TOLD_TO = "select distinct subscription from alert.owed where id = %(id)s or message = %(id)s"
ACKNOWLEDGE = """
update alert.owed set acknowledged_at = coalesce(acknowledged_at, %(now)s),
                      acknowledged_by = coalesce(acknowledged_by, %(by)s)
where id = %(id)s or message = %(id)s
"""


class HeldBack(msgspec.Struct, frozen=True):
    """An alert that was not sent at once: until when and why, or why never.

    `message` is the one that told it in the end.
    """

    id: UUID
    subscription: str
    event: UUID
    position: int
    kind: str
    matched: Matched
    owed_at: datetime
    held_until: datetime | None
    held_because: str | None
    dropped: str | None
    message: UUID | None
    acknowledged_at: datetime | None


class _Due(msgspec.Struct, frozen=True):
    """An alert whose time has come."""

    id: UUID
    subscription: str
    channel: str
    kind: Kind
    held_because: str


class Holding:
    """The alerts that are held back, in the outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def earlier(self, about: Iterable[UUID]) -> list[Earlier]:
        """The alerts that were owed about facts or drafts, the first one first."""
        rows = await self._database.fetch(EARLIER, {"about": list(about)})
        return [Earlier(*row) for row in rows]

    async def recent(self, subscriptions: Sequence[str], now: datetime) -> dict[str, Recent]:
        """What subscriptions were told at once of late."""
        named = {
            "subscriptions": list(subscriptions),
            "hour": hour_of(now),
            "since": now - _REMEMBERED,
            "undone": UNDONE,
        }
        rows = await self._database.fetch(RECENT, named)
        return {name: Recent(count, latest) for name, count, latest in rows}

    async def release(self, now: datetime) -> int:
        """Make messages of what is due; how many."""
        async with self._database.transaction() as connection:
            position = await locked(connection)
            found = await connection.execute(DUE, {"now": now, "most": _MOST})
            due = [loaded(_Due, row) for row in await found.fetchall()]
            if not due:
                return 0
            plans = [
                _told(list(together), position, now)
                for _, together in groupby(due, key=lambda one: (one.subscription, one.channel))
            ]
            return await planned(connection, plans, now)

    async def held(
        self,
        *,
        subscriptions: Sequence[str] | None = None,
        before: tuple[int, UUID] | None = None,
        limit: int = 100,
    ) -> list[HeldBack]:
        """What was held back or never sent, the latest first; `before` is the page's last one."""
        position, last = before or (None, None)
        named = {
            "subscriptions": None if subscriptions is None else list(subscriptions),
            "before": position,
            "id": last,
            "limit": limit,
        }
        return [loaded(HeldBack, row) for row in await self._database.fetch(HELD, named)]

    async def acknowledge(
        self, alert: UUID, by: str, now: datetime, own: Container[str] | None = None
    ) -> None:
        """Note who has seen an alert, or all of a message; the first who says so counts.

        Raises NotFound where there is none, Forbidden where it is of another subscription than
        the `own` ones.
        """
        told = await self._database.fetch(TOLD_TO, {"id": alert})
        if not told:
            raise NotFound(f"alert: there is no alert {alert}", field="alert")
        if own is not None and not all(name in own for (name,) in told):
            raise Forbidden(
                "alert: only whose subscription it is, or an admin, can say that it was seen",
                field="alert",
            )
        await self._database.run(ACKNOWLEDGE, {"id": alert, "by": by, "now": now})


def _told(together: Sequence[_Due], position: int, now: datetime) -> Plan:
    """One alert as itself, several as a digest that says why they come together."""
    first = together[0]
    several = len(together) > 1
    reasons = dict.fromkeys(one.held_because for one in together)
    note = Note(f"{len(together)} alerts", tuple(f"Held back: {why}." for why in reasons))
    members = tuple(one.id for one in together)
    return Plan(
        id=derived("digest", *map(str, members)) if several else first.id,
        kind="digest" if several else first.kind,
        subscription=first.subscription,
        channel=first.channel,
        position=position,
        due_at=now,
        members=members,
        note=note if several else None,
    )
