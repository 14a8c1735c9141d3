"""Following the log without gaps: NOTIFY is a hint, a poll every 250 ms carries the guarantee."""

import asyncio
import logging
from collections.abc import AsyncGenerator

import psycopg

from tracker.domain.base import Query, Recorded
from tracker.domain.errors import Unavailable
from tracker.log.database import Database
from tracker.log.read import Reader

_POLL_S = 0.25
# A server that takes no LISTEN is asked again only so often; the poll goes on meanwhile.
_LISTEN_AGAIN_S = 2.0
_PAGE = 500
log = logging.getLogger(__name__)


class Head:
    """The head of the log as one process sees it; any number of followers wait on it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reader = Reader(database)
        self._moved = asyncio.Event()
        self._hint = asyncio.Event()
        self.position = 0

    async def past(self, position: int) -> int:
        """Wait until the log has grown past a position; the head then."""
        while self.position <= position:
            await self._moved.wait()
        return self.position

    async def watch(self) -> None:
        """Keep the head current for ever; a database that is away is asked again."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._poll())

    async def _poll(self) -> None:
        while True:
            self._hint.clear()
            try:
                self._advance(await self._reader.head())
            except (Unavailable, psycopg.Error) as fault:
                log.warning("lost sight of the log, looking again: %s", fault)
            # Not `wait_for`: before Python 3.12 it forgets a cancellation that comes with the hint.
            try:
                async with asyncio.timeout(_POLL_S):
                    await self._hint.wait()
            except TimeoutError:
                pass

    def _advance(self, position: int) -> None:
        if position > self.position:
            self.position = position
            self._moved.set()
            self._moved = asyncio.Event()

    async def _listen(self) -> None:
        """Turn notifications into hints; what cuts them off is waited out.

        A pooler would leave LISTEN behind on a connection of somebody else: the poll does alone.
        """
        if self._database.pooled:
            return
        while True:
            try:
                hints = await self._database.listen("tracker_log")
                try:
                    async for _ in hints.notifies():
                        self._hint.set()
                finally:
                    await hints.close()
            except (Unavailable, psycopg.Error) as fault:
                log.info("no notifications for now, polling only: %s", fault)
            await asyncio.sleep(_LISTEN_AGAIN_S)


async def follow(
    head: Head, reader: Reader, query: Query, after: int
) -> AsyncGenerator[tuple[list[Recorded], int]]:
    """The events that fit, as the log grows, with the position that was scanned: for ever.

    Whoever wants to go on later keeps the position, which moves past events that do not fit too:
    else a filter that seldom fits would read the whole log again. Raises Unavailable where the
    database stays away; begin again then after the last position.
    """
    while True:
        last = await head.past(after)
        while after < last:
            events = await reader.read(query, after=after, before=last, limit=_PAGE)
            after = events[-1].position if len(events) == _PAGE else last
            yield events, after
