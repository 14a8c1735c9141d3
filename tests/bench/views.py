"""The views: folding the log, and reading one cell."""

import time
from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import uvloop

from projections import VIEWS
from projections.questions import Clocks, Questions
from projections.regimes import Cell
from projections.runner import Runner
from projections.tables import Views
from tests.bench import replaying
from tests.bench.row import Row
from tests.bench.work import ACTOR, event, opened, rate
from tracker.clock import system_clock
from tracker.embedded import Embedded
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.read import Reader

EVENTS = 5_000


async def _rates(server: Embedded) -> dict[str, float]:
    database = await opened(server, "bench_views")
    folding = Database(server.url(user="tracker_view", database="bench_views"), "tracker_view")
    await folding.open()
    try:
        appender, reader = Appender(database), Reader(database)
        runner = Runner(folding, VIEWS)
        await runner.prepare()
        for call in range(EVENTS // 500):
            events = [event(f"{call}-{i}") for i in range(500)]
            await appender.append(events, ACTOR, uuid4())
        started = time.perf_counter()
        await runner.catch_up()
        folded = EVENTS / (time.perf_counter() - started)

        questions = Questions(Views(database), reader, system_clock)
        cell = Cell("EC", "DE")  # no fact of its own: what a look-up costs without its facts

        async def ask(round_number: int) -> None:
            for _ in range(200):
                sighting = await questions.sight(Clocks(valid_at=date(2024, 7, 1).isoformat()))
                await questions.cell(cell, sighting)

        asked = await rate(200, ask)
    finally:
        await folding.close()
        await database.close()
    return {"folded": folded, "asked": asked}


def rows(server: Embedded) -> Iterator[Row]:
    """The views; no peer does this work."""
    found = uvloop.run(_rates(server))
    yield Row.of("views", "fold all views, live", found["folded"], "events/s")
    yield Row.of("views", "one cell, through the pool", found["asked"], "cells/s")
    yield from replaying.rows()
