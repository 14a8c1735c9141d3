"""The log: conditional and bulk appends, reads by tag and of everything, proofs, and its size."""

from collections.abc import Iterator
from uuid import uuid4

import uvloop

from tests.bench import imports, proofs, scale
from tests.bench.peer import NAME, Peer
from tests.bench.row import Row
from tests.bench.work import ACTOR, FACT, conditional, event, opened, rate
from tracker.domain.base import EVERYTHING, tagged
from tracker.embedded import Embedded
from tracker.log.append import Appender
from tracker.log.read import ALL, Reader

EACH = {1: 1000, 16: 400, 64: 150}


async def _ours(server: Embedded) -> dict[str, float]:
    database = await opened(server, "bench_log")
    appender, reader = Appender(database), Reader(database)
    found: dict[str, float] = {}
    try:
        for clients, each in EACH.items():
            found[f"conditional {clients}"] = await conditional(appender, clients, each)

        async def bulk(round_number: int) -> None:
            for call in range(20):
                events = [event(f"bulk-{round_number}-{call}-{i % 50}") for i in range(500)]
                await appender.append(events, ACTOR, uuid4())

        found["bulk"] = await rate(20 * 500, bulk)

        async def by_tag(round_number: int) -> None:
            for i in range(200):
                assert len(await reader.read(tagged(f"policy:16-0-0-{i}"))) == 1

        found["by tag"] = await rate(200, by_tag)

        async def everything(round_number: int) -> None:
            after = 0
            while page := await reader.read(EVERYTHING, after=after, limit=5000):
                after = page[-1].position

        head = await reader.head()
        found["everything"] = await rate(head, everything)

        async def stored(round_number: int) -> None:
            for low in range(0, head, 5000):
                span = {"after": low, "before": head, "limit": 5000}
                assert await database.fetch(ALL[0], span)

        found["stored"] = await rate(head, stored)
    finally:
        await database.close()
    return found


def rows(server: Embedded) -> Iterator[Row]:
    """The log beside the peer."""
    ours = uvloop.run(_ours(server))
    with Peer(server, FACT) as peer:
        for clients, each in EACH.items():
            many = f"{clients} client{'' if clients == 1 else 's'}"
            theirs = peer.conditional(clients, each)
            yield Row.of(
                "log", f"conditional append, {many}", ours[f"conditional {clients}"], "events/s",
                (NAME, theirs),
            )  # fmt: skip
        bulk = peer.bulk(20, 500)
        yield Row.of("log", "append, 500 a call", ours["bulk"], "events/s", (NAME, bulk))
        by_tag = peer.by_tag(200)
        yield Row.of("log", "read by tag", ours["by tag"], "queries/s", (NAME, by_tag))
        everything = peer.everything()
        # The peer hands out payloads as bytes; both ways of ours are shown beside it.
        for work, rate_of_ours in (("", ours["stored"]), (", decoded", ours["everything"])):
            yield Row.of("log", f"read all{work}", rate_of_ours, "events/s", (NAME, everything))
    yield from imports.rows(server)
    yield from scale.rows(server)
    yield from proofs.rows(server)
