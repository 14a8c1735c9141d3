"""Entry rules: folding, one cell on both clocks, and the whole matrix, at a million facts or ten."""

import gc
import random
import time
from collections.abc import Sequence
from datetime import date, timedelta

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from projections import tables
from projections.questions import Questions, Sighting
from projections.regimes import Cell, Known
from projections.rows import Rows
from projections.tables import Views
from projections.view import Row as ViewRow
from projections.views.entry_rules import VIEW
from projections.views.inbox import Draft
from tests.bench.ruleset import BEGIN, PLACES, events, recorded
from tracker.clock import system_clock
from tracker.log.database import Database
from tracker.log.read import Reader

SMALL, MIDDLE, LARGE = 100_000, 1_000_000, 10_000_000
_READS = 2_000
_MATRICES = 20
_FIRST, _DAYS = date(2006, 1, 1), 365 * 20


def folded(count: int) -> tuple[Rows, float]:
    """The rows after so many events, folded in memory, and how many a second."""
    rows = Rows(whole=True)
    made = [recorded(new, position) for position, new in enumerate(events(count), 1)]
    gc.collect()
    gc.freeze()
    gc.disable()
    started = time.perf_counter()
    for event in made:
        rows.fold(VIEW, event)
    taken = time.perf_counter() - started
    gc.enable()
    return rows, count / taken


async def load(connection: AsyncConnection[TupleRow], rows: Rows) -> None:
    """Put the rows into new tables."""
    for row in (*VIEW.rows, Draft):
        await tables.create(connection, row)
        await _copied(connection, row, rows.of(row))
    await connection.execute("analyze")


async def _copied(
    connection: AsyncConnection[TupleRow], row: type[ViewRow], rows: Sequence[ViewRow]
) -> None:
    columns = tables.columns(row)
    names = ", ".join(c.name for c in columns)
    statement = f"copy view.{row.table} ({names}) from stdin"
    async with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for r in rows:
            await copy.write_row([c.stored(getattr(r, c.name)) for c in columns])


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


async def measured(database: Database, head: int) -> dict[str, float]:
    """What the reads take, in milliseconds."""
    chance = random.Random(2)
    questions = Questions(Views(database), Reader(database), system_clock)
    found: dict[str, float] = {}
    for basis in ("recorded", "published"):
        taken: list[float] = []
        for _ in range(_READS):
            cell, sighting = Cell(*chance.sample(PLACES, 2)), _sighting(head, basis, chance)
            started = time.perf_counter()
            await questions.cell(cell, sighting)
            taken.append(time.perf_counter() - started)
        found[basis] = p99(taken)
    taken = []
    for _ in range(_MATRICES):
        sighting = _sighting(head, "recorded", chance)
        started = time.perf_counter()
        await questions.matrix(sighting)
        taken.append(time.perf_counter() - started)
    found["matrix"] = 1000 * sorted(taken)[_MATRICES // 2]
    return found
