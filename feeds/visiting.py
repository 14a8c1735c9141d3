"""The ticks of visits, beside those of polls: a page that is slow keeps no feed waiting.

tick ─→ learn who cites what ─→ claim visits, one of each host ─→ each with a limit of time
"""

import asyncio
import logging
from datetime import timedelta

from feeds.articles import Visited
from feeds.citing import Citing
from feeds.visit import Visitor
from tracker.domain.errors import TrackerError, Unavailable
from tracker.tables.pages import Pages, Visit
from tracker.ticking import tick_for_ever

TICK_S = 1.0
_LEASE = timedelta(minutes=3)
_AT_ONCE = 16
log = logging.getLogger(__name__)


class Visiting:
    """Visits every page when it is due; any number of processes may do so on one database."""

    def __init__(self, pages: Pages, citing: Citing, visitor: Visitor) -> None:
        self._pages = pages
        self._citing = citing
        self._visitor = visitor
        self._running: set[asyncio.Task[Visited | None]] = set()

    async def run(self) -> None:
        """Tick until cancelled; visits under way are cancelled too and lose nothing."""
        try:
            await tick_for_ever(self.tick, TICK_S)
        finally:
            for task in self._running:
                task.cancel()

    async def tick(self) -> None:
        """Claim what is due and hand it over."""
        try:
            await self._claim()
        except TrackerError as fault:
            log.warning("no page was visited, trying again: %s", fault)

    async def once(self) -> list[Visited]:
        """Make the visits that are due now, one at each host, and wait for them."""
        started = await self._claim()
        return [visited for visited in await asyncio.gather(*started) if visited]

    async def _claim(self) -> list[asyncio.Task[Visited | None]]:
        await self._citing.learn()
        free = _AT_ONCE - len(self._running)
        visits = await self._pages.claim(free, _LEASE) if free > 0 else []
        started = [asyncio.create_task(self._take(visit)) for visit in visits]
        for task in started:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return started

    async def _take(self, visit: Visit) -> Visited | None:
        try:
            visited = await self._visit(visit)
        except TrackerError as fault:
            log.warning("%s is visited again after its lease: %s", visit.document, fault)
            return None
        log.info("visited %s: %s (%s)", visit.document, visited.outcome, visited.message)
        return visited

    async def _visit(self, visit: Visit) -> Visited:
        # Ended before its lease does, it can still say so.
        limit_s = _LEASE.total_seconds() * 0.8
        limit = asyncio.timeout(limit_s)
        try:
            async with limit:
                return await self._visitor.visit(visit)
        except Unavailable:
            raise
        except Exception as fault:  # one page's fault must not stop the others, nor be silent
            if limit.expired():
                visited = Visited(outcome="timed-out", message=f"it took over {limit_s:.0f} s")
            else:
                log.exception("the visit of %s broke off", visit.document)
                visited = Visited(outcome="broke-off", message=f"it broke off: {fault!r:.200}")
            return await self._visitor.give_up(visit, visited)
