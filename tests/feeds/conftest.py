"""A scripted web on loopback and the sessions that may reach it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import cast

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from feeds.guard import Guard, guarded_session
from tests.feeds.site import Reader, Site
from tests.place import Place, parts_at
from tracker.collecting import polling_of
from tracker.domain.feed import AddFeed, FeedAdded

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ServeBytes = Callable[[Talk], Awaitable[str]]
Serve = Callable[[Handler], Awaitable[str]]


@pytest.fixture
def now() -> Callable[[], datetime]:
    return lambda: datetime(2024, 6, 20, 12, tzinfo=UTC)


@pytest.fixture
def guard() -> Guard:
    """Lets loopback through, as an operator of an intranet would."""
    return Guard(allow=(ip_network("127.0.0.0/8"),))


@pytest.fixture
async def session(guard: Guard) -> AsyncIterator[aiohttp.ClientSession]:
    async with guarded_session(guard, user_agent="tracker (+https://example.org)") as opened:
        yield opened


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a server that gives every request to one handler; returns its URL."""
    started: list[TestServer] = []

    async def start(handler: Handler) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        server = TestServer(app)
        await server.start_server()
        started.append(server)
        return str(server.make_url("/feed"))

    yield start
    for server in started:
        await server.close()


@pytest.fixture
async def serve_bytes() -> AsyncIterator[ServeBytes]:
    """Starts a server that speaks whatever bytes the test wants; returns its URL."""
    servers: list[asyncio.Server] = []
    talks: list[asyncio.Task[None]] = []

    async def start(talk: Talk) -> str:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            talks.append(cast(asyncio.Task[None], asyncio.current_task()))
            try:
                await talk(reader, writer)
            except (asyncio.CancelledError, ConnectionError):
                pass
            writer.close()
            try:
                await writer.wait_closed()
            except ConnectionError:
                pass

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"

    yield start
    for talk in talks:
        talk.cancel()
    await asyncio.gather(*talks)
    for server in servers:
        server.close()
        await server.wait_closed()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_get("/feed.xml", site.answer)
    async with TestServer(app) as server:
        site.url = str(server.make_url("/feed.xml"))
        yield site


@pytest.fixture
async def reader(place: Place, site: Site) -> AsyncIterator[Reader]:
    async with parts_at(place) as parts:
        done = await parts.executor.execute(
            AddFeed(url=site.url, article="never"), await parts.operator()
        )
        added = done.events[0].event
        assert isinstance(added, FeedAdded)
        yield Reader(parts, await polling_of(parts), added.feed)
