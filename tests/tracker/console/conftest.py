"""The console of an empty log, with somebody signed in."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.place import Place
from tracker.console.visits import COOKIE
from tracker.parts import Parts
from tracker.settings import Settings
from tracker.web import application
from tracker.wiring import parts_of

Browser = AsyncTestClient[Litestar]


@pytest.fixture
async def parts(place: Place) -> AsyncIterator[Parts]:
    """Everything open, over the test's own database."""
    async with parts_of(Settings(data=str(place.data)), place.url) as opened:
        yield opened


@pytest.fixture
async def session(parts: Parts) -> str:
    """The session of an analyst called Ana."""
    return await parts.users.issue(await parts.users.create("Ana", "analyst"), "session")


@pytest.fixture
async def visitor(parts: Parts) -> AsyncIterator[Browser]:
    """Somebody who is not signed in."""
    async with AsyncTestClient(application(parts)) as client:
        yield client


@pytest.fixture
async def analyst(parts: Parts, session: str) -> AsyncIterator[Browser]:
    """Ana's browser, without a screen."""
    async with AsyncTestClient(application(parts)) as client:
        client.cookies.set(COOKIE, session)
        yield client
