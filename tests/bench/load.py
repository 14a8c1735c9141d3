"""Load of a process of its own: so many connections, each asking again as it is answered."""

import asyncio
import multiprocessing
import re
import time
from collections.abc import Sequence

import uvloop

CONNECTIONS = 16
WARM_S, MEASURED_S = 0.5, 3.0
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


async def _ask(port: int, requests: Sequence[bytes], number: int, until: float) -> tuple[int, int]:
    """How many answers came, and how many of them after the first half second."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    warm, all_of, counted = time.perf_counter() + WARM_S, 0, 0
    while (now := time.perf_counter()) < until:
        writer.write(requests[(all_of * CONNECTIONS + number) % len(requests)])
        head = await reader.readuntil(b"\r\n\r\n")
        if head[9:12] not in (b"200", b"304"):
            raise RuntimeError(head.decode())
        length = _LENGTH.search(head)
        if length:
            await reader.readexactly(int(length[1]))
        all_of += 1
        counted += now >= warm
    writer.close()
    return all_of, counted


async def _all(port: int, requests: Sequence[bytes]) -> float:
    until = time.perf_counter() + WARM_S + MEASURED_S
    told = await asyncio.gather(
        *(_ask(port, requests, number, until) for number in range(CONNECTIONS))
    )
    return sum(counted for _, counted in told) / MEASURED_S


def loaded(port: int, requests: Sequence[bytes]) -> float:
    """Answers a second."""
    return uvloop.run(_all(port, requests))


async def load(port: int, requests: Sequence[bytes]) -> float:
    """Answers a second, asked for by another process."""
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(1) as pool:
        return await asyncio.to_thread(pool.apply, loaded, (port, requests))
