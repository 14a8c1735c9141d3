"""Endpoints: what becomes of a channel, and of what it owes, as its receiver fails or works again.

Each step is part of the transaction that records an attempt.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from projections.alerts.backoff import pause_s
from projections.alerts.channel import Verdict
from projections.alerts.message import Note
from tracker.domain.ids import derived
from tracker.domain.values import storable
from tracker.log.database import Connection

# What was under way already when it was decided to leave the endpoint alone says nothing new of it:
# only the message that tries it afterwards counts, which is leased until the end of its pause.
FAILED = """
insert into alert.circuit as c (channel, failures) values (%(channel)s, 1)
on conflict (channel) do update set failures = c.failures + (
    c.open_until is null or c.open_until <= %(now)s or c.open_until = %(leased_until)s)::int
returning failures,
    case when open_until > %(now)s and open_until <> %(leased_until)s then open_until end
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
CLOSE = """
with closed as (
    update app.channel set closed = %(reason)s where id = %(channel)s and closed is null
    returning id
)
insert into app.channel_change (channel, changed_at, change, by, reason)
select id, %(now)s, 'closed', null, %(reason)s from closed
"""
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
# With its id, its bytes and its attempts; only the schedule begins anew. What was given up there as
# well stays given up: two channels may step in for each other.
MOVE = """
update alert.message
set channel = %(to)s, status = 'owed', begun = attempts, begun_at = %(now)s,
    next_at = greatest(due_at, %(now)s)
where id in (
    select id from alert.message m
    where channel = %(channel)s and status = any (%(statuses)s)
      and (%(id)s::uuid is null or id = %(id)s)
      and not (status = 'dead' and exists (
          select from alert.attempt a where a.message = m.id and a.channel = %(to)s))
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


async def works(connection: Connection, at: dict[str, Any], *, opened: bool) -> None:
    """The endpoint answers again: what waited for it need not wait longer."""
    await connection.execute(WORKS, at)
    if opened:
        await connection.execute(BRING_FORWARD, at)


async def failed(
    connection: Connection, at: dict[str, Any], leased_until: datetime, verdict: Verdict
) -> None:
    """Leave the endpoint alone for a while, if it failed often or asks for that."""
    asked = {**at, "leased_until": leased_until}
    row = await (await connection.execute(FAILED, asked)).fetchone()
    failures, alone_until = row or (1, None)
    pause = pause_s(0 if alone_until else failures, verdict.retry_after_s)
    until = at["now"] + timedelta(seconds=pause) if pause is not None else None
    if until and (alone_until is None or until > alone_until):
        await connection.execute(OPEN, {**at, "until": until})
    else:
        until = alone_until
    if until:
        await connection.execute(PUT_OFF, {**at, "until": until})


async def gone(connection: Connection, at: dict[str, Any], reason: str) -> None:
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
        # It may be opened and closed again.
        notice = derived("closed", at["channel"], at["now"].isoformat())
        told = {"id": notice, "to": to, "now": at["now"]}
        await connection.execute(TELL, {**told, "note": msgspec.json.encode(note).decode()})
    await move(connection, at, ["owed"])
    await connection.execute(CANCEL, at)


async def move(
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
