"""Checks entries as a command would and copies them to the log, a chunk after the other.

While PostgreSQL takes one chunk, the next one is read, checked and encoded in small slices of the
same loop: neither waits for the other for longer than a slice.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from uuid import UUID

import msgspec

from tracker.clock import Clock
from tracker.domain.base import Actor
from tracker.domain.errors import TrackerError
from tracker.domain.ids import import_id
from tracker.imports.checks import Checks
from tracker.imports.entry import Entry, at
from tracker.imports.pace import give_way
from tracker.log.copy import Copied, Copier
from tracker.log.database import Database
from tracker.log.envelope import encoded
from tracker.log.packing import Chunk
from tracker.log.read import Reader

_CHUNK_BYTES = 8_000_000
_READ_AHEAD = 100


class Tally(msgspec.Struct, frozen=True):
    """How far an import has come; `position` is the highest of its events so far."""

    read: int = 0
    appended: int = 0
    repeated: int = 0
    position: int = 0
    source_bytes: int = 0

    def with_chunk(self, copied: Copied, source_bytes: int) -> "Tally":
        """The tally after one more chunk is in the log."""
        return Tally(
            read=self.read + copied.appended + copied.repeated,
            appended=self.appended + copied.appended,
            repeated=self.repeated + copied.repeated,
            position=max(self.position, copied.position),
            source_bytes=self.source_bytes + source_bytes,
        )


Progress = Callable[[Tally], None]


def quiet(tally: Tally) -> None:
    """Nobody watches."""


class Importer:
    """Brings in history; open it for as long as it is needed."""

    def __init__(
        self,
        database: Database,
        reader: Reader,
        clock: Clock,
        *,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
        chunk_events: int = 8_000,
    ) -> None:
        self._database = database
        self._reader = reader
        self._clock = clock
        self._entropy = entropy
        self._chunk_events = chunk_events

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator["Importer"]:
        """Connect under the role that may only insert; Unavailable where that does not work."""
        await self._database.open()
        try:
            yield self
        finally:
            await self._database.close()

    async def run(
        self, entries: Iterable[Entry], actor: Actor, progress: Progress = quiet
    ) -> Tally:
        """Append all entries that the log does not hold yet, in their order.

        At the first that is wrong it stops: its chunk is not written, what came before is. Raises
        what a command would, naming the place, the field and the reason.
        """
        checks = Checks(self._reader, self._clock, actor)
        copier = Copier(self._database)
        correlation = import_id(self._entropy(10))
        tally, pending = Tally(), None
        try:
            async for batch in self._batches(entries):
                passed = await checks.passed(batch)
                salts = self._entropy(32 * len(passed))
                chunk = await packed(passed, actor, correlation, salts)
                landing, pending = pending, None
                tally = await _landed(tally, landing, progress)
                size = sum(entry.source_bytes for entry in batch)
                pending = (asyncio.create_task(copier.append(chunk)), size)
            landing, pending = pending, None
            tally = await _landed(tally, landing, progress)
        except TrackerError as fault:
            landing, pending = pending, None
            tally = await _landed(tally, landing, progress)
            raise type(fault)(f"{fault.message}; {_stands(tally)}", field=fault.field) from None
        finally:
            if pending is not None:
                pending[0].cancel()
        return tally

    async def _batches(self, entries: Iterable[Entry]) -> AsyncGenerator[list[Entry]]:
        batch: list[Entry] = []
        size_bytes = 0
        coming = iter(entries)
        # A source may keep us waiting, and a chunk on its way holds the lock of the log meanwhile.
        while some := await asyncio.to_thread(lambda: list(islice(coming, _READ_AHEAD))):
            for entry in some:
                batch.append(entry)
                size_bytes += entry.source_bytes
                if len(batch) >= self._chunk_events or size_bytes >= _CHUNK_BYTES:
                    yield batch
                    batch, size_bytes = [], 0
        if batch:
            yield batch


async def packed(entries: Sequence[Entry], actor: Actor, correlation: UUID, salts: bytes) -> Chunk:
    """The entries as a chunk, each with 32 bytes of the salts; the first that is too large or
    comes twice with other content is refused with its place.
    """
    chunk = Chunk()
    for i, entry in enumerate(entries):
        try:
            salt = salts[32 * i : 32 * i + 32]
            chunk.add(encoded(entry.new, actor, correlation, salt), entry.place)
        except TrackerError as fault:
            raise at(entry.place, fault) from None
        await give_way(i)
    return chunk


async def _landed(
    tally: Tally, pending: tuple[asyncio.Task[Copied], int] | None, progress: Progress
) -> Tally:
    """The tally once the chunk that is on its way is in the log."""
    if pending is None:
        return tally
    task, source_bytes = pending
    tally = tally.with_chunk(await task, source_bytes)
    progress(tally)
    return tally


def _stands(tally: Tally) -> str:
    if not tally.read:
        return "nothing was written"
    return f"the {tally.read} events before its chunk are in the log; run it again to go on"
