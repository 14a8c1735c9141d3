"""The work behind the doors: views, alerts, feeds, signatures and days, as long as a process lives.

    views      folded by whoever holds their lease; another takes over within seconds
    alerts     matched under the lock of a cursor, delivered under leases with fences
    feeds      each poll claimed by a row; pages visited the same way
    the rest   ticks whose events have derived ids, so that two make one

Any number of processes may do all of it at once on one database.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Collection
from contextlib import asynccontextmanager

from feeds.schedule import Polling
from projections.alerts.assurer import Assurer
from projections.alerts.matcher import Matcher
from tracker.collecting import polling_of, visiting_of
from tracker.domain.errors import TrackerError
from tracker.log.follow import Head
from tracker.parts import Parts
from tracker.tables.tidying import keep_tidy
from tracker.wiring import deliverer_of, effects_of, reporting_of, trusting_of

_TRIES, _PATIENCE_S = 10, 1.0
log = logging.getLogger(__name__)


@asynccontextmanager
async def working(parts: Parts, stop: asyncio.Event) -> AsyncGenerator[Polling]:
    """Everything at work; each part goes on through faults of the database by itself.

    Should one of them end nevertheless, everything stops: half a tracker looks like a whole one.
    """
    head, news = Head(parts.database), asyncio.Event()
    polling = await polling_of(parts)
    work: list[Awaitable[None]] = [
        head.watch(),
        parts.runner.run(head),
        Matcher(parts.deliver_database, parts.clock, news).run(head),
        Assurer(parts.deliver_database, parts.clock, news).run(),
        deliverer_of(parts, news).run(),
        polling.run(),
        (await visiting_of(parts)).run(),
        parts.signer.run(),
        (await effects_of(parts)).run(),
        (await trusting_of(parts)).run(),
        (await reporting_of(parts)).run(),
        keep_tidy(parts.database, parts.clock, parts.keep_ended_days),
    ]
    tasks = [asyncio.ensure_future(one) for one in work]
    for task in tasks:
        task.add_done_callback(lambda _: stop.set())
    try:
        yield polling
    finally:
        broken = [
            fault for t in tasks if t.done() and not t.cancelled() and (fault := t.exception())
        ]
        await ended(tasks)
    if broken:
        raise TrackerError(f"the tracker stopped because a part of it broke: {broken[0]!r}")


async def ended(tasks: Collection[asyncio.Future[None]]) -> None:
    """Cancel until all have ended: a cancellation that meets the end of a wait can be lost.

    Who does not end is left behind with the process.
    """
    for _ in range(_TRIES):
        pending = [task for task in tasks if not task.done()]
        if not pending:
            return
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=_PATIENCE_S)
    log.warning("a part of the tracker did not end when told to")
