"""What is thrown away of ordinary tables, and after how long; of the log, never anything."""

import asyncio
import logging
from datetime import datetime, timedelta

from tracker.clock import Clock
from tracker.domain.errors import TrackerError
from tracker.log.database import Database

KEPT = timedelta(days=30)
"""How long after its end something is still there for whoever asks what it was."""
CREDENTIALS = "delete from app.credential where expires_at < %(before)s"
LEASES = "delete from app.lease where until < %(before)s"
_EVERY_S = 6 * 3600.0
log = logging.getLogger(__name__)


async def tidy(database: Database, now: datetime) -> int:
    """Delete what ended long ago; how many rows that were."""
    before = {"before": now - KEPT}
    return await database.run(CREDENTIALS, before) + await database.run(LEASES, before)


async def keep_tidy(database: Database, clock: Clock) -> None:
    """Tidy up for ever, some times a day; any number of processes may."""
    while True:
        try:
            await tidy(database, clock())
        except TrackerError as fault:
            log.warning("nothing was tidied up: %s", fault)
        await asyncio.sleep(_EVERY_S)
