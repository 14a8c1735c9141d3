"""Writers that are killed at any moment, and followers who miss nothing and see nothing twice."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from tests.chance import ROUNDS, UNMEASURED, chance
from tests.place import Place
from tests.stories.tracker_process import ENVIRONMENT
from tests.tracker.log import writer
from tests.tracker.log.watching import watching
from tracker.domain.base import EVERYTHING
from tracker.log.database import Database
from tracker.log.follow import follow
from tracker.log.read import Reader

WRITERS, KILLS = 16, 3 * ROUNDS
Seen = list[tuple[int, UUID]]


class Writer:
    """One writing process and what it got acknowledged."""

    def __init__(self, process: asyncio.subprocess.Process, acknowledged: dict[UUID, int]) -> None:
        self.process = process
        self._acknowledged = acknowledged
        self.heard = asyncio.Event()
        self.listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            if line.endswith(b"\n"):
                first, *ids = line.decode().split()
                for n, event in enumerate(ids):
                    assert UUID(event) not in self._acknowledged
                    self._acknowledged[UUID(event)] = int(first) + n
                self.heard.set()

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()
        await self.listening


async def started(place: Place, acknowledged: dict[UUID, int]) -> Writer:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", writer.__name__, place.url("tracker_append"),
        stdout=asyncio.subprocess.PIPE, env=ENVIRONMENT | UNMEASURED,
    )  # fmt: skip
    return Writer(process, acknowledged)


async def by_notification(database: Database, seen: Seen) -> None:
    async with watching(database) as head:
        async for events, _ in follow(head, Reader(database), EVERYTHING, 0):
            seen += [(e.position, e.id) for e in events]


async def by_polling(database: Database, seen: Seen) -> None:
    reader = Reader(database)
    while True:
        after = seen[-1][0] if seen else 0
        seen += [(e.position, e.id) for e in await reader.read(EVERYTHING, after=after, limit=50)]
        await asyncio.sleep(0.01)


@asynccontextmanager
async def ended(*tasks: asyncio.Task[None]) -> AsyncGenerator[None]:
    """Cancel the tasks at the end; what one of them broke of is raised."""
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        faults = await asyncio.gather(*tasks, return_exceptions=True)
    for fault in faults:
        if not isinstance(fault, asyncio.CancelledError):
            raise AssertionError("a follower ended") from fault


@pytest.mark.kill
async def test_followers_see_once_and_in_order_what_killed_writers_got_acknowledged(
    place: Place,
) -> None:
    draw = chance()
    acknowledged: dict[UUID, int] = {}
    notified: Seen = []
    polled: Seen = []
    async with place.open("tracker_view") as one, place.open("tracker_view") as other:
        followers = [
            asyncio.create_task(by_notification(one, notified)),
            asyncio.create_task(by_polling(other, polled)),
        ]
        async with ended(*followers):
            writers = [await started(place, acknowledged) for _ in range(WRITERS)]
            await asyncio.gather(*(w.heard.wait() for w in writers))
            for _ in range(KILLS):
                await asyncio.sleep(draw.uniform(0, 0.1))
                n = draw.randrange(WRITERS)
                await writers[n].kill()
                writers[n] = await started(place, acknowledged)
            await asyncio.gather(*(w.kill() for w in writers))
            # What was sent before a kill may be committed after it, whoever waited for the answer.
            await quiet(one)
            head = await Reader(one).head()
            while not (notified and polled and notified[-1][0] == polled[-1][0] == head):
                await asyncio.sleep(0.01)
                assert not any(f.done() for f in followers)

    assert notified == polled
    assert [position for position, _ in notified] == list(range(1, head + 1))
    at = {event: position for position, event in notified}
    assert len(at) == head
    assert head % 2 == 0, "half of a pair is in the log"
    assert {event: at.get(event) for event in acknowledged} == acknowledged
    assert len(acknowledged) > 10 * WRITERS


async def quiet(database: Database) -> None:
    """Wait until no writer's connection is left."""
    left = (
        "select from pg_stat_activity"
        " where datname = current_database() and usename = 'tracker_append'"
    )
    while await database.fetch(left):
        pass
