"""Imports: by the thousand through COPY, and from a file with every check, on a server with fsync."""

import asyncio
import io
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from uuid import uuid4

import msgspec
import uvloop

from tests.bench.peer import NAME, Peer
from tests.bench.row import Row
from tests.bench.work import ACTOR, FACT, event, opened, rate
from tracker.clock import system_clock
from tracker.domain.base import NewEvent
from tracker.domain.ids import derived, timed
from tracker.embedded import Embedded
from tracker.imports.entry import Entry
from tracker.imports.importer import Importer, packed
from tracker.imports.lines import entries
from tracker.log.copy import Copied, Copier
from tracker.log.database import Database
from tracker.log.read import Reader

EVENTS = 64_000
CHECKED = 16_000
_CHUNK = 8_000


def changes(name: str, low: int, high: int) -> Iterator[Entry]:
    """Changes of five thousand policies, with ids as a tracker gives them."""
    for i in range(low, high):
        policy = str(derived(name, str(i % 5000)))
        new = msgspec.structs.replace(event(policy), id=timed(system_clock(), os.urandom(10)))
        yield Entry("an event", new)


async def copy(database: Database, events: Iterable[Entry]) -> None:
    """Bring events in; one chunk is encoded while the one before is on its way."""
    copier, correlation = Copier(database), uuid4()
    on_its_way: asyncio.Task[Copied] | None = None
    source = iter(events)
    while some := list(islice(source, _CHUNK)):
        chunk = await packed(some, ACTOR, correlation, os.urandom(32 * len(some)))
        if on_its_way:
            await on_its_way
        on_its_way = asyncio.create_task(copier.append(chunk))
    if on_its_way:
        await on_its_way


def _line(new: NewEvent) -> bytes:
    return msgspec.json.encode({"id": new.id, "type": new.event.type, "payload": new.event}) + b"\n"


async def _rates(server: Embedded) -> dict[str, float]:
    database = await opened(server, "bench_imports")
    importing = Database(
        server.url(user="tracker_import", database="bench_imports"), "tracker_import"
    )
    importer = Importer(importing, Reader(database), system_clock)
    try:
        async with importer.opened():
            rounds = [list(changes(f"bulk-{k}", 0, EVENTS)) for k in range(3)]

            async def bulk(round_number: int) -> None:
                await copy(importing, rounds[round_number])

            copied = await rate(EVENTS, bulk)
            files = [
                io.BytesIO(b"".join(_line(e.new) for e in changes(f"file-{k}", 0, CHECKED)))
                for k in range(3)
            ]

            async def from_file(round_number: int) -> None:
                await importer.run(entries(files[round_number], "bench"), ACTOR)

            checked = await rate(CHECKED, from_file)
    finally:
        await database.close()
    return {"copied": copied, "checked": checked}


def rows(server: Embedded) -> Iterator[Row]:
    """Imports beside the peer's fastest way in."""
    ours = uvloop.run(_rates(server))
    with Peer(server, FACT) as peer:
        theirs = peer.bulk(20, 500)
    yield Row.of(
        "log", "bulk import with tags, commitment and tree", ours["copied"], "events/s",
        (NAME, theirs),
    )  # fmt: skip
    yield Row.of("log", "import from a file, checked", ours["checked"], "events/s")
