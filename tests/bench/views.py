"""The views: folding a mixed history live and anew, and how soon an event can be seen."""

import asyncio
import time
from collections.abc import Iterator
from uuid import uuid4

import uvloop

from projections import VIEWS
from projections.checkpoints import wait_until
from tests.bench import replaying
from tests.bench.imports import copy
from tests.bench.mixed import Mixed
from tests.bench.row import Row
from tests.bench.rules import p99
from tests.bench.work import ACTOR, event, folding, opened, role, settle
from tracker.embedded import Embedded
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.follow import Head

LIVE, ALL = 50_000, 1_000_000
_APPENDS, _WARM = 300, 20
_APART_S = 0.02


async def _live(server: Embedded) -> float:
    """Events a second that all views fold in ordinary batches."""
    async with (
        folding(server, "bench_live") as runner,
        role(server, "bench_live", "tracker_import") as into,
    ):
        await runner.prepare()
        await copy(into, Mixed().events(LIVE))
        settle(server, "bench_live")
        started = time.perf_counter()
        await runner.catch_up()
        return LIVE / (time.perf_counter() - started)


async def _rebuilt(server: Embedded) -> float:
    """Events a second of a rebuild of all views from one reading of the log."""
    async with (
        folding(server, "bench_rebuilt") as runner,
        role(server, "bench_rebuilt", "tracker_import") as into,
    ):
        await runner.prepare()
        await copy(into, Mixed().events(ALL))
        settle(server, "bench_rebuilt")
        started = time.perf_counter()
        await runner.rebuilder.rebuild([view.name for view in VIEWS])
        return ALL / (time.perf_counter() - started)


async def _until_seen(database: Database) -> float:
    """Milliseconds from an append to its row, for all but one in a hundred."""
    appender, taken = Appender(database), list[float]()
    for number in range(_APPENDS + _WARM):
        started = time.perf_counter()
        done = await appender.append([event(f"seen-{number}")], ACTOR, uuid4())
        await wait_until(database, ["entry_rules"], done.last_position, 10.0)
        taken.append(time.perf_counter() - started)
        await asyncio.sleep(_APART_S)
    return p99(taken[_WARM:])


async def _seen(server: Embedded) -> float:
    database = await opened(server, "bench_seen")
    head = Head(database)
    try:
        async with folding(server, "bench_seen") as runner:
            await runner.prepare()
            tasks = [asyncio.create_task(work) for work in (head.watch(), runner.run(head))]
            try:
                return await _until_seen(database)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        await database.close()


async def _with(server: Embedded, name: str) -> None:
    await (await opened(server, name)).close()


def rows(server: Embedded) -> Iterator[Row]:
    """All views over the same mixed history; no peer does this work."""
    for name in ("bench_live", "bench_rebuilt"):
        uvloop.run(_with(server, name))
    yield Row.of("views", "fold all views, live", uvloop.run(_live(server)), "events/s")
    work = f"rebuild of all views from {ALL:,} mixed events"
    yield Row.of("views", work, uvloop.run(_rebuilt(server)), "events/s")
    yield Row.of("views", "append until visible, p99", uvloop.run(_seen(server)), "ms")
    yield from replaying.rows()
