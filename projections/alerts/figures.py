"""How alerts are doing: figures that any process can ask for and any format can export."""

import msgspec

from tracker.log.database import Database

MESSAGES = "select status, count(*) from alert.message group by status"
WAITING = """
select (select count(*) from alert.owed where message is null),
       (select coalesce(extract(epoch from clock_timestamp() - min(owed_at)), 0)::float8
        from alert.message where status = 'owed'),
       (select count(*) from alert.circuit where open_until > clock_timestamp()),
       cursor.position, coalesce(greatest(0, extract(epoch from clock_timestamp()
           - (select recorded_at from log.event where position = cursor.position + 1))), 0)::float8
from (select coalesce(max(position), 0) as position from alert.cursor where name = 'matcher') cursor
"""
FIRST = """
select coalesce(percentile_cont(array[0.5, 0.99]) within group (order by extract(epoch from
    a.attempted_at - m.owed_at)), array[0, 0]::float8[]), count(*)
from alert.attempt a join alert.message m on m.id = a.message
where a.number = 1 and a.attempted_at > clock_timestamp() - interval '1 hour'
"""


class AlertFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Messages by what became of them, and what waits."""

    messages: dict[str, int]
    held: int
    """Alerts that are owed and in no message yet: quiet hours, digests, ceilings."""
    oldest_owed_s: float
    """Seconds for which the oldest message has not been delivered."""
    open_circuits: int
    """Endpoints that are left alone for a while because they failed."""
    matched: int
    """How far the log has been matched."""
    match_lag_s: float
    """Seconds since the first event was recorded that is not matched."""
    first_attempt_p50_s: float
    """From being owed to the first attempt, within the last hour."""
    first_attempt_p99_s: float
    first_attempts: int


async def alert_figures(database: Database) -> AlertFigures:
    """All figures at once."""
    [(held, oldest, circuits, matched, late)] = await database.fetch(WAITING)
    [((p50, p99), attempts)] = await database.fetch(FIRST)
    return AlertFigures(
        messages=dict(await database.fetch(MESSAGES)),
        held=held,
        oldest_owed_s=oldest,
        open_circuits=circuits,
        matched=matched,
        match_lag_s=late,
        first_attempt_p50_s=p50,
        first_attempt_p99_s=p99,
        first_attempts=attempts,
    )
