"""The log: conditional and bulk appends, reads by tag and of everything."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from statistics import median
from typing import Any
from uuid import uuid4

import msgspec

from tests.bench.peer import NAME, Peer
from tests.bench.row import Row
from tracker.domain.base import EVERYTHING, Actor, Condition, Item, NewEvent, Query, tagged
from tracker.domain.catalog import fact_from
from tracker.domain.policy import PolicyChanged
from tracker.embedded import SUPERUSER, Embedded
from tracker.log.append import Appender
from tracker.log.database import ROLES, Database, create_database
from tracker.log.migrate import migrate
from tracker.log.read import Reader

ACTOR = Actor("01a1ffcc-4f46-7c5c-9b71-7b90fa44b481", "analyst")
FACT: dict[str, Any] = {
    "jurisdiction": "EC", "action": "suspended", "announced_on": "2024-06-18",
    "effective_from": "2024-07-01", "note": "n" * 120, "first_hand": "measured",
    "rule": {"nationalities": ["CN"], "regime": "visa-free-suspended"},
}  # fmt: skip
EACH = {1: 1000, 16: 200, 64: 60}
Work = Callable[[int], Awaitable[None]]


def event(policy: str) -> NewEvent:
    """A change of one policy."""
    fact = fact_from("policy", FACT)
    assert isinstance(fact, PolicyChanged)
    return NewEvent(uuid4(), msgspec.structs.replace(fact, policy=policy))


async def rate(count: int, work: Work, rounds: int = 3) -> float:
    """How many a second: the median of some rounds."""
    rates: list[float] = []
    for number in range(rounds):
        started = time.perf_counter()
        await work(number)
        rates.append(count / (time.perf_counter() - started))
    return median(rates)


async def opened(server: Embedded, name: str) -> Database:
    """A new, migrated database under the application's role."""
    superuser = server.url(user=SUPERUSER, database="postgres")
    await create_database(superuser, name, "tracker_migrate", ROLES)
    await migrate(server.url(user="tracker_migrate", database=name))
    database = Database(server.url(user="tracker_append", database=name), "tracker_append")
    await database.open()
    return database


async def _conditional(appender: Appender, clients: int, each: int) -> float:
    async def work(round_number: int) -> None:
        async def client(k: int) -> None:
            for i in range(each):
                policy = f"{clients}-{round_number}-{k}-{i}"
                query = Query((Item((f"policy:{policy}",), ("policy-changed",)),))
                await appender.append([event(policy)], ACTOR, uuid4(), Condition(query, 0))

        await asyncio.gather(*(client(k) for k in range(clients)))

    return await rate(clients * each, work)


async def _ours(server: Embedded) -> dict[str, float]:
    database = await opened(server, "bench_log")
    appender, reader = Appender(database), Reader(database)
    found: dict[str, float] = {}
    try:
        for clients, each in EACH.items():
            found[f"conditional {clients}"] = await _conditional(appender, clients, each)

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

        found["everything"] = await rate(await reader.head(), everything)
    finally:
        await database.close()
    return found


def rows(server: Embedded) -> Iterator[Row]:
    """The log beside the peer."""
    ours = asyncio.run(_ours(server))
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
        yield Row.of("log", "read all, decoded", ours["everything"], "events/s", (NAME, everything))
