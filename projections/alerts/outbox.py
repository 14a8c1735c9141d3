"""The outbox: what is owed, the messages that tell it, and every attempt to deliver them.

A message holds ids only; its text is composed when it is sent, from what it says alone.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from projections.alerts.imported import COUNT, Imported
from projections.alerts.locking import locked
from projections.alerts.match import Owed
from projections.alerts.message import Attempt, Message, Plan, loaded
from projections.alerts.repacing import Waiting, repace
from projections.alerts.shown import ATTEMPTS, LATEST, MESSAGES, TOLD
from tracker.domain.errors import Conflict, Unavailable
from tracker.log.database import Connection, Database

BEGIN = "insert into alert.cursor (name, position) values ('matcher', 0) on conflict do nothing"
CURSOR = "select position from alert.cursor where name = 'matcher'"
ADVANCE = """
update alert.cursor set position = %(to)s where name = 'matcher' and position = %(from)s
"""
MESSAGE = """
insert into alert.message
    (id, kind, subscription, channel, position, note, owed_at, due_at, next_at, begun_at)
select new.id, new.kind, new.subscription, new.channel, new.position, new.note::jsonb,
       %(now)s, new.due_at, new.due_at, new.due_at
from unnest(%(id)s::uuid[], %(kind)s::text[], %(subscription)s::text[], %(channel)s::text[],
            %(position)s::bigint[], %(note)s::text[], %(due_at)s::timestamptz[])
         as new (id, kind, subscription, channel, position, note, due_at)
on conflict do nothing
"""
OWE = """
insert into alert.owed (id, subscription, event, position, kind, matched, refers, about, channel,
                        held_until, held_because, dropped, owed_at)
select new.id, new.subscription, new.event, new.position, new.kind, new.matched::jsonb,
       new.refers::uuid[], new.about, new.channel, new.held_until, new.held_because, new.dropped,
       %(now)s
from unnest(%(id)s::uuid[], %(subscription)s::text[], %(event)s::uuid[], %(position)s::bigint[],
            %(kind)s::text[], %(matched)s::text[], %(refers)s::text[], %(about)s::uuid[],
            %(channel)s::text[], %(held_until)s::timestamptz[], %(held_because)s::text[],
            %(dropped)s::text[])
         as new (id, subscription, event, position, kind, matched, refers, about, channel,
                 held_until, held_because, dropped)
on conflict do nothing
"""
# An alert that is in a message stays there.
HOLD = """
update alert.owed o set message = held.message
from unnest(%(alert)s::uuid[], %(message)s::uuid[]) as held (alert, message)
where o.id = held.alert and o.message is null
"""
# What was given up is cancelled too: nobody may replay it to somebody who has unsubscribed.
FORGET = """
update alert.message set status = 'cancelled'
where id in (
    select id from alert.message
    where subscription = any (%(subscriptions)s) and status in ('owed', 'dead')
    order by id for update)
"""
DROP = """
update alert.owed o set dropped = gone.reason
from unnest(%(alerts)s::uuid[], %(reasons)s::text[]) as gone (id, reason)
where o.id = gone.id and o.message is null
"""
FORGET_HELD = """
update alert.owed set dropped = 'the subscription was closed before it was sent'
where subscription = any (%(subscriptions)s) and message is null and dropped is null
"""
# The channel of before may be forgotten by the time that it is sent.
REDIRECT = """
update alert.owed set channel = %(channel)s
where subscription = %(subscription)s and message is null and dropped is null
"""
# What was delivered stays delivered; what it said is the receiver's.
ERASE = """
update alert.owed
set matched = '{"reasons":[]}',
    dropped = case when message is null and dropped is null
                   then 'its event was erased before it was sent' else dropped end
where event = any (%(events)s::uuid[])
"""
# A digest goes on with what is left in it.
ERASE_MESSAGES = """
update alert.message m set status = 'cancelled'
where status = 'owed'
  and id in (select message from alert.owed where event = any (%(events)s::uuid[]))
  and not exists (select from alert.owed o
                  where o.message = m.id and o.matched -> 'reasons' <> '[]')
