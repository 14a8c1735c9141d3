"""A process that polls one feed, snapshot after snapshot, until it is killed or all were served."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.place import Cluster, Place, parts_at
from tracker.collecting import polling_of


async def main(base: str, name: str, data: str, feed: str, following: str, ahead_min: int) -> None:
    """Poll, and only then ask for the next snapshot: a killed process begins with the same one."""
    place = Place(Cluster(base, ""), name, Path(data))

    def clock() -> datetime:
        # Later than the lease of the one that was killed.
        return datetime.now(UTC) + timedelta(minutes=ahead_min)

    async with parts_at(place, clock) as parts:
        polling = await polling_of(parts)
        while True:
            polled = await polling.poll_now(feed)
            if polled.outcome != "ok":
                raise SystemExit(f"{polled.outcome}: {polled.message}")
            async with parts.session.get(following) as answer:
                if answer.status != 200:
                    return


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:6], ahead_min=int(sys.argv[6])))
