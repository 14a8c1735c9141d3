"""The tick that seals the delivery log in the event log, and the audit that holds it against it.

    attempts since the last report ─ canonical lines ─→ hashes ─ executor ─→ alerts-reported

A report is due once an attempt is left over from an earlier hour. Where it begins is where the
last one in the log ended, and its id follows from that: it is made once across processes.
"""

import logging
from collections.abc import AsyncGenerator
from datetime import datetime

from projections.alerts.pacing import hour_of
from projections.alerts.sealing import Audited, Fault, Line, Seal, differing
from tracker.clock import Clock
from tracker.domain.audit import AlertsReported, ReportAlerts
from tracker.domain.base import Actor, Item, Query
from tracker.domain.errors import OtherContent, TrackerError
from tracker.execute import Executor
from tracker.log.database import Database
from tracker.log.read import Reader
from tracker.ticking import tick_for_ever

TICK_S = 60.0
USER = "delivery-log"
REPORTS = Query((Item(types=(AlertsReported.type,)),))
_PAGE = 5000
log = logging.getLogger(__name__)

FIRST = """
select attempted_at from alert.attempt where id > %(after)s order by id limit 1
"""
# Who numbers an attempt holds this lock until it is committed: then all up to the last are there.
# Whoever comes after waits too, so it is not waited for long.
PATIENCE = "set local lock_timeout = '2s'"
LOCK = "select pg_advisory_xact_lock(7307, 1)"
LAST = "select coalesce(max(id), 0) from alert.attempt"
LINES = """
select id, message, number, channel, attempted_at, status, latency_ms,
       encode(response_sha256, 'hex'), error
from alert.attempt where id > %(after)s and id <= %(through)s order by id limit %(limit)s
"""


class DeliveryLog:
    """The attempts to deliver alerts, by their numbers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def first_since(self, after: int) -> datetime | None:
        """When the first attempt behind a number was made; None where there is none."""
        rows = await self._database.fetch(FIRST, {"after": after})
        return rows[0][0] if rows else None

    async def last(self) -> int:
        """The number of the last attempt; none with a lower one comes later.

        Raises Unavailable where some attempt takes long to be recorded.
        """
        async with self._database.transaction() as connection:
            await connection.execute(PATIENCE)
            await connection.execute(LOCK)
            return (await (await connection.execute(LAST)).fetchall())[0][0]

    async def lines(self, after: int, through: int) -> AsyncGenerator[Line]:
        """The attempts with after < number <= through, in their order."""
        while rows := await self._database.fetch(
            LINES, {"after": after, "through": through, "limit": _PAGE}
        ):
            for row in rows:
                yield Line.of(*row)
            after = rows[-1][0]


class Reporting:
    """Seals the delivery log, hour by hour; any number of processes may do so on one log."""

    def __init__(
        self, database: Database, reader: Reader, executor: Executor, actor: Actor, clock: Clock
    ) -> None:
        self._delivered = DeliveryLog(database)
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
            log.warning("the delivery log was not sealed, trying again: %s", fault)

    async def tick(self) -> bool:
        """Seal what was attempted since the last report, if an earlier hour left any of it."""
        latest = await self._reader.read(REPORTS, backwards=True, limit=1)
        event = latest[0].event if latest else None
        after = event.through if isinstance(event, AlertsReported) else 0
        first = await self._delivered.first_since(after)
        if first is None or first >= hour_of(self._clock()):
            return False
        seal = Seal(after, await self._delivered.last())
        async for line in self._delivered.lines(after, seal.through):
            seal.add(line)
        try:
            done = await self._executor.execute(ReportAlerts(report=seal.report()), self._actor)
        except OtherContent:
            return False  # somebody else was faster, and sealed less or more
        return not done.repeated


async def audited(database: Database, reader: Reader) -> Audited:
    """Hold the delivery log against every report in the log; what does not fit is named."""
    delivered = DeliveryLog(database)
    reports = await reader.read_all(REPORTS, before=await reader.head())
    through = count = 0
    faults: list[Fault] = []
    for recorded in reports:
        report = recorded.event
        if not isinstance(report, AlertsReported):
            continue
        if report.after != through:
            sentence = f"begins after attempt {report.after}, the one before ended at {through}"
            faults.append(Fault(recorded.position, sentence))
        seal = Seal(report.after, report.through, report.width)
        async for line in delivered.lines(report.after, report.through):
            seal.add(line)
        faults += [Fault(recorded.position, found) for found in differing(report, seal)]
        through, count = report.through, count + report.count
    last = await delivered.last()
    return Audited(len(reports), count, through, max(0, last - through), faults)
