"""A web that a test scripts, on loopback under many names, and a poller whose clock stands still."""

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import msgspec
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from feeds.fetched import Limits
from feeds.guard import Guard, guarded_session
from feeds.schedule import Polling
from tests.place import Place
from tracker.collecting import polling_of
from tracker.domain.base import Actor, Event
from tracker.domain.feed import KNOWN, AddFeed, FeedAdded
from tracker.parts import Parts
from tracker.settings import Settings
from tracker.tables.schedule import FeedSchedule
from tracker.wiring import parts_of

NOON = datetime(2024, 6, 20, 12, tzinfo=UTC)  # a Thursday
HOUR_S = 3600
SMALL = Limits(wire_bytes=1_500_000, decoded_bytes=2_000_000)
HURRIED = Limits(connect_s=1, read_s=0.3, total_s=1.5, slow_after_s=0.2)
Answer = Callable[[web.Request], web.StreamResponse | Awaitable[web.StreamResponse]]


class Clock:
    """The time of day, which passes when the test says so."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Names(AbstractResolver):
    """Name → the addresses that it resolves to next, with a port where it leads to another one."""

    def __init__(self) -> None:
        self.answers: dict[str, list[str]] = {}
        self.ports: dict[tuple[str, int], int] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        known = self.answers.get(host)
        if known is None:
            raise OSError(f"{host} is not known")
        address = known.pop(0) if len(known) > 1 else known[0]
        port = self.ports.get((host, port), port)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
        ]

    async def close(self) -> None:
        return None


class Scripted:
    """Servers on loopback that answer by the first word of the path."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[web.Request] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """What the test has scripted."""
        self.asked.append(request)
        answered = self.answers[request.path.split("/")[1]](request)
        return answered if isinstance(answered, web.StreamResponse) else await answered

    @asynccontextmanager
    async def open(self, tls: ssl.SSLContext | None = None) -> AsyncGenerator[int]:
        """Serve until the end of the block; the port."""
        app = web.Application()
        app.router.add_get("/{path:.*}", self.answer)
        server = TestServer(app, scheme="https" if tls else "http", host="0.0.0.0")
        await server.start_server(ssl=tls)
        try:
            yield int(server.make_url("/").port or 0)
        finally:
            await server.close()


class World:
    """A tracker whose feeds are the scripted ones, and somebody who polls them by hand."""

    def __init__(self, parts: Parts, actor: Actor, clock: Clock, site: Scripted) -> None:
        self.parts = parts
        self.actor = actor
        self.clock = clock
        self.site = site
        self.names = Names()
        self.base = ""
        self.polling: dict[str, Polling] = {}

    async def feed(self, url: str, **settings: int) -> str:
        """Add a feed that is asked once an hour at most; a path is one of the site."""
        url = url if "://" in url else f"{self.base}/{url}"
        command = msgspec.convert({"url": url, "interval_s": HOUR_S, **settings}, AddFeed)
        added = (await self.parts.executor.execute(command, self.actor)).events[0].event
        assert isinstance(added, FeedAdded)
        return added.feed

    async def poll(self, feed: str, *, hurried: bool = False) -> FeedSchedule:
        """Poll a feed; its place in the schedule then."""
        await self.polling["hurried" if hurried else "usual"].poll_now(feed)
        return await self.place_of(feed)

    async def place_of(self, feed: str) -> FeedSchedule:
        """Where a feed stands in the schedule."""
        (found,) = (s for s in await self.parts.schedule.state() if s.feed == feed)
        return found

    async def events(self) -> list[Event]:
        """What the log says of feeds."""
        return [e.event for e in await self.parts.reader.read(KNOWN) if e.event]

    async def polled(self, feeds: list[str], count: int) -> None:
        """Wait until so many of the feeds were polled at this very moment."""

        async def were() -> bool:
            places = [await self.place_of(feed) for feed in feeds]
            return sum(place.polled_at == self.clock.now for place in places) >= count

        await until(were)

    def wait_s(self, place: FeedSchedule) -> int:
        """How long the next poll is away."""
        return round((place.next_at - self.clock.now).total_seconds())

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.now += timedelta(seconds=seconds)


@asynccontextmanager
async def world_at(place: Place, trust: ssl.SSLContext | None = None) -> AsyncGenerator[World]:
    """The world on a test's database; chance always says nought."""
    clock, guard = Clock(), Guard((ip_network("127.0.0.0/8"),))
    settings = Settings(allow_networks="127.0.0.0/8", data=str(place.data))
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(parts_of(settings, place.url, clock))
        actor = await parts.operator()
        world = World(parts, actor, clock, Scripted())
        world.base = f"http://127.0.0.1:{await stack.enter_async_context(world.site.open())}"
        session = await stack.enter_async_context(
            guarded_session(guard, user_agent="t", resolver=world.names, tls=trust)
        )
        for name, limits in (("usual", SMALL), ("hurried", HURRIED)):
            world.polling[name] = await polling_of(
                parts, ways=parts.ways.over(session), limits=limits, chance=lambda: 0.0
            )
        yield world


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds that another task brings about."""
    for _ in range(3000):
        if await check():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come about")


def dribbled(pause_s: float) -> Answer:
    """A body that comes a byte at a time."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await asyncio.sleep(pause_s)

    return answer


async def endless(request: web.Request) -> web.StreamResponse:
    """A body without an end."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x" * 65_536)
