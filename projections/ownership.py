"""Which process folds the views: one at a time, and another within seconds of its death."""

import asyncio
import logging
import math
from datetime import timedelta
from uuid import uuid4

from projections.progress import LEASE
from tracker.domain.errors import Conflict, Unavailable
from tracker.log.database import Database
from tracker.tables.leases import Lease

RENEW_S = 1.0
"""A holder that has not renewed for so long does so before it goes on."""
_LASTS = timedelta(seconds=3)
log = logging.getLogger(__name__)


class Ownership:
    """The lease of the views as one process has it, or has it not."""

    def __init__(self, database: Database, owner: str | None) -> None:
        self._lease = Lease(database, LEASE, owner or str(uuid4()), _LASTS)
        self._renewed = -math.inf

    async def hold(self) -> None:
        """Take the lease, or hold it on when that is due; Conflict where it is another's."""
        time = asyncio.get_running_loop().time()
        if time - self._renewed > RENEW_S:
            self._renewed = -math.inf
            if not await self._lease.take():
                raise Conflict("another process folds the views")
            self._renewed = time

    async def give_back(self) -> None:
        """Let another process have it at once, if the database can be told."""
        self._renewed = -math.inf
        try:
            await self._lease.give_back()
        except Unavailable as fault:
            log.info("the lease of the views runs out by itself: %s", fault)
