"""Entry rules: folding, one cell on both clocks, and the whole matrix, at a million facts or ten."""

import os
import random
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import uvloop

from projections.concerning import asked
from projections.questions import Questions, Sighting
from projections.regimes import Cell, Known
from projections.tables import Views
from tests.bench.imports import copy
from tests.bench.peer import NAME
from tests.bench.projecting import projected
from tests.bench.row import Row
from tests.bench.ruleset import BEGIN, EACH, PLACES, SPREAD, events
from tests.bench.work import drop, flush, folding, opened, role, settle
from tracker.clock import system_clock
from tracker.embedded import Embedded
from tracker.imports.entry import Entry
from tracker.log.database import Database
from tracker.log.read import Reader


class Log(NamedTuple):
    """So many facts about keys between so many places, so many a key."""

    facts: int
    places: int = len(PLACES)
    each: int = EACH

    def __str__(self) -> str:
        return f"{self.facts:,}" if self.each == EACH else f"{self.facts:,}, {self.each} a key"


SMALL = Log(100_000, places=18)
"""Between so few places there are about as many facts a cell as in the large ones."""
MIDDLE = Log(1_000_000)
WIDE = Log(10_000_000)
"""Ten times the keys: most that there are, so more of them concern a traveller."""
DEEP = Log(10_000_000, each=10 * EACH)
"""The keys of a million facts, with ten times the history."""
_READS = 2_000
_MATRICES = 20
_FIRST, _DAYS = date(2006, 1, 1), 365 * 20


def p99(taken: list[float]) -> float:
    """Milliseconds under which 99 of a hundred stayed."""
    return 1000 * sorted(taken)[len(taken) * 99 // 100]


def _sighting(head: int, basis: str, chance: random.Random) -> Sighting:
    day = _FIRST + timedelta(days=chance.randrange(_DAYS))
    if basis == "recorded":
        known = Known(chance.randrange(head // 2, head))
    else:
        known = Known(head, BEGIN - timedelta(days=chance.randrange(365 * 10)))
    return Sighting(day, "then", basis, known.position, known)


async def _measured(server: Embedded, database: Database, log: Log) -> dict[str, float]:
    """What the reads take, in milliseconds."""
    head = log.facts
    chance, places = random.Random(2), SPREAD[: log.places]
    questions = Questions(Views(database), Reader(database), system_clock)
    # What was just built is in no cache of the database yet, and still on its way to the disk: the
    # first questions pay for both.
    found = {"first": await _cells(questions, "recorded", log, chance)}
    flush(server)
    for basis in ("recorded", "published"):
        found[basis] = await _cells(questions, basis, log, chance)
    found["executed"] = await _executed(database, chance, places, head)
    taken: list[float] = []
    for _ in range(_MATRICES):
        sighting = _sighting(head, "recorded", chance)
        started = time.perf_counter()
        await questions.matrix(sighting)
        taken.append(time.perf_counter() - started)
    found["matrix"] = 1000 * sorted(taken)[_MATRICES // 2]
    return found


async def _cells(questions: Questions, basis: str, log: Log, chance: random.Random) -> float:
    """What a cell takes of any two places, at any day and as known at any time."""
    taken: list[float] = []
    for _ in range(_READS):
        cell = Cell(*chance.sample(SPREAD[: log.places], 2))
        sighting = _sighting(log.facts, basis, chance)
        started = time.perf_counter()
        await questions.cell(cell, sighting)
        taken.append(time.perf_counter() - started)
    return p99(taken)


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


async def _all(server: Embedded, log: Log) -> dict[str, float]:
    """What the rebuild makes, events a second, and what the reads take."""
    name = f"bench_rules_{log.facts}_{log.each}"
    database = await opened(server, name)
    try:
        async with folding(server, name) as runner, role(server, name, "tracker_import") as into:
            await runner.prepare()
            made = events(log.facts, places=log.places, each=log.each)
            await copy(into, (Entry("an event", new) for new in made))
            settle(server, name)
            started = time.perf_counter()
            await runner.rebuilder.rebuild(["entry_rules"])
            taken = time.perf_counter() - started
        return {"rebuild": log.facts / taken, **await _measured(server, database, log)}
    finally:
        await database.close()
        drop(server, name)


def rows(server: Embedded) -> Iterator[Row]:
    """Entry rules; with TRACKER_BENCH_LARGE=1 also of ten million events, of two kinds, beside fewer."""
    found = uvloop.run(_all(server, MIDDLE))
    yield Row.of(
        "rules", f"rebuild of entry_rules from {MIDDLE}", found["rebuild"], "events/s",
        (NAME, projected(server)),
    )  # fmt: skip
    for basis in ("recorded", "published"):
        yield Row.of("rules", f"one rule, {basis}, p99 at {MIDDLE}", found[basis], "ms")
    work = f"one rule, in the database, p99 at {MIDDLE}"
    yield Row.of("rules", work, found["executed"], "ms")
    yield Row.of("rules", f"whole matrix at any two times, {MIDDLE}", found["matrix"], "ms")
    if os.environ.get("TRACKER_BENCH_LARGE"):
        small = uvloop.run(_all(server, SMALL))
        for log in (DEEP, WIDE):
            yield from _beside(log, uvloop.run(_all(server, log)), small, found)


def _beside(
    log: Log, large: dict[str, float], small: dict[str, float], middle: dict[str, float]
) -> Iterator[Row]:
    """The reads of a large log: cells beside as large cells of a small one, a matrix beside one
    as large of a log of a million."""
    for work in ("first", "recorded", "published"):
        named = f"one rule, the first {_READS:,}" if work == "first" else f"one rule, {work}"
        yield Row.of(
            "rules", f"{named}, p99 at {log}", large[work], "ms", (f"ours at {SMALL}", small[work])
        )
    yield Row.of(
        "rules", f"whole matrix at any two times, {log}", large["matrix"], "ms",
        (f"ours at {MIDDLE}", middle["matrix"]),
    )  # fmt: skip
