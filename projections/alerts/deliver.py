"""Delivers what is owed: claim, compose, send, record, several at once.

    due ─ claim (lease, fence) ─→ compose ─→ channel ─→ verdict ─ record (if the fence holds)

A worker that dies in between leaves a lease that ends; the next one sends again with the same id.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable

import aiohttp

from projections.alerts.backoff import step
from projections.alerts.channel import Channel, Verdict
from projections.alerts.compose import Composer
from projections.alerts.leases import Leases
from projections.alerts.message import Claim
from tracker.clock import Clock
from tracker.domain.errors import NotFound, TrackerError, Unavailable
from tracker.log.database import Database

_POLL_S = 0.5
_PAUSE_S = 0.5
log = logging.getLogger(__name__)


class Deliverer:
    """Sends owed messages through their channels.

    `chance` gives numbers in [0, 1) for jitter; `news` is the event that the matcher sets.
    """

    def __init__(
        self,
        database: Database,
        channels: Iterable[Channel],
        session: aiohttp.ClientSession,
        clock: Clock,
        news: asyncio.Event,
        *,
        public_url: str,
        chance: Callable[[], float],
        lease_s: float = 30.0,
        at_once: int = 16,
    ) -> None:
        self._leases = Leases(database)
        self._composer = Composer(database, public_url)
        self._channels = {channel.kind: channel for channel in channels}
        self._session = session
        self._clock = clock
        self._news = news
        self._chance = chance
        self._lease_s = lease_s
        self._at_once = at_once

    async def run(self) -> None:
        """Deliver for ever; a fault is logged and what is due is claimed again."""
        while True:
            try:
                await self._serve()
            except Exception:
                log.exception("delivery stopped, starting again")
                await asyncio.sleep(_PAUSE_S)

    async def deliver_due(self) -> int:
        """Attempt what is due now, once each; how many attempts that were."""
        claims = await self._leases.claim(self._at_once, self._clock(), self._lease_s)
        async with asyncio.TaskGroup() as sending:
            for claim in claims:
                sending.create_task(self._deliver(claim))
        return len(claims)

    async def _serve(self) -> None:
        """Keep up to `at_once` messages on their way; a slow receiver holds up no other."""
        under_way: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as sending:
            while True:
                self._news.clear()
                free = self._at_once - len(under_way)
                for claim in await self._leases.claim(free, self._clock(), self._lease_s):
                    task = sending.create_task(self._deliver(claim))
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                if len(under_way) < self._at_once:
                    await self._wait()
                else:
                    await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)

    async def _wait(self) -> None:
        """Until something is owed; the poll finds retries and what other processes matched."""
        try:
            # Not `wait_for`: before Python 3.12 it forgets a cancellation that comes with the news.
            async with asyncio.timeout(_POLL_S):
                await self._news.wait()
        except TimeoutError:
            pass

    async def _deliver(self, claim: Claim) -> None:
        try:
            verdict = await self._judged(claim)
            now = self._clock()
            next_step = step(verdict, claim.attempts + 1, now, self._chance())
            if not await self._leases.record(claim, verdict, next_step, now):
                log.warning("alert %s was taken over; its attempt counts for nothing", claim.id)
        except Unavailable as fault:
            # Nothing is recorded; when the lease ends the message is sent again.
            log.warning("alert %s could not be recorded: %s", claim.id, fault)
        except Exception:  # one message's fault must not cancel what others are sending
            log.exception("alert %s could not be recorded, it is sent again", claim.id)

    async def _judged(self, claim: Claim) -> Verdict:
        """The verdict on an attempt, also where composing or sending it raises."""
        try:
            return await self._attempt(claim)
        except Unavailable:
            raise
        except TrackerError as wrong:
            return Verdict(outcome="failed", error=wrong.message)
        except Exception as fault:
            log.exception("alert %s could not be sent", claim.id)
            return Verdict(outcome="failed", error=f"{type(fault).__name__}: {fault}")

    async def _attempt(self, claim: Claim) -> Verdict:
        if claim.channel_kind is None or claim.closed:
            reason = claim.closed or "it was deleted"
            return Verdict(outcome="cancelled", error=f"the channel is closed: {reason}")
        channel = self._channels.get(claim.channel_kind)
        if channel is None:
            return Verdict(
                outcome="failed", error=f"no channel of kind {claim.channel_kind!r} is known"
            )
        try:
            message = await self._composer.compose(claim)
        except NotFound as erased:
            return Verdict(outcome="cancelled", error=erased.message)
        settings = channel.read(claim.settings)
        return await channel.send(settings, message, self._session, self._clock())
