"""A process that polls: `python -m tests.feeds.polling_process NAME BASE SUPERUSER DATABASE DATA`.

Whom it asks can tell it by its name.
"""

import asyncio
import sys
from pathlib import Path

from tests.place import Cluster, Place
from tracker.collecting import polling_of
from tracker.settings import Settings
from tracker.wiring import parts_of


async def _main(name: str, base: str, superuser: str, database: str, data: str) -> None:
    place = Place(Cluster(base, superuser), database, Path(data))
    settings = Settings(allow_networks="127.0.0.0/8", data=data, contact=name)
    async with parts_of(settings, place.url) as parts:
        polling = await polling_of(parts)
        print("ready", flush=True)
        await polling.run()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
