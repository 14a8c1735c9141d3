"""A process that matches and delivers, and kills itself when it looks at the clock the nth time.

It looks before it stores what is owed, before it claims, before it sends and before it records.
"""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime

import aiohttp

from projections.alerts import CHANNELS
from projections.alerts.channel import Means
from projections.alerts.deliver import Deliverer
from projections.alerts.matcher import Matcher
from tracker.log.database import Database
from tracker.tables.sealing import Sealer

_POLL_S = 0.02


async def main(url: str, looks: int) -> None:
    """Match and deliver until the clock was looked at so often; for ever where that is 0."""
    seen = 0

    def clock() -> datetime:
        nonlocal seen
        seen += 1
        if seen == looks:
            os.kill(os.getpid(), signal.SIGKILL)
        return datetime.now(UTC)

    news = asyncio.Event()
    database = Database(url, "tracker_deliver", most=2)
    await database.open()
    async with aiohttp.ClientSession() as session:
        matcher = Matcher(database, clock, news)
        deliverer = Deliverer(
            database, CHANNELS, Means(session), clock, news,
            sealer=Sealer(()), public_url="http://tracker.example", chance=lambda: 0.5, lease_s=0.2,
        )  # fmt: skip
        while True:
            await matcher.catch_up()
            await deliverer.deliver_due()
            await asyncio.sleep(_POLL_S)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
