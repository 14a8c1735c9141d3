"""How the views are doing: figures that any process can ask for and any format can export."""

from datetime import datetime

import msgspec

from tracker.log.database import Database

LEASE = "views"
"""The name of the lease that whoever folds the views holds."""
PROGRESS = """
select c.name, c.version, c.position, greatest(0, head.position - c.position),
       coalesce(greatest(0, extract(epoch from clock_timestamp() - next.recorded_at)), 0)::float8,
       c.batch, c.folds_per_s,
       (select count(*) from view.dead_letter d where d.name = c.name), c.halted
from view.checkpoint c
cross join (select coalesce(max(position), 0) as position from log.event) head
left join log.event next on next.position = c.position + 1
order by c.name
"""
OWNER = "select owner from app.lease where name = %(name)s and until > clock_timestamp()"
DEAD_LETTERS = """
select name, position, reason, failed_at from view.dead_letter order by failed_at desc limit 100
"""


class Progress(msgspec.Struct, frozen=True):
    """How far a view has come; `halted` says why it stands still."""

    view: str
    version: int
    position: int
    lag: int
    """Events that it has not folded."""
    lag_s: float
    """Seconds since the first of them was recorded."""
    batch: int
    """Events in the last batch, of all kinds."""
    folds_per_s: float
    """Events a second that were folded of late into all views, by whoever folds them."""
    dead_letters: int
    """Events that it could not fold."""
    halted: str | None


class DeadLetter(msgspec.Struct, frozen=True):
    """An event that a view could not fold, and why."""

    view: str
    position: int
    reason: str
    failed_at: datetime


async def progress(database: Database) -> list[Progress]:
    """How every view is doing."""
    return [Progress(*row) for row in await database.fetch(PROGRESS)]


async def owner(database: Database) -> str | None:
    """Who folds the views now; None where nobody does."""
    rows = await database.fetch(OWNER, {"name": LEASE})
    return rows[0][0] if rows else None


async def dead_letters(database: Database) -> list[DeadLetter]:
    """The latest hundred events that views could not fold."""
    return [DeadLetter(*row) for row in await database.fetch(DEAD_LETTERS)]
