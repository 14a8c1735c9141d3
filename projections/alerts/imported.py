"""What came with imports and was not told: a count for each import and subscription.

A snapshot may change forty thousand keys, so the alerts that nobody asked for are no rows: each
would cost as much as one that is sent.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tracker.log.database import Database

# What was counted before, by somebody who began from an older cursor, is not counted again.
COUNT = """
insert into alert.imported as known
    (import, subscription, alerts, first_position, last_position, counted_at)
select new.import, new.subscription, new.alerts, new.first, new.last, %(now)s
from unnest(%(import)s::uuid[], %(subscription)s::text[], %(alerts)s::bigint[],
            %(first)s::bigint[], %(last)s::bigint[])
         as new (import, subscription, alerts, first, last)
on conflict (import, subscription) do update
set alerts = known.alerts + excluded.alerts, last_position = excluded.last_position,
    counted_at = excluded.counted_at
where known.last_position < excluded.first_position
"""
COUNTED = """
select import, subscription, alerts, first_position, last_position, counted_at from alert.imported
where (%(subscriptions)s::text[] is null or subscription = any (%(subscriptions)s))
order by last_position desc, subscription limit %(limit)s
"""


class Untold(msgspec.Struct, frozen=True):
    """How many alerts an import would have owed a subscription that did not ask for them.

    `import_id` is the correlation id of its events, which lie between the two positions.
    """

    import_id: UUID
    subscription: str
    alerts: int
    first_position: int
    last_position: int
    counted_at: datetime


class Imported:
    """Counts what some events of imports would have owed."""

    def __init__(self) -> None:
        self._found: dict[tuple[UUID, str], list[int]] = {}

    def count(self, import_id: UUID, subscription: str, position: int) -> None:
        """Count an alert that is not owed; positions rise."""
        found = self._found.setdefault((import_id, subscription), [0, position, position])
        found[0] += 1
        found[2] = position

    def row(self, now: datetime) -> dict[str, Any] | None:
        """The counts as the statement takes them; None where there are none."""
        if not self._found:
            return None
        return {
            "import": [import_id for import_id, _ in self._found],
            "subscription": [subscription for _, subscription in self._found],
            "alerts": [alerts for alerts, _, _ in self._found.values()],
            "first": [first for _, first, _ in self._found.values()],
            "last": [last for _, _, last in self._found.values()],
            "now": now,
        }


async def untold(
    database: Database, subscriptions: Sequence[str] | None = None, limit: int = 100
) -> list[Untold]:
    """What imports did not tell, the latest first."""
    named = None if subscriptions is None else list(subscriptions)
    rows = await database.fetch(COUNTED, {"subscriptions": named, "limit": limit})
    return [Untold(*row) for row in rows]
