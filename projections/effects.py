"""The tick that records, once and on the day, that a change takes effect.

    (through, now] ─ calendar, at the head of the log ─→ what begins in it ─ executor ─→ the log

What begins is a certain day in the time zone of the capital of the jurisdiction. Each tick reads
the calendar anew, so that a date that was moved is not reached, and the command looks again at
what is in the log, under the condition that nothing of it changes. A change recorded on the very
day is reached then; one recorded when the day is over was never waited for.
"""

import logging
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from projections.calendars import Calendars
from projections.checkpoints import wait_until
from projections.tables import Views
from projections.views import calendar
from projections.views.calendar import CalendarEntry
from tracker.clock import Clock
from tracker.domain.base import Actor
from tracker.domain.countries import COUNTRIES
from tracker.domain.effect import ReachEffectiveDate
from tracker.domain.errors import NotFound, Refused, TrackerError
from tracker.execute import Executor
from tracker.log.read import Reader
from tracker.tables.effects import EffectsThrough, Through
from tracker.ticking import tick_for_ever

TICK_S = 5.0
USER = "effective-dates"
_VIEW_WAIT_S = 10.0
_DAY = timedelta(days=1)
log = logging.getLogger(__name__)


class Effects:
    """Records the days that came; any number of processes may do so on one log."""

    def __init__(
        self,
        *,
        views: Views,
        reader: Reader,
        executor: Executor,
        actor: Actor,
        clock: Clock,
    ) -> None:
        self._views = views
        self._calendars = Calendars(views)
        self._through = EffectsThrough(views.database)
        self._reader = reader
        self._executor = executor
        self._actor = actor
        self._clock = clock

    async def run(self) -> None:
        """Tick at once, and then until cancelled."""
        await self._ticking()
        await tick_for_ever(self._ticking, TICK_S)

    async def _ticking(self) -> None:
        try:
            await self.tick()
        except TrackerError as fault:
            log.warning("no effective date was looked at, trying again: %s", fault)

    async def tick(self) -> int:
        """Record what has begun since the last tick; how many days were reached.

        Raises Unavailable where the calendar does not come to the head of the log; the next tick
        then begins where this one did.
        """
        now = Through(self._clock(), await self._reader.head())
        last = await self._through.begin(now)
        names = [calendar.VIEW.name]
        await wait_until(self._views.database, names, now.position, _VIEW_WAIT_S)
        # No place is further from UTC than 14 hours, and a day's change may be recorded on it.
        first, until = last.moment.date() - 3 * _DAY, now.moment.date() + _DAY
        reached = 0
        for row in await self._calendars.starting(first, until):
            if begins(row, last, now.moment):
                reached += await self._reach(row)
        await self._through.advance(now)
        return reached

    async def _reach(self, row: CalendarEntry) -> int:
        command = ReachEffectiveDate(change=row.event, policy=row.policy or "", day=str(row.lower))
        try:
            done = await self._executor.execute(command, self._actor)
        except (Refused, NotFound) as fault:
            # One that cannot be recorded must not keep the others waiting for ever.
            log.warning("the effective date of %s cannot be recorded: %s", row.event, fault)
            return 0
        return 0 if done.repeated else len(done.events)


def begins(row: CalendarEntry, last: Through, now: datetime) -> bool:
    """Whether a change began after the last look, or was recorded after it and on its day."""
    if row.lower is None:
        return False
    midnight = _midnight(row.lower, row.jurisdiction)
    # The last day of all has no next one.
    over = _midnight(row.lower + _DAY, row.jurisdiction) if row.lower < date.max else now
    told_in_time = row.recorded_at < over
    return (
        told_in_time and midnight <= now and (midnight > last.moment or row.since > last.position)
    )


def _midnight(day: date, jurisdiction: str | None) -> datetime:
    """The moment at which a day begins in the capital."""
    country = COUNTRIES.get(jurisdiction or "")
    zone = ZoneInfo(country.capital_zone) if country else UTC
    try:
        return datetime.combine(day, time.min, zone).astimezone(UTC)
    except OverflowError:
        return datetime.combine(day, time.min, UTC)
