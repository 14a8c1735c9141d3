"""A server over the test's own database, with a user of each role."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
import uvicorn

from tests.loopback import listening
from tests.place import Place
from tests.tracker.api.door import Door
from tracker.domain.base import Role
from tracker.settings import Settings
from tracker.web import application
from tracker.wiring import parts_of

ROLES: tuple[Role, ...] = ("reader", "analyst", "auditor", "admin")


@pytest.fixture
async def door(place: Place) -> AsyncIterator[Door]:
    """The API, open."""
    async with opened(place) as door:
        yield door


@asynccontextmanager
async def opened(place: Place) -> AsyncGenerator[Door]:
    """The API over a database."""
    async with parts_of(Settings(data=str(place.data)), place.url) as parts:
        app = application(parts)
        tokens = {
            role: await parts.users.issue(await parts.users.create(role, role), "token")
            for role in ROLES
        }
        listener = listening()
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none", lifespan="on"))
        # The socket listens already: what is asked before the server has begun waits in its queue.
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            yield Door(app, parts, base, tokens, session)
        server.should_exit = True
        await serving
        listener.close()
