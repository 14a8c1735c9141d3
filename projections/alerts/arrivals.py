"""Records messages that arrived, those together that arrive while others are being recorded."""

import asyncio
from datetime import datetime

from projections.alerts.channel import Verdict
from projections.alerts.leases import Leases
from projections.alerts.message import Claim

Arrived = tuple[Claim, Verdict, datetime]


class Arrivals:
    """Whoever comes first records for all who wait: one commit costs as much as many."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases
        self._turn = asyncio.Lock()
        self._waiting: list[tuple[Arrived, asyncio.Future[bool]]] = []

    async def record(self, claim: Claim, verdict: Verdict, now: datetime) -> bool:
        """Record that a message was delivered; false where its fence is stale."""
        held: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(((claim, verdict, now), held))
        async with self._turn:
            if not held.done():
                await self._record()
        return await held

    async def _record(self) -> None:
        batch, self._waiting = self._waiting, []
        try:
            kept = await self._leases.record_delivered([arrived for arrived, _ in batch])
        except asyncio.CancelledError:
            for _, held in batch:
                held.cancel()
            raise
        except Exception as fault:  # noqa: BLE001  whoever waits raises it for their own message
            for _, held in batch:
                if not held.done():
                    held.set_exception(fault)
            return
        for (claim, _, _), held in batch:
            if not held.done():
                held.set_result(claim.id in kept)
