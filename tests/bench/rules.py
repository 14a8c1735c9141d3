"""Entry rules: folding, one cell on both clocks, and the whole matrix, at a million facts or ten."""

import os
import random
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import uvloop

from projections.concerning import asked
from projections.questions import Questions, Sighting
from projections.regimes import Cell, Known
from projections.tables import Views
from tests.bench.imports import copy
from tests.bench.peer import NAME
from tests.bench.projecting import projected
from tests.bench.row import Row
from tests.bench.ruleset import BEGIN, PLACES, SPREAD, events
from tests.bench.work import folding, opened, role
from tracker.clock import system_clock
from tracker.embedded import Embedded
from tracker.imports.entry import Entry
from tracker.log.database import Database
from tracker.log.read import Reader

SMALL, MIDDLE, LARGE = 100_000, 1_000_000, 10_000_000
_AMONG = {SMALL: 18}
"""Between so many places there are about as many facts a cell as with ten million between all."""
_READS = 2_000
_MATRICES = 20
_FIRST, _DAYS = date(2006, 1, 1), 365 * 20


def p99(taken: list[float]) -> float:
    """Milliseconds under which 99 of a hundred stayed."""
    return 1000 * sorted(taken)[len(taken) * 99 // 100]


def _places(count: int) -> int:
    return _AMONG.get(count, len(PLACES))


def _sighting(head: int, basis: str, chance: random.Random) -> Sighting:
    day = _FIRST + timedelta(days=chance.randrange(_DAYS))
    if basis == "recorded":
        known = Known(chance.randrange(head // 2, head))
    else:
        known = Known(head, BEGIN - timedelta(days=chance.randrange(365 * 10)))
    return Sighting(day, "then", basis, known.position, known)


async def measured(database: Database, head: int) -> dict[str, float]:
    """What the reads take, in milliseconds."""
    chance, places = random.Random(2), SPREAD[: _places(head)]
    questions = Questions(Views(database), Reader(database), system_clock)
    found: dict[str, float] = {}
    for basis in ("recorded", "published"):
        taken: list[float] = []
        for _ in range(_READS):
            cell, sighting = Cell(*chance.sample(places, 2)), _sighting(head, basis, chance)
            started = time.perf_counter()
            await questions.cell(cell, sighting)
            taken.append(time.perf_counter() - started)
        found[basis] = p99(taken)
    found["executed"] = await _executed(database, chance, places, head)
    taken = []
    for _ in range(_MATRICES):
        sighting = _sighting(head, "recorded", chance)
        started = time.perf_counter()
        await questions.matrix(sighting)
        taken.append(time.perf_counter() - started)
    found["matrix"] = 1000 * sorted(taken)[_MATRICES // 2]
    return found


async def _executed(
    database: Database, chance: random.Random, places: Sequence[str], head: int
) -> float:
    """What the database itself takes for one rule, in milliseconds: planned and executed."""
    taken: list[float] = []
    for _ in range(_READS // 4):
        cell = Cell(*chance.sample(places, 2))
        statement, values = asked(cell, chance.randrange(head // 2, head))
        told = await database.fetch(
            f"explain (analyze, timing off, format json) {statement}", values
        )
        taken.append(told[0][0][0]["Execution Time"] + told[0][0][0]["Planning Time"])
    return p99(taken) / 1000


async def _all(server: Embedded, count: int) -> dict[str, float]:
    name = f"bench_rules_{count}"
    database = await opened(server, name)
    try:
        async with folding(server, name) as runner, role(server, name, "tracker_import") as into:
            await runner.prepare()
            await copy(
                into, (Entry("an event", new) for new in events(count, places=_places(count)))
            )
            started = time.perf_counter()
            await runner.rebuilder.rebuild(["entry_rules"])
            taken = time.perf_counter() - started
        return {"rebuild": count / taken, **await measured(database, count)}
    finally:
        await database.close()


def rows(server: Embedded) -> Iterator[Row]:
    """Entry rules; with TRACKER_BENCH_LARGE=1 also at ten million events beside 100 thousand."""
    found = uvloop.run(_all(server, MIDDLE))
    yield Row.of(
        "rules", f"rebuild of entry_rules from {MIDDLE:,}", found["rebuild"], "events/s",
        (NAME, projected(server)),
    )  # fmt: skip
    for basis in ("recorded", "published"):
        yield Row.of("rules", f"one rule, {basis}, p99 at {MIDDLE:,}", found[basis], "ms")
    work = f"one rule, in the database, p99 at {MIDDLE:,}"
    yield Row.of("rules", work, found["executed"], "ms")
    yield Row.of("rules", f"whole matrix at any two times, {MIDDLE:,}", found["matrix"], "ms")
    if os.environ.get("TRACKER_BENCH_LARGE"):
        small, large = uvloop.run(_all(server, SMALL)), uvloop.run(_all(server, LARGE))
        for basis in ("recorded", "published"):
            yield Row.of(
                "rules", f"one rule, {basis}, p99 at {LARGE:,}", large[basis], "ms",
                (f"ours at {SMALL:,}", small[basis]),
            )  # fmt: skip
        yield Row.of(
            "rules", f"whole matrix at any two times, {LARGE:,}", large["matrix"], "ms",
            (f"ours at {MIDDLE:,}", found["matrix"]),
        )  # fmt: skip
