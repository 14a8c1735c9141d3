"""The ticks: what is due lives in a table, so a tick only claims turns and hands them over."""

import asyncio
import logging
from collections import defaultdict
from datetime import timedelta
from typing import Any, cast

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from feeds.poll import Polled, Poller
from tracker.domain.base import Recorded
from tracker.domain.errors import NotFound, TrackerError, Unavailable
from tracker.domain.feed import KNOWN, FeedState, feeds
from tracker.log.read import Reader
from tracker.tables.schedule import Schedule, Turn

TICK_S = 1.0
_AT_ONCE = 16
_LEASE = timedelta(minutes=3)
log = logging.getLogger(__name__)


class Polling:
    """Polls every feed when it is due; any number of processes may do so on one database."""

    def __init__(self, reader: Reader, schedule: Schedule, poller: Poller) -> None:
        self._reader = reader
        self._schedule = schedule
        self._poller = poller
        self._events: list[Recorded] = []
        self._feeds: dict[str, FeedState] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Tick until cancelled; polls under way are cancelled too and lose nothing."""
        scheduler = AsyncIOScheduler()
        cast(Any, scheduler).add_job(
            self.tick, "interval", seconds=TICK_S, max_instances=1, coalesce=True,
            misfire_grace_time=None,
        )  # fmt: skip
        scheduler.start()
        try:
            await asyncio.Event().wait()
        finally:
            scheduler.shutdown(wait=False)
            for task in self._running:
                task.cancel()

    async def tick(self) -> None:
        """Claim what is due and hand it over."""
        try:
            await self.learn()
            free = _AT_ONCE - len(self._running)
            if free <= 0:
                return
            for turn in await self._schedule.claim(free, _LEASE):
                task = asyncio.create_task(self._take(turn))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
        except TrackerError as fault:
            log.warning("a tick was skipped: %s", fault)

    async def poll_now(self, feed: str) -> Polled:
        """Poll one feed at once, due or not; NotFound where it is not an active feed."""
        await self.learn()
        state = self._feeds.get(feed)
        if state is None or state.status != "active":
            raise NotFound(f"feed: {feed} is not an active feed", field="feed")
        await self._schedule.hurry(feed)
        turns = await self._schedule.claim(1, _LEASE, only=feed)
        if not turns:
            return Polled(outcome="busy", message="another process is polling it right now")
        return await self._poll(turns[0], state)

    async def learn(self) -> None:
        """Take in what the log says of feeds since the last tick."""
        head = await self._reader.head()
        after = self._events[-1].position if self._events else 0
        new = await self._reader.read(KNOWN, after=after, before=head, limit=10_000)
        if not new:
            return
        self._events += new
        self._feeds = feeds(self._events)
        by_status: defaultdict[str, list[str]] = defaultdict(list)
        for feed, state in self._feeds.items():
            by_status[state.status].append(feed)
        await self._schedule.forget(by_status["removed"])
        # What a paused feed had before is not new to it when it is resumed.
        await self._schedule.park(by_status["paused"])
        await self._schedule.ensure(by_status["active"])

    async def _take(self, turn: Turn) -> None:
        state = self._feeds.get(turn.feed)
        if state is None:
            return
        try:
            polled = await self._poll(turn, state)
            log.info("polled %s: %s (%s)", state.url, polled.outcome, polled.message)
        except TrackerError as fault:
            log.warning("%s is polled again after its lease: %s", state.url, fault)

    async def _poll(self, turn: Turn, state: FeedState) -> Polled:
        try:
            return await self._poller.poll(turn, state)
        except Unavailable:
            raise
        except Exception as fault:  # one feed's fault must not stop the others, nor be silent
            log.exception("the poll of %s broke off", state.url)
            return await self._poller.give_up(turn, state, fault)
