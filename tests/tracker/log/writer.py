"""A process that appends until it is killed: prints every acknowledged id with its position."""

import asyncio
import sys
from uuid import uuid4

from tests.tracker.log.events import ANALYST, named
from tracker.log.append import Appender
from tracker.log.database import Database

_AT_ONCE = 3


async def write(appender: Appender) -> None:
    """Append pairs for ever; a line is one write, so a killed process leaves at most half a one."""
    while True:
        pair = [named(), named()]
        done = await appender.append(pair, ANALYST, uuid4())
        sys.stdout.write(f"{done.first_position} {pair[0].id} {pair[1].id}\n")
        sys.stdout.flush()


async def main(url: str) -> None:
    database = Database(url, "tracker_append", most=2)
    await database.open()
    appender = Appender(database)
    await asyncio.gather(*(write(appender) for _ in range(_AT_ONCE)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
