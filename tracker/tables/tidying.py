"""What is thrown away of ordinary tables, and after how long; of the log, never anything."""

import asyncio
import logging
from datetime import datetime, timedelta

from tracker.clock import Clock
from tracker.domain.errors import TrackerError
from tracker.log.database import Database

CREDENTIALS = "delete from app.credential where expires_at < %(before)s"
REQUESTS = "delete from app.request where asked_at < %(before)s"
_EVERY_S = 6 * 3600.0
log = logging.getLogger(__name__)


async def tidy(database: Database, now: datetime, kept_days: int) -> int:
    """Delete what ended so many days ago; how many rows that were."""
    before = {"before": now - timedelta(days=kept_days)}
    return await database.run(CREDENTIALS, before) + await database.run(REQUESTS, before)


async def keep_tidy(database: Database, clock: Clock, kept_days: int) -> None:
    """Tidy up for ever, some times a day; any number of processes may."""
    while True:
        try:
            await tidy(database, clock(), kept_days)
        except TrackerError as fault:
            log.warning("nothing was tidied up: %s", fault)
        await asyncio.sleep(_EVERY_S)
