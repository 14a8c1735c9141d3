"""The ticks: what is due lives in a table, so a tick only claims turns and hands them over.

    tick ─→ learn from the log ─→ claim turns ─→ polls, each with a limit of time
                                      ↑ as soon as some have ended ┘

Nothing waits for one poll: a feed that hangs keeps its own turn and no other.
"""

import asyncio
import logging
from collections.abc import Iterable
from datetime import timedelta

from feeds.cadence import SPACING_S
from feeds.guard import host_of
from feeds.poll import Polled, Poller
from tracker.domain.base import Recorded
from tracker.domain.errors import NotFound, TrackerError, Unavailable
from tracker.domain.feed import KNOWN, FeedState, feeds
from tracker.log.read import Reader
from tracker.tables.feed_access import FeedAccess
from tracker.tables.schedule import Schedule, Turn
from tracker.ticking import tick_for_ever

TICK_S = 1.0
LEASE = timedelta(minutes=3)
_AT_ONCE = 64
# Turns are claimed a few at a time, as each claim costs as much as a poll does.
_WORTH_CLAIMING = 16
_PAGE = 10_000
log = logging.getLogger(__name__)


class Polling:
    """Polls every feed when it is due; any number of processes may do so on one database."""

    def __init__(
        self,
        reader: Reader,
        schedule: Schedule,
        poller: Poller,
        access: FeedAccess,
        *,
        lease: timedelta = LEASE,
        page: int = _PAGE,
    ) -> None:
        self._reader = reader
        self._schedule = schedule
        self._poller = poller
        self._access = access
        self._lease = lease
        self._page = page
        self._position = 0
        self._feeds: dict[str, FeedState] = {}
        self._unplaced: set[str] = set()
        self._learning = asyncio.Lock()
        self._ticking = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()
        self._broken_off: list[Turn] = []

    async def run(self) -> None:
        """Tick until cancelled; polls under way are cancelled too and lose nothing."""
        try:
            await tick_for_ever(self._tick_alone, TICK_S, most=2)
        finally:
            for task in self._running:
                task.cancel()

    async def _tick_alone(self) -> None:
        # With much to do a tick outlasts the pause between two, which is nothing to warn of.
        if not self._ticking.locked():
            async with self._ticking:
                await self.tick()

    async def tick(self) -> None:
        """Claim what is due and hand it over, until nothing more is due or all hands are full."""
        try:
            await self.learn()
            await self._give_back()
            while turns := await self._schedule.claim(_AT_ONCE - len(self._running), self._lease):
                for turn in turns:
                    task = asyncio.create_task(self._take(turn))
                    self._running.add(task)
                    task.add_done_callback(self._running.discard)
                if not await self._room():
                    return
        except TrackerError as fault:
            log.warning("a tick was skipped: %s", fault)

    async def _give_back(self) -> None:
        """End the turns that a fault of the database broke off: a lease is long for those who wait."""
        if broken_off := list(self._broken_off):
            await self._schedule.give_back(broken_off, timedelta(seconds=SPACING_S))
            del self._broken_off[: len(broken_off)]

    async def _room(self) -> bool:
        """Wait for some polls to end; False if they are too slow for this tick."""
        deadline = asyncio.get_running_loop().time() + TICK_S
        while len(self._running) > _AT_ONCE - _WORTH_CLAIMING:
            left_s = deadline - asyncio.get_running_loop().time()
            if left_s <= 0:
                return len(self._running) < _AT_ONCE
            await asyncio.wait(self._running, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
        return True

    async def poll_now(self, feed: str) -> Polled:
        """Poll one feed at once, due or not; NotFound where it is not an active feed."""
        await self.learn()
        state = self._feeds.get(feed)
        if state is None or state.status != "active":
            raise NotFound(f"feed: {feed} is not an active feed", field="feed")
        turn = await self._schedule.claim_now(feed, self._lease)
        if turn is None:
            return Polled(outcome="busy", message="another process is polling it right now")
        return await self._poll(turn, state)

    async def learn(self) -> None:
        """Take in what the log says of feeds since the last tick."""
        async with self._learning:
            while new := await self._reader.read(KNOWN, after=self._position, limit=self._page):
                feeds(new, self._feeds)
                self._unplaced |= _about(new)
                self._position = new[-1].position
            # Only now: half way through the log a paused or removed feed may still be active.
            if self._unplaced:
                await self._place(self._unplaced)
                self._unplaced = set()

    async def _place(self, changed: Iterable[str]) -> None:
        states = {feed: self._feeds[feed] for feed in changed if feed in self._feeds}
        by_status: dict[str, list[str]] = {"active": [], "paused": [], "removed": []}
        for feed, state in states.items():
            by_status[state.status].append(feed)
        if removed := by_status["removed"]:
            await self._schedule.forget(removed)
            await self._access.forget(removed)
            for feed in removed:
                del self._feeds[feed]
        if paused := by_status["paused"]:
            # What a paused feed had before is not new to it when it is resumed.
            await self._schedule.park(paused)
        if active := by_status["active"]:
            await self._schedule.ensure({feed: host_of(states[feed].url) for feed in active})

    async def _take(self, turn: Turn) -> None:
        try:
            if turn.feed not in self._feeds:
                # Another process was the first to hear of it.
                await self.learn()
            state = self._feeds.get(turn.feed)
            if state is None:
                # Whoever gave it a place ended before it heard that the feed is removed.
                await self._schedule.forget([turn.feed])
                return
        except TrackerError as fault:
            self._broken_off.append(turn)
            log.warning("the poll of feed %s broke off: %s", turn.feed, fault)
            return
        try:
            polled = await self._poll(turn, state)
            log.info("polled %s: %s (%s)", state.url, polled.outcome, polled.message)
        except TrackerError as fault:
            self._broken_off.append(turn)
            log.warning("the poll of %s broke off: %s", state.url, fault)

    async def _poll(self, turn: Turn, state: FeedState) -> Polled:
        # Ended before its lease does, it can still say so.
        limit_s = self._lease.total_seconds() * 0.8
        limit = asyncio.timeout(limit_s)
        try:
            async with limit:
                return await self._poller.poll(turn, state)
        except Unavailable:
            raise
        except Exception as fault:  # one feed's fault must not stop the others, nor be silent
            if limit.expired():
                polled = Polled(outcome="timed-out", message=f"the poll took over {limit_s:.0f} s")
            else:
                log.exception("the poll of %s broke off", state.url)
                polled = Polled(outcome="broke-off", message=f"the poll broke off: {fault!r:.200}")
            return await self._poller.give_up(turn, state, polled)


def _about(events: Iterable[Recorded]) -> set[str]:
    return {tag.removeprefix("feed:") for e in events for tag in e.tags if tag.startswith("feed:")}