"""
FORGET_NOTES = """
update alert.message
set note = '{"subject":"Forgotten","lines":["What was said here rests on what was erased since."]}'
where note -> 'events' ?| %(events)s::text[]
"""
_POLL_S = 0.02
COUNTS = "select status, count(*) from alert.message group by status"


class Outbox:
    """The tables of the schema `alert`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cursor(self) -> int:
        """How far events have been matched; a new log begins at 0."""
        await self._database.run(BEGIN)
        return (await self._database.fetch(CURSOR))[0][0]

    async def erase(self, events: Sequence[str]) -> int:
        """Cancel what is owed about erased events, and forget why; how many alerts that were."""
        async with self._database.transaction() as connection:
            return await _erased(connection, events)

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
        dropped: Mapping[UUID, str] | None = None,
        erased: Sequence[str] = (),
        imported: Imported | None = None,
        channels: Mapping[str, str] | None = None,
        repaced: Sequence[Waiting] = (),
    ) -> int:
        """Store what is owed and move the cursor, both or neither; how many messages are new.

        Each alert is a message of its own, due now, unless it is held or dropped. `dropped` are
        held ones that need not be sent any more, with the reason. What is still owed to closed
        subscriptions or about erased events is cancelled. What is `imported` is counted and not
        owed. What is held goes through the new `channels` of subscriptions, at their new pace.
        Raises Conflict where somebody else moved the cursor, or has sent what was to be dropped.
        """
        added = 0
        async with self._database.transaction() as connection:
            moved = await connection.execute(ADVANCE, {"from": begin, "to": end})
            if moved.rowcount != 1:
                raise Conflict("another process matches alerts")
            if owed:
                await connection.execute(OWE, {**_alerts(owed), "now": now})
            if plans := [alone(one, now) for one in owed if not (one.held_until or one.dropped)]:
                added = await planned(connection, plans, now)
            if dropped:
                gone = {"alerts": list(dropped), "reasons": list(dropped.values())}
                if (await connection.execute(DROP, gone)).rowcount != len(dropped):
                    raise Conflict("what was to be taken back is being sent")
            if repaced:
                await repace(connection, repaced)
            for name, channel in (channels or {}).items():
                await connection.execute(REDIRECT, {"subscription": name, "channel": channel})
            if closed:
                await connection.execute(FORGET, {"subscriptions": list(closed)})
                await connection.execute(FORGET_HELD, {"subscriptions": list(closed)})
            if erased:
                await _erased(connection, erased)
            if imported and (row := imported.row(now)):
                await connection.execute(COUNT, row)
        return added

    async def plan(self, plans: Sequence[Plan], now: datetime) -> int:
        """Make messages of alerts that were held back, or of none; how many are new."""
        async with self._database.transaction() as connection:
            await locked(connection)
            return await planned(connection, plans, now)

    async def messages(
        self,
        *,
        id: UUID | None = None,  # noqa: A002  the column's name
        subscriptions: Sequence[str] | None = None,
        status: str | None = None,
        before: tuple[int, int] | None = None,
        limit: int = 100,
    ) -> list[Message]:
        """Messages, the latest first; `before` is position and number of the page's last one."""
        position, number = before or (None, None)
        rows = await self._database.fetch(
            MESSAGES,
            {
                "id": id,
                "subscriptions": None if subscriptions is None else list(subscriptions),
                "status": status,
                "before": position,
                "number": number,
                "limit": limit,
            },
        )
        return [loaded(Message, row) for row in rows]

    async def told(
        self, subscription: str, *, position: int = 0, number: int = 0, limit: int = 100
    ) -> list[Message]:
        """A subscription's messages behind a place, in the order in which they were made."""
        asked = {"subscription": subscription, "position": position, "number": number}
        rows = await self._database.fetch(TOLD, {**asked, "limit": limit})
        return [loaded(Message, row) for row in rows]

    async def latest(self, subscription: str, limit: int) -> list[Message]:
        """A subscription's latest messages, the last one first."""
        rows = await self._database.fetch(LATEST, {"subscription": subscription, "limit": limit})
        return [loaded(Message, row) for row in rows]

    async def attempts(self, *messages: UUID) -> dict[UUID, list[Attempt]]:
        """Message → every attempt to deliver it, the first one first."""
        found: dict[UUID, list[Attempt]] = {message: [] for message in messages}
        for message, *row in await self._database.fetch(ATTEMPTS, {"messages": list(messages)}):
            found[message].append(Attempt(*row))
        return found

    async def counts(self) -> dict[str, int]:
        """How many messages there are of each status."""
        return dict(await self._database.fetch(COUNTS))


def alone(owed: Owed, due_at: datetime) -> Plan:
    """The message that holds one alert and has its id."""
    return Plan(
        id=owed.id,
        kind=owed.kind,
        subscription=owed.subscription,
        channel=owed.channel,
        position=owed.position,
        due_at=due_at,
        members=(owed.id,),
    )


def _alerts(owed: Sequence[Owed]) -> dict[str, list[Any]]:
    # Thousands of alerts of one event share what matched.
    matched = {id(o.matched): o.matched for o in owed}
    texts = {key: msgspec.json.encode(one).decode() for key, one in matched.items()}
    return {
        "id": [o.id for o in owed],
        "subscription": [o.subscription for o in owed],
        "event": [o.event for o in owed],
        "position": [o.position for o in owed],
        "kind": [o.kind for o in owed],
        "matched": [texts[id(o.matched)] for o in owed],
        # An array of arrays would have to be of one length.
        "refers": [f"{{{','.join(map(str, o.refers))}}}" for o in owed],
        "about": [o.about or o.event for o in owed],
        "channel": [o.channel for o in owed],
        "held_until": [o.held_until for o in owed],
        "held_because": [o.held_because for o in owed],
        "dropped": [o.dropped for o in owed],
    }


async def planned(connection: Connection, plans: Sequence[Plan], now: datetime) -> int:
    """Store messages with the alerts that they hold; how many are new."""
    rows = {
        "id": [p.id for p in plans],
        "kind": [p.kind for p in plans],
        "subscription": [p.subscription for p in plans],
        "channel": [p.channel for p in plans],
        "position": [p.position for p in plans],
        "note": [p.note and msgspec.json.encode(p.note).decode() for p in plans],
        "due_at": [p.due_at for p in plans],
    }
    added = (await connection.execute(MESSAGE, {**rows, "now": now})).rowcount
    held = [(alert, p.id) for p in plans for alert in p.members]
    if held:
        alerts, messages = zip(*held, strict=True)
        await connection.execute(HOLD, {"alert": list(alerts), "message": list(messages)})
    return added


async def _erased(connection: Connection, events: Sequence[str]) -> int:
    named = {"events": list(events)}
    found = (await connection.execute(ERASE, named)).rowcount
    await connection.execute(ERASE_MESSAGES, named)
    await connection.execute(FORGET_NOTES, named)
    return found
