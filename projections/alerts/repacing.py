"""What is held back while its subscription is set to another pace: until when now, and why."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from projections.alerts.match import UNDO, UNREAD, UNREAD_STILL
from projections.alerts.message import loaded
from projections.alerts.pacing import Recent, hold
from projections.alerts.reasons import UNDONE, Matched
from tracker.domain.pacing import Pacing
from tracker.log.database import Connection, Database

WAITING = """
select id, subscription, matched, held_until, held_because, owed_at from alert.owed
where subscription = any (%(subscriptions)s) and held_until is not null
      and message is null and dropped is null
"""
REPACE = """
update alert.owed o set held_until = new.until, held_because = new.because
from unnest(%(id)s::uuid[], %(until)s::timestamptz[], %(because)s::text[])
    as new (id, until, because)
where o.id = new.id and o.message is null and o.dropped is null
"""
_NOT_OF_PACE = {UNDONE: UNDO, UNREAD_STILL: UNREAD}


class Waiting(msgspec.Struct, frozen=True):
    """An alert that is held back."""

    id: UUID
    subscription: str
    matched: Matched
    held_until: datetime
    held_because: str
    owed_at: datetime


def repaced(one: Waiting, pacing: Pacing | None, now: datetime) -> Waiting:
    """The alert as another pace holds it: until now where nothing does any more."""
    first, _, _ = one.held_because.partition("; ")
    wait = _NOT_OF_PACE.get(first, timedelta())
    reasons = [first] if wait else []
    until = max(now, one.owed_at + wait)
    if held := hold(pacing, one.matched.severity, now, Recent()):
        until = max(until, held.until)
        reasons.append(held.because)
    because = "; ".join(reasons) or one.held_because
    return msgspec.structs.replace(one, held_until=until, held_because=because)


async def waiting(
    database: Database, paces: Mapping[str, Pacing | None], now: datetime
) -> list[Waiting]:
    """What is held for subscriptions, as their new paces hold it."""
    if not paces:
        return []
    rows = await database.fetch(WAITING, {"subscriptions": list(paces)})
    found = [loaded(Waiting, row) for row in rows]
    return [repaced(one, paces[one.subscription], now) for one in found]


async def repace(connection: Connection, held: Sequence[Waiting]) -> None:
    """Keep until when alerts are held now, as far as they still are."""
    rows = {
        "id": [one.id for one in held],
        "until": [one.held_until for one in held],
        "because": [one.held_because for one in held],
    }
    await connection.execute(REPACE, rows)
