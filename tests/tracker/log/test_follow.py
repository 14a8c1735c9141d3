"""Following: dense positions, in the order of commits, none ever missed."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg

from tests.place import Place
from tests.tracker.log.events import ANALYST, named
from tracker.domain.base import EVERYTHING
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.follow import Head
from tracker.log.read import Reader

WRITERS, EACH = 16, 12
DEAF = (
    "select count(pg_terminate_backend(pid)) from pg_stat_activity"
    " where datname = current_database() and query ilike 'listen%'"
)


@asynccontextmanager
async def watching(database: Database) -> AsyncGenerator[Head]:
    head = Head(database)
    task = asyncio.create_task(head.watch())
    try:
        yield head
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def follow(database: Database, until: int) -> list[int]:
    """The positions as a plain `position > n` sees them."""
    seen: list[int] = []
    async with watching(database) as head:
        while len(seen) < until:
            at = seen[-1] if seen else 0
            await head.past(at)
            seen += [r.position for r in await Reader(database).read(EVERYTHING, after=at, limit=7)]
    return seen


async def test_followers_miss_nothing_of_what_sixteen_writers_commit_at_once(
    place: Place,
) -> None:
    total = 3 * WRITERS * EACH // 2
    async with (
        place.open("tracker_append") as one,
        place.open("tracker_append") as other,
        place.open("tracker_view") as third,
    ):
        appenders = [Appender(one), Appender(other)]

        async def write(writer: int) -> None:
            # Each writer is a connection's own batch as often as not: two appenders compete.
            for n in range(EACH):
                events = [named() for _ in range(1 + n % 2)]
                done = await appenders[writer % 2].append(events, ANALYST, uuid4())
                assert done.last_position - done.first_position + 1 == len(events)

        followers = [asyncio.create_task(follow(d, total)) for d in (one, other, third)]
        await asyncio.gather(*(write(n) for n in range(WRITERS)))
        seen = await asyncio.gather(*followers)
        log = await Reader(one).read(EVERYTHING, limit=total + 1)

    assert seen == [list(range(1, total + 1))] * 3
    assert [r.position for r in log] == list(range(1, total + 1))
    stamps = [r.recorded_at for r in log]
    assert stamps == sorted(stamps)


async def test_a_head_that_lost_its_notifications_still_sees_the_log_grow(
    place: Place, database: Database
) -> None:
    appender = Appender(database)
    async with watching(database) as head:
        await appender.append([named()], ANALYST, uuid4())
        assert await head.past(0) == 1

        async with await psycopg.AsyncConnection.connect(
            place.superuser_url, autocommit=True
        ) as insider:
            cut = await insider.execute(DEAF.encode())
            assert await cut.fetchone() == (1,)
        await appender.append([named()], ANALYST, uuid4())

        assert await head.past(1) == 2


async def test_any_number_of_followers_wait_on_one_head(database: Database) -> None:
    async with watching(database) as head:
        waiting = [asyncio.create_task(head.past(n)) for n in (0, 0, 1)]
        await Appender(database).append([named(), named()], ANALYST, uuid4())

        assert await asyncio.gather(*waiting) == [2, 2, 2]


async def test_the_position_at_a_moment_is_the_last_one_recorded_by_then(
    database: Database,
) -> None:
    appender, reader = Appender(database), Reader(database)
    first = await appender.append([named(), named()], ANALYST, uuid4())
    second = await appender.append([named()], ANALYST, uuid4())

    assert await reader.position_at(first.recorded_at) == 2
    assert await reader.position_at(second.recorded_at) == 3
    assert await reader.position_at(first.recorded_at.replace(year=2000)) == 0
