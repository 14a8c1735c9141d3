"""Following the log without gaps: NOTIFY is a hint, a poll every 250 ms carries the guarantee."""

import asyncio
import logging

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
        hints: Connection | None = None
        try:
            while True:
                hints = hints or await self._listen()
                try:
                    self._advance(await self._reader.head())
                except (Unavailable, psycopg.Error) as fault:
                    log.warning("lost sight of the log, looking again: %s", fault)
                hints = await _pause(hints)
        finally:
            if hints is not None:
                await hints.close()

    def _advance(self, position: int) -> None:
        if position > self.position:
            self.position = position
            self._moved.set()
            self._moved = asyncio.Event()

    async def _listen(self) -> Connection | None:
        try:
            return await self._database.listen("tracker_log")
        except (Unavailable, psycopg.Error) as fault:
            log.info("no notifications, polling only: %s", fault)
            return None


async def _pause(hints: Connection | None) -> Connection | None:
    """Wait for a hint or for the next poll; what is left of the connection."""
    if hints is None:
        await asyncio.sleep(_POLL_S)
        return None
    try:
        async for _ in hints.notifies(timeout=_POLL_S, stop_after=1):
            pass
    except psycopg.Error as fault:
        log.info("no more notifications for now: %s", fault)
        await hints.close()
        return None
    return hints
