"""The log when it is large: what still costs the same at five million events as at ten thousand."""

import time
from collections.abc import Iterator
from statistics import median
from uuid import uuid4

import uvloop

from tests.bench.imports import changes, copy
from tests.bench.row import Row
from tests.bench.work import conditional, opened
from tracker.embedded import Embedded
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.read import Reader
from tracker.proof.tiles import Tiles

SMALL, MIDDLE, LARGE = 10_000, 1_000_000, 5_000_000
_CLIENTS, _EACH, _ROUNDS = 16, 400, 5
_PROOFS = 200


async def _proof_ms(tiles: Tiles, size: int) -> float:
    """Milliseconds for a root, and the proof of one event under it."""
    taken: list[float] = []
    for number in range(_PROOFS):
        started = time.perf_counter()
        await tiles.inclusion(1 + number * (size // _PROOFS), size)
        taken.append(1000 * (time.perf_counter() - started))
    return median(taken)


async def _measured(server: Embedded) -> dict[str, float]:
    database = await opened(server, "bench_scale")
    importing = Database(
        server.url(user="tracker_import", database="bench_scale"), "tracker_import"
    )
    await importing.open()
    appender, reader = Appender(database), Reader(database)

    async def grow(to: int) -> None:
        for low in range(await reader.head(), to, 500_000):
            await copy(importing, changes(f"bulk-{low}", low, min(low + 500_000, to)))

    async def append() -> float:
        return await conditional(appender, _CLIENTS, _EACH, _ROUNDS, str(uuid4()))

    found: dict[str, float] = {}
    try:
        await grow(SMALL)
        found["append small"] = await append()
        await grow(MIDDLE)
        # A size at which every level has a tile that is not full.
        found["proof"] = await _proof_ms(Tiles(database), MIDDLE - 1)
        await grow(LARGE)
        found["append large"] = await append()
    finally:
        await importing.close()
        await database.close()
    return found


def rows(server: Embedded) -> Iterator[Row]:
    """Proofs, and the append at five million events beside the append at ten thousand."""
    found = uvloop.run(_measured(server))
    yield Row.of("log", f"root and inclusion proof at {MIDDLE:,}", found["proof"], "ms")
    yield Row.of(
        "log", f"append, {_CLIENTS} clients, at {LARGE:,}", found["append large"], "events/s",
        (f"ours at {SMALL:,}", found["append small"]),
    )  # fmt: skip
