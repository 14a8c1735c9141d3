"""A clock that steps back: what was set while it was ahead is not waited for until it is as late again.

Messages are then tried now, endpoints asked, and what is held back is let go: early rather than in
years. Clocks that differ a little are told from a step by its size.
"""

from datetime import datetime, timedelta

from tracker.clock import STEP, Comparing
from tracker.log.database import Database

_LONGEST_PAUSE = timedelta(days=1)
# Whoever changes several messages locks them in the order of their ids. One that was given up for
# want of time is owed again: it had the time that the clock left out.
SET_BACK = """
with ahead as materialized (
    select m.id from alert.message m
    where m.status = 'owed' and (m.owed_at > %(until)s or m.leased_until > %(leased)s)
       or m.status in ('owed', 'dead') and exists (
            select from alert.attempt a
            where a.message = m.id and a.number = m.attempts and a.attempted_at > %(until)s)
    order by m.id for update
), messages as (
    update alert.message m
    set status = 'owed', next_at = least(m.next_at, %(now)s), due_at = least(m.due_at, %(now)s),
        begun = m.attempts, begun_at = %(now)s,
        leased_until = case when m.leased_until > %(leased)s then %(now)s else m.leased_until end
    from ahead where m.id = ahead.id
), circuits as (
    update alert.circuit set open_until = %(now)s where open_until > %(paused)s
), held as (
    update alert.owed set held_until = %(now)s
    where message is null and dropped is null and held_until > %(now)s and owed_at > %(until)s
)
update alert.weekly_through set moment = %(now)s where moment > %(until)s
"""


class Steps:
    """Notices that a clock stepped back."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._comparing = Comparing()

    async def compare(self, now: datetime, lease: timedelta) -> None:
        """Set back what lies ahead of now by more than it can."""
        until = now + STEP
        params = {
            "now": now, "until": until, "leased": until + lease, "paused": until + _LONGEST_PAUSE
        }  # fmt: skip
        await self._comparing.compare(now, lambda: self._database.run(SET_BACK, params))
