"""The delivery log is sealed hour by hour, once, and an attempt that was changed is named."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from projections.alerts.reporting import Reporting, audited
from projections.alerts.sealing import Line, Seal, differing
from tests.projections.alerts.conftest import ANALYST, Tracker
from tests.projections.folding import change
from tracker.domain.audit import AlertsReported
from tracker.domain.base import EVERYTHING
from tracker.execute import Executor
from tracker.log.append import Appender
from tracker.log.evidence import Evidence
from tracker.log.read import Reader

ANY_DAY = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
async def ready(tracker: Tracker) -> Tracker:
    """A log at the beginning of an hour, with an event, so that messages have a position."""
    await tracker.record(change("visa-free", "2016-08-15", action="introduced"))
    await tracker.settle()
    tracker.now = tracker.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return tracker


def worker(ready: Tracker) -> Reporting:
    """One of any number of processes."""
    database, reader = ready.application, Reader(ready.application)
    executor = Executor(reader, Appender(database), Evidence(database), ready.clock)
    return Reporting(database, reader, executor, ANALYST, ready.clock)


async def reports(ready: Tracker) -> list[AlertsReported]:
    """What is on record."""
    recorded = await Reader(ready.application).read(EVERYTHING)
    return [r.event for r in recorded if isinstance(r.event, AlertsReported)]


async def test_an_hour_with_attempts_is_sealed_once_and_one_without_is_not(ready: Tracker) -> None:
    channel = await ready.channel()
    for _ in range(3):
        await ready.owe(channel, 2)
        await ready.deliverer().deliver_due()
        assert not await worker(ready).tick()  # the hour is not over
        ready.later(3600)
        both = await asyncio.gather(worker(ready).tick(), worker(ready).tick())
        assert sorted(both) == [False, True]
        assert not await worker(ready).tick()
        ready.later(3600)
        assert not await worker(ready).tick()

    found = await reports(ready)
    assert [(r.after, r.through, r.count, r.width) for r in found] == [
        (0, 2, 2, 1), (2, 4, 2, 1), (4, 6, 2, 1),
    ]  # fmt: skip
    audit = await audited(ready.deliver_database, Reader(ready.application))
    assert (audit.reports, audit.attempts, audit.unsealed, audit.faults) == (3, 6, 0, [])


async def test_an_attempt_that_was_altered_or_taken_away_is_named(ready: Tracker) -> None:
    ready.receiver.status = 500
    ids = await ready.owe(await ready.channel(), 3)
    await ready.deliverer().deliver_due()
    ready.later(3600)
    await worker(ready).tick()
    found = await ready.application.fetch("select message, id from alert.attempt order by id")
    assert {message for message, _ in found} == set(ids)
    (altered, _), _, _ = found

    with psycopg.connect(ready.place.superuser_url, autocommit=True) as insider:
        insider.execute("alter table alert.attempt disable trigger append_only")
        insider.execute("update alert.attempt set status = 200 where id = 1")
        insider.execute("delete from alert.attempt where id = 3")
    audit = await audited(ready.deliver_database, Reader(ready.application))

    assert [fault.sentence for fault in audit.faults] == [
        "of 3 attempts that were reported, 2 are there",
        f"attempt 1, number 1 of the message {altered}, is not as it was reported",
        "attempt 3 is missing",
    ]


async def test_what_is_numbered_and_not_committed_yet_is_waited_for(ready: Tracker) -> None:
    (message,) = await ready.owe(await ready.channel(), 1)
    slow = (
        "insert into alert.attempt (message, number, attempted_at)"
        " values (%(message)s, %(number)s, %(now)s)"
    )
    row = {"message": message, "now": ready.now}
    async with ready.deliver_database.transaction() as connection:
        await connection.execute(slow, {**row, "number": 1})
        await ready.deliver_database.run(slow, {**row, "number": 2})
        ready.later(3600)
        sealing = asyncio.create_task(worker(ready).tick())
        waiting = "select from pg_locks where locktype = 'advisory' and not granted"
        while not await ready.application.fetch(waiting):
            assert not sealing.done()
    assert await sealing

    (report,) = await reports(ready)
    assert (report.count, report.through) == (2, 2)


def line(number: int, error: str | None = None) -> Line:
    moment = ANY_DAY + timedelta(seconds=number)
    return Line.of(number, UUID(int=number), 1, "c", moment, 200, 5, "ab" * 32, error)


def seal(after: int, through: int, *lines: Line, width: int | None = None) -> Seal:
    made = Seal(after, through, width)
    for one in lines:
        made.add(one)
    return made


def test_of_many_attempts_the_few_are_named_among_which_one_differs() -> None:
    numbers = range(1001, 1201)
    report = seal(1000, 1200, *(line(n) for n in numbers)).report()
    assert (report.count, report.width, len(report.groups)) == (200, 4, 50)

    altered = [line(n, "another" if n == 1102 else None) for n in numbers]
    again = seal(1000, 1200, *altered, width=report.width)
    assert list(differing(report, again)) == [
        "of the attempts 1101 to 1104, at least one is not as it was reported"
    ]


def test_the_text_that_is_hashed_is_the_one_in_the_documentation() -> None:
    text = (
        b'{"attempted_at":"2026-07-01T12:00:01Z","channel":"c","error":null,"id":1,'
        b'"latency_ms":5,"message":"00000000-0000-0000-0000-000000000001","number":1,'
        b'"response_sha256":"' + b"ab" * 32 + b'","status":200}\n'
    )
    report = seal(0, 1, line(1)).report()
    assert report.sha256 == hashlib.sha256(text).hexdigest() == report.groups[0]
