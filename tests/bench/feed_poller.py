"""One worker process that polls, as it is measured: `python -m tests.bench.feed_poller URL PORT`.

URL holds `ROLE` where the role goes. Prints one JSON object. Every feed is of a host of its own,
as most are; all names lead to the one site.
"""

import asyncio
import random
import resource
import socket
import sys
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import feedparser
import msgspec
import uvloop
from aiohttp.abc import AbstractResolver, ResolveResult

from feeds.guard import Guard, guarded_session
from feeds.schedule import Polling
from tests.bench.feed_site import body
from tests.bench.work import ACTOR
from tracker.collecting import polling_of
from tracker.domain.base import NewEvent
from tracker.domain.feed import FeedAdded
from tracker.log.append import Appender
from tracker.parts import Parts
from tracker.settings import Settings
from tracker.wiring import parts_of

SAME, NEW, MANY = 2_000, 200, 10_000
_FASTER = 10
_WATCHED_S = 20
# How often feeds are polled in the mixed world: seconds, and how many of ten feeds.
_MIX = [300] + [900] * 4 + [3600] * 3 + [21_600] * 2
DUE_NOW = "update app.feed_schedule set next_at = %(at)s where feed = any (%(feeds)s)"
LEFT = "select 1 from app.feed_schedule where next_at <= %(at)s or leased_until is not null limit 1"
ODD = "select outcome, message from app.feed_schedule where outcome not in ('ok', 'unchanged')"
SPREAD = """
update app.feed_schedule s set next_at = %(at)s + w.wait
from (select unnest(%(feeds)s::text[]) as feed, unnest(%(waits)s::interval[]) as wait) w
where w.feed = s.feed
"""


class Fast:
    """The time of day, which can be made to run faster from now on."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._start = datetime.now(UTC)
        self._speed = 1

    def __call__(self) -> datetime:
        elapsed = (time.monotonic() - self._began) * self._speed
        return self._start + timedelta(seconds=elapsed)

    def run(self, speed: int) -> None:
        self._start, self._began, self._speed = self(), time.monotonic(), speed


class OneSite(AbstractResolver):
    """Every name leads to the site."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        return None


def feed_id(number: int) -> str:
    """The id of a feed of the benchmark."""
    return str(UUID(int=number + 1))


async def register(parts: Parts, port: str, path: str, numbers: range) -> list[str]:
    """Add feeds, a thousand an append."""
    appender = Appender(parts.database)
    for low in range(numbers.start, numbers.stop, 1000):
        added = [
            FeedAdded(
                feed=feed_id(n),
                url=f"http://f{n}.bench.example:{port}/{path}/{n}",
                interval_s=_MIX[n % 10],
                article="never",
            )
            for n in range(low, min(low + 1000, numbers.stop))
        ]
        events = [NewEvent(uuid4(), event) for event in added]
        await appender.append(events, ACTOR, uuid4())
    return [feed_id(n) for n in numbers]


async def drained(polling: Polling, parts: Parts, feeds: list[str]) -> float:
    """Poll all these feeds now; how many a second that was."""
    await polling.learn()
    at = parts.clock()
    await parts.database.run(DUE_NOW, {"at": at, "feeds": feeds})
    started = time.perf_counter()
    while await parts.database.fetch(LEFT, {"at": at}):
        await polling.tick()
        await asyncio.sleep(0.02)
    speed = len(feeds) / (time.perf_counter() - started)
    assert not (odd := await parts.database.fetch(ODD)), odd[:3]
    return speed


async def late_s(polling: Polling, parts: Parts, clock: Fast, feeds: list[str]) -> float:
    """How late all but one in a hundred polls begin, in seconds, while time runs faster."""
    waits = [timedelta(seconds=random.random() * _MIX[n % 10]) for n in range(len(feeds))]
    await parts.database.run(SPREAD, {"at": clock(), "feeds": feeds, "waits": waits})
    late: list[float] = []
    clock.run(_FASTER)
    stop = time.monotonic() + _WATCHED_S
    while time.monotonic() < stop:
        due = "select next_at from app.feed_schedule where next_at <= %(at)s"
        now = clock()
        rows = await parts.database.fetch(due + " and leased_until is null", {"at": now})
        late += [(now - at).total_seconds() / _FASTER for (at,) in rows]
        await polling.tick()
        await asyncio.sleep(1.0)
    return quantiles(late, n=100)[-1]


def memory_mb() -> dict[str, float]:
    """The most memory that this process has taken, and what its children take now."""
    children = 0
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text().split():
            status = Path(f"/proc/{pid}/status").read_text()
            children += int(status.partition("VmRSS:")[2].split()[0])
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"memory": own / 1024, "children": children / 1024}


def alone() -> float:
    """How many of the changed feeds feedparser reads in a second, and nothing else."""
    documents = [body(n).encode() for n in range(20)]
    started = time.perf_counter()
    for document in documents:
        feedparser.parse(document)  # pyright: ignore[reportUnknownMemberType]
    return len(documents) / (time.perf_counter() - started)


async def _main(url: str, port: str, folder: str) -> None:
    clock = Fast()
    settings = Settings(data=folder, allow_networks="127.0.0.0/8")
    guard = Guard((ip_network("127.0.0.0/8"),))
    async with (
        parts_of(settings, lambda role: url.replace("ROLE", role), clock) as parts,
        guarded_session(guard, user_agent="bench", resolver=OneSite()) as session,
    ):
        polling = await polling_of(parts, ways=parts.ways.over(session))
        found: dict[str, float] = {"alone": alone()}
        new = await register(parts, port, "new", range(MANY, MANY + NEW))
        await drained(
            polling, parts, new[:40]
        )  # the processes of the parser are there from then on
        found["new"] = await drained(polling, parts, new)
        same = await register(parts, port, "same", range(MANY))
        found["first"] = await drained(polling, parts, same)
        found["same"] = await drained(polling, parts, same[:SAME])
        found["late"] = await late_s(polling, parts, clock, same)
        print(msgspec.json.encode(found | memory_mb()).decode(), flush=True)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        uvloop.run(_main(sys.argv[1], sys.argv[2], folder))
