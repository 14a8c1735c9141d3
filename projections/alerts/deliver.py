"""Delivers what is owed: claim, compose, send, record, several at once.

    due ─ claim (lease, fence) ─→ compose ─→ channel ─→ verdict ─ record (if the fence holds)

A worker that dies in between leaves a lease that ends; the next one sends again with the same id.
Kinds of channels whose messages one server takes are claimed apart: while it hangs, others go on.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from projections.alerts.arrivals import Arrivals
from projections.alerts.backoff import Step, step
from projections.alerts.channel import Channel, Means, Outgoing, Verdict
from projections.alerts.compose import Composer
from projections.alerts.leases import Leases
from projections.alerts.message import Claim
from tracker.clock import Clock
from tracker.domain.errors import NotFound, TrackerError, Unavailable
from tracker.log.database import Database
from tracker.tables.channels import opened
from tracker.tables.sealing import Sealer

_POLL_S = 0.5
_PAUSE_S = 0.5
_GATHER_S = 0.005
log = logging.getLogger(__name__)


class Deliverer:
    """Sends owed messages through their channels.

    `chance` gives numbers in [0, 1) for jitter; `news` is the event that the matcher sets.
    """

    def __init__(
        self,
        database: Database,
        channels: Iterable[Channel],
        means: Means,
        clock: Clock,
        news: asyncio.Event,
        *,
        sealer: Sealer,
        public_url: str,
        chance: Callable[[], float],
        lease_s: float = 30.0,
        at_once: int = 64,
        at_once_shared: int = 16,
    ) -> None:
        self._leases = Leases(database)
        self._arrivals = Arrivals(self._leases)
        self._composer = Composer(database, public_url)
        self._channels = {channel.kind: channel for channel in channels}
        self._means = means
        self._clock = clock
        self._news = news
        self._chance = chance
        self._sealer = sealer
        self._lease_s = lease_s
        self._at_once = at_once
        self._at_once_shared = at_once_shared
        self._shared_kinds = [one.kind for one in self._channels.values() if one.shared]

    async def run(self) -> None:
        """Deliver for ever; a fault is logged and what is due is claimed again."""
        async with asyncio.TaskGroup() as lanes:
            lanes.create_task(self._run(self._at_once))
            lanes.create_task(self._run(self._at_once_shared, shared=True))

    async def deliver_due(self) -> int:
        """Attempt what is due now, once each; how many attempts that were."""
        claims = await self._claim(self._at_once, shared=False)
        claims += await self._claim(self._at_once, shared=True)
        composed = await self._composed(claims)
        async with asyncio.TaskGroup() as sending:
            for claim in claims:
                sending.create_task(self._deliver(claim, composed[claim.id]))
        return len(claims)

    async def _claim(self, most: int, *, shared: bool) -> list[Claim]:
        now = self._clock()
        return await self._leases.claim(
            most, now, self._lease_s, kinds=self._shared_kinds, among=shared
        )

    async def _run(self, at_once: int, *, shared: bool = False) -> None:
        """Keep up to `at_once` messages on their way; a slow receiver holds up no other."""
        under_way: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as sending:
            while True:
                # The hint is for one; what servers in common take, they take by the poll.
                if not shared:
                    self._news.clear()
                free = at_once - len(under_way)
                try:
                    claims = await self._claim(free, shared=shared)
                    composed = await self._composed(claims)
                except Exception:  # what is on its way is not to be broken off
                    log.exception("nothing more is delivered for now, trying again")
                    await asyncio.sleep(_PAUSE_S)
                    continue
                for claim in claims:
                    task = sending.create_task(self._deliver(claim, composed[claim.id]))
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                if len(claims) < free:
                    await (asyncio.sleep(_POLL_S) if shared else self._wait())
                else:
                    await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                    # So that the next claim is of many, and not of the one that ended first.
                    await asyncio.sleep(_GATHER_S)

    async def _composed(self, claims: Sequence[Claim]) -> dict[UUID, Outgoing | Exception]:
        """The claimed messages in words; where nothing can be read, each has that as its fault."""
        if not claims:
            return {}
        try:
            return await self._composer.compose_all(claims)
        except Exception as fault:  # noqa: BLE001  the verdict on each says it
            return dict.fromkeys((claim.id for claim in claims), fault)

    async def _wait(self) -> None:
        """Until something is owed; the poll finds retries and what other processes matched."""
        try:
            # Not `wait_for`: before Python 3.12 it forgets a cancellation that comes with the news.
            async with asyncio.timeout(_POLL_S):
                await self._news.wait()
        except TimeoutError:
            pass

    async def _deliver(self, claim: Claim, message: Outgoing | Exception) -> None:
        try:
            verdict = await self._judged(claim, message)
            now = self._clock()
            if verdict.outcome == "delivered":
                kept = await self._arrivals.record(claim, verdict, now)
            else:
                kept = await self._leases.record(
                    claim, verdict, self._step(claim, verdict, now), now
                )
            if not kept:
                log.warning("alert %s was taken over; its attempt counts for nothing", claim.id)
        except Unavailable as fault:
            # Nothing is recorded; when the lease ends the message is sent again.
            log.warning("alert %s could not be recorded: %s", claim.id, fault)
        except Exception:  # one message's fault must not cancel what others are sending
            log.exception("alert %s could not be recorded, it is sent again", claim.id)

    def _step(self, claim: Claim, verdict: Verdict, now: datetime) -> Step:
        tried = claim.attempts + 1 - claim.begun
        return step(verdict, tried, now, self._chance(), claim.begun_at)

    async def _judged(self, claim: Claim, message: Outgoing | Exception) -> Verdict:
        """The verdict on an attempt, also where composing or sending it raises."""
        try:
            return await self._attempt(claim, message)
        except Unavailable:
            raise
        except TrackerError as wrong:
            return Verdict(outcome="failed", error=wrong.message)
        except Exception as fault:
            log.exception("alert %s could not be sent", claim.id)
            return Verdict(outcome="failed", error=f"{type(fault).__name__}: {fault}")

    async def _attempt(self, claim: Claim, message: Outgoing | Exception) -> Verdict:
        if claim.channel_kind is None or claim.closed:
            reason = claim.closed or "it was deleted"
            return Verdict(outcome="gone", error=f"the channel is closed: {reason}")
        channel = self._channels.get(claim.channel_kind)
        if channel is None:
            return Verdict(
                outcome="failed", error=f"no channel of kind {claim.channel_kind!r} is known"
            )
        if isinstance(message, NotFound):
            return Verdict(outcome="cancelled", error=message.message)
        if isinstance(message, Exception):
            raise message
        settings = channel.read(opened(self._sealer, claim.channel, claim.settings, claim.sealed))
        return await channel.send(settings, message, self._means, self._clock())
