"""Ticks: something that is done every so many seconds, one at a time, until its task is cancelled.

APScheduler only ticks: what is due lies in tables, so nothing is lost with a process.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from apscheduler.schedulers.asyncio import AsyncIOScheduler


async def tick_for_ever(
    tick: Callable[[], Awaitable[object]], every_s: float, *, most: int = 1
) -> None:
    """Tick for the first time after the pause; at most so many ticks are under way at a time.

    A tick that was due while another went on is made up for once, however late.
    """
    scheduler = AsyncIOScheduler()
    cast(Any, scheduler).add_job(
        tick, "interval", seconds=every_s, max_instances=most, coalesce=True,
        misfire_grace_time=None,
    )  # fmt: skip
    scheduler.start()
    try:
        await asyncio.Event().wait()
    finally:
        scheduler.shutdown(wait=False)
