"""The console of an empty log, with somebody signed in."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from playwright.async_api import async_playwright

from tests.place import Place
from tests.tracker.console.window import CHROMIUM, Opened
from tests.tracker.console.world import sample, served
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


@pytest.fixture
def filled() -> bool:
    """Whether the served log holds the sample; a test's parameter may say otherwise."""
    return True


@pytest.fixture
async def console(parts: Parts, session: str, filled: bool) -> AsyncIterator[str]:
    """The served console of a sample log, or of an empty one; its address and a session, in one."""
    if filled:
        await sample(parts)
    async with served(parts) as address:
        yield f"{address} {session}"


@pytest.fixture
async def window(console: str, request: pytest.FixtureRequest) -> AsyncIterator[Opened]:
    """A window of 1280 pixels, or as the test's parameter says."""
    base, session = console.split()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        wanted: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
        context = await browser.new_context(**wanted | getattr(request, "param", {}))
        await context.add_cookies([{"name": COOKIE, "value": session, "url": base}])
        yield Opened(context, await context.new_page(), base)
        await browser.close()
