"""What the benchmarks share: an event, a database, conditional appends, and how a rate is taken."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from statistics import median
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
from psycopg import sql

from projections import VIEWS
from projections.runner import Runner
from tracker.domain.base import Actor, Condition, Item, NewEvent, Query
from tracker.domain.catalog import fact_from
from tracker.domain.policy import PolicyChanged
from tracker.embedded import SUPERUSER, Embedded
from tracker.log.append import Appender
from tracker.log.database import ROLES, Database, create_database
from tracker.log.migrate import migrate

ACTOR = Actor("01a1ffcc-4f46-7c5c-9b71-7b90fa44b481", "analyst")
FACT: dict[str, Any] = {
    "jurisdiction": "EC", "action": "suspended", "announced_on": "2024-06-18",
    "effective_from": "2024-07-01", "note": "n" * 120, "first_hand": "measured",
    "rule": {"nationalities": ["CN"], "regime": "visa-free-suspended"},
}  # fmt: skip
Work = Callable[[int], Awaitable[None]]


_TEMPLATE = fact_from("policy", FACT)


def event(policy: str) -> NewEvent:
    """A change of one policy."""
    assert isinstance(_TEMPLATE, PolicyChanged)
    return NewEvent(uuid4(), msgspec.structs.replace(_TEMPLATE, policy=policy))


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


def drop(server: Embedded, name: str) -> None:
    """Give the room on the disk back that a database takes."""
    _as_superuser(server, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def settle(server: Embedded, name: str) -> None:
    """Do what the database does by itself a minute after so much was brought in."""
    _as_superuser(server, sql.SQL("vacuum (analyze)"), name)


def flush(server: Embedded) -> None:
    """Write to the disk what the database would write by itself in the next minutes."""
    _as_superuser(server, sql.SQL("checkpoint"))


def _as_superuser(
    server: Embedded, statement: sql.SQL | sql.Composed, database: str = "postgres"
) -> None:
    url = server.url(user=SUPERUSER, database=database)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(statement)


@asynccontextmanager
async def role(server: Embedded, name: str, acting: str) -> AsyncGenerator[Database]:
    """A database under one of the roles of the house."""
    database = Database(server.url(user=acting, database=name), acting)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def folding(server: Embedded, name: str) -> AsyncGenerator[Runner]:
    """The runner of all views, as a tracker has it."""
    async with (
        role(server, name, "tracker_view") as database,
        role(server, name, "tracker_rebuild") as builder,
    ):
        yield Runner(database, VIEWS, builder=builder)


async def conditional(
    appender: Appender, clients: int, each: int, rounds: int = 3, prefix: str = ""
) -> float:
    """Conditional appends a second by so many clients, one event each; the median of rounds."""

    async def work(round_number: int) -> None:
        async def client(k: int) -> None:
            for i in range(each):
                policy = f"{prefix}{clients}-{round_number}-{k}-{i}"
                query = Query((Item((f"policy:{policy}",), ("policy-changed",)),))
                await appender.append([event(policy)], ACTOR, uuid4(), Condition(query, 0))

        await asyncio.gather(*(client(k) for k in range(clients)))

    return await rate(clients * each, work, rounds)
