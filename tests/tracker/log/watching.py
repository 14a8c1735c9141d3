"""A head that is kept current while a test looks."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tracker.log.database import Database
from tracker.log.follow import Head


@asynccontextmanager
async def watching(database: Database) -> AsyncGenerator[Head]:
    """The head of the log until the end of the block."""
    head = Head(database)
    task = asyncio.create_task(head.watch())
    try:
        yield head
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
