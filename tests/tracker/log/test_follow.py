"""Following: dense positions, in the order of commits, none ever missed."""

import asyncio
from uuid import uuid4

import psycopg
import pytest

from tests.place import Place
from tests.tracker.log.events import ANALYST, named
from tests.tracker.log.watching import watching
from tracker.domain.base import EVERYTHING, tagged
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.follow import follow
from tracker.log.read import Reader

WRITERS, EACH = 16, 12
LISTENERS = (
    "select pid from pg_stat_activity where datname = current_database() and query ilike 'listen%'"
)
CUT = f"select pg_terminate_backend(pid) from ({LISTENERS}) as listener"


async def followed(database: Database, until: int) -> list[int]:
    """The positions as a follower sees them."""
    seen: list[int] = []
    async with watching(database) as head:
        async for events, scanned in follow(head, Reader(database), EVERYTHING, 0):
            seen += [r.position for r in events]
            assert scanned == seen[-1]
            if scanned >= until:
                break
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

        followers = [asyncio.create_task(followed(d, total)) for d in (one, other, third)]
        await asyncio.gather(*(write(n) for n in range(WRITERS)))
        seen = await asyncio.gather(*followers)
        log = await Reader(one).read(EVERYTHING, limit=total + 1)

    assert seen == [list(range(1, total + 1))] * 3
    assert [r.position for r in log] == list(range(1, total + 1))
    stamps = [r.recorded_at for r in log]
    assert stamps == sorted(stamps)


async def test_a_filtered_follower_keeps_what_it_scanned_and_not_what_it_matched(
    database: Database,
) -> None:
    appender, reader, query = Appender(database), Reader(database), tagged("party:wanted")
    many = [named(party="wanted" if n % 2 else "other") for n in range(1100)]
    await appender.append([named("other")], ANALYST, uuid4())
    async with watching(database) as head:
        seen = follow(head, reader, query, 0)
        assert await anext(seen) == ([], 1)

        await appender.append(many, ANALYST, uuid4())
        pages = [await anext(seen), await anext(seen)]
        assert [(len(events), scanned) for events, scanned in pages] == [(500, 1001), (50, 1101)]

        await appender.append([named("other")], ANALYST, uuid4())
        assert await anext(seen) == ([], 1102)
        await seen.aclose()

        await appender.append([named(party="wanted")], ANALYST, uuid4())
        again = follow(head, reader, query, 1102)
        [event], scanned = await anext(again)
        assert (event.position, scanned) == (1103, 1103)
        await again.aclose()


async def test_a_head_that_lost_its_notifications_polls_and_listens_again(
    place: Place, database: Database
) -> None:
    appender = Appender(database)
    async with (
        watching(database) as head,
        await psycopg.AsyncConnection.connect(place.superuser_url, autocommit=True) as insider,
    ):
        first = await listening(insider)
        await insider.execute(CUT.encode())

        await appender.append([named()], ANALYST, uuid4())
        assert await head.past(0) == 1

        second = await listening(insider)
        assert second != first
        await appender.append([named()], ANALYST, uuid4())
        assert await head.past(1) == 2
        assert await listening(insider) == second


async def listening(insider: psycopg.AsyncConnection) -> int:
    """Wait for the one connection that listens; its process."""
    while True:
        rows = await (await insider.execute(LISTENERS.encode())).fetchall()
        assert len(rows) <= 1
        if rows:
            return rows[0][0]
        await asyncio.sleep(0.02)


async def test_a_server_that_takes_no_listener_is_not_asked_at_every_poll(
    place: Place, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    appender, polls = Appender(database), 7
    with psycopg.connect(place.server.superuser_url, autocommit=True) as insider:
        # Those who are in stay in, and nobody else gets in.
        insider.execute(f"alter database {place.name} allow_connections false".encode())
        async with watching(database) as head:
            for n in range(polls):
                await appender.append([named()], ANALYST, uuid4())
                assert await head.past(n) == n + 1

    asked = [r for r in caplog.records if "no notifications" in r.getMessage()]
    assert 1 <= len(asked) <= polls // 2


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
