"""Following the log without gaps: NOTIFY is a hint, a poll every 250 ms carries the guarantee."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator

import psycopg

from tracker.domain.errors import Unavailable
from tracker.log.database import Connection, Database
from tracker.log.read import Reader

_POLL_S = 0.25
log = logging.getLogger(__name__)


class Head:
    """The head of the log as one process sees it; any number of followers wait on it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reader = Reader(database)
        self._moved = asyncio.Event()
        self.position = 0

    async def past(self, position: int) -> int:
        """Wait until the log has grown past a position; the head then."""
        while self.position <= position:
            await self._moved.wait()
        return self.position

    async def watch(self) -> None:
        """Keep the head current for ever; a database that is away is asked again."""
        while True:
            try:
                async with self._listening() as hints:
                    while True:
                        self._advance(await self._reader.head())
                        with contextlib.suppress(TimeoutError):
                            await asyncio.wait_for(anext(hints), _POLL_S)
            except (Unavailable, psycopg.Error, StopAsyncIteration) as fault:
                log.warning("lost sight of the log, looking again: %s", fault)
                await asyncio.sleep(_POLL_S)

    def _advance(self, position: int) -> None:
        if position > self.position:
            self.position = position
            self._moved.set()
            self._moved = asyncio.Event()

    @contextlib.asynccontextmanager
    async def _listening(self) -> AsyncGenerator[AsyncIterator[object]]:
        connection: Connection = await self._database.listen("tracker_log")
        try:
            yield _hints(connection)
        finally:
            await connection.close()


async def _hints(connection: Connection) -> AsyncIterator[object]:
    while True:
        async for hint in connection.notifies(timeout=_POLL_S, stop_after=1):
            yield hint
        yield None
