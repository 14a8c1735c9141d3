"""The log when it is large: bulk import until five million events, and what still costs the same."""

import asyncio
import gc
import secrets
import time
from collections.abc import Iterator
from statistics import median
from uuid import UUID, uuid4

import uvloop

from tests.bench.peer import NAME
from tests.bench.row import Row
from tests.bench.work import ACTOR, conditional, event, opened
from tracker.clock import system_clock
from tracker.domain.base import NewEvent
from tracker.domain.ids import timed
from tracker.embedded import Embedded
from tracker.log.append import Appender
from tracker.log.copy import Copier
from tracker.log.database import Database
from tracker.log.envelope import encoded
from tracker.log.packing import Chunk
from tracker.log.read import Reader
from tracker.proof.tiles import Tiles

SMALL, MIDDLE, LARGE = 10_000, 1_000_000, 5_000_000
_CHUNK = 8_000
_CLIENTS, _EACH, _ROUNDS = 16, 400, 5
_PROOFS = 200


async def _grown(copier: Copier, reader: Reader, to: int) -> float:
    """Import events until the log holds so many; how many a second, encoding included."""
    head = await reader.head()
    correlation = timed(system_clock(), secrets.token_bytes(10))
    started, pending = time.perf_counter(), None
    for low in range(head, to, _CHUNK):
        making = asyncio.to_thread(_chunk, low, min(low + _CHUNK, to), correlation)
        chunk = await making
        if pending is not None:
            await pending
        pending = asyncio.create_task(copier.append(chunk))
    if pending is not None:
        await pending
    return (to - head) / (time.perf_counter() - started)


def _chunk(low: int, high: int, correlation: UUID) -> Chunk:
    chunk = Chunk()
    now = system_clock()
    for number in range(low, high):
        new = event(f"p{number}")
        dated = NewEvent(timed(now, secrets.token_bytes(10)), new.event)
        chunk.add(encoded(dated, ACTOR, correlation, secrets.token_bytes(32)), str(number))
    return chunk


async def _proof_ms(tiles: Tiles, size: int) -> float:
    """Milliseconds for a root and the proof of one event under it."""
    taken: list[float] = []
    for number in range(_PROOFS):
        started = time.perf_counter()
        await tiles.root_at(size)
        await tiles.inclusion(1 + number * (size // _PROOFS), size)
        taken.append(1000 * (time.perf_counter() - started))
    return median(taken)


async def _measured(server: Embedded) -> dict[str, float]:
    database = await opened(server, "bench_scale")
    importing = Database(
        server.url(user="tracker_import", database="bench_scale"), "tracker_import"
    )
    await importing.open()
    appender, reader, copier = Appender(database), Reader(database), Copier(importing)
    found: dict[str, float] = {}
    try:
        await _grown(copier, reader, SMALL)
        found["append small"] = await conditional(appender, _CLIENTS, _EACH, _ROUNDS, str(uuid4()))
        found["import"] = await _grown(copier, reader, MIDDLE)
        found["proof"] = await _proof_ms(Tiles(database), MIDDLE - 257)
        await _grown(copier, reader, LARGE)
        gc.collect()
        found["append large"] = await conditional(appender, _CLIENTS, _EACH, _ROUNDS, str(uuid4()))
    finally:
        await importing.close()
        await database.close()
    return found


def rows(server: Embedded, bulk_of_peer: float) -> Iterator[Row]:
    """Import, proofs, and the append at five million events beside the append at ten thousand."""
    found = uvloop.run(_measured(server))
    yield Row.of(
        "log", "bulk import, tags, commitment, tree", found["import"], "events/s",
        (NAME, bulk_of_peer),
    )  # fmt: skip
    yield Row.of("log", f"root and proof at {MIDDLE:,}", found["proof"], "ms")
    yield Row.of(
        "log", f"append, {_CLIENTS} clients, at {LARGE:,}", found["append large"], "events/s",
        (f"ours at {SMALL:,}", found["append small"]),
    )  # fmt: skip
