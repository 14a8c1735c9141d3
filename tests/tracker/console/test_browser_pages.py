"""Every page of the console in a real Chromium, with nothing on record and with something of all."""

import re

import pytest
from litestar.testing import AsyncTestClient

from tests.tracker.console.everywhere import crawl, everything, pattern_of, routes
from tests.tracker.console.window import NEEDS_CHROMIUM, Opened, axe_finds_nothing
from tracker.console.visits import COOKIE
from tracker.parts import Parts
from tracker.tables.users import User
from tracker.web import application

NO_PAGES = {"/static/{digest:str}/{name:str}", "/feeds/opml"}
WANTING = {"/audit/replay", "/stats/series"}
"""What cannot be asked before there is a tag or a figure."""
SOME = {"destination": "EC", "nationality": "CN"}
pytestmark = NEEDS_CHROMIUM


@pytest.fixture
async def admin(parts: Parts, session: str) -> User:
    """Ana, who may see every page here."""
    ana = await parts.users.resolve(session, "session")
    assert ana is not None
    return await parts.users.set_role(ana, "admin")


@pytest.mark.parametrize(
    ("filled", "window"),
    [(False, {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}})],
    indirect=["window"],
)
@pytest.mark.usefixtures("admin", "filled")
async def test_every_page_of_an_empty_log_is_sound(window: Opened) -> None:
    named = [re.sub(r"\{(\w+).*?\}", lambda m: SOME.get(m[1], m[0]), p) for p in routes("GET")]
    places = {path for path in named if "{" not in path} - NO_PAGES - WANTING
    assert len(places) > 15
    await axe_finds_nothing(window, places)


@pytest.mark.parametrize("window", [{"viewport": {"width": 1920, "height": 1080}}], indirect=True)
async def test_every_page_is_reached_and_sound(
    window: Opened, parts: Parts, session: str, admin: User
) -> None:
    await everything(parts, "A rather long text, as a ministry may say it. " * 3, admin)
    async with AsyncTestClient(application(parts)) as client:
        client.cookies.set(COOKIE, session)
        pages = await crawl(client)
    # The last of each route: the widest query, or the fact with the most said of it.
    reached = {pattern_of(address): address for address in pages}
    assert set(routes("GET")) - set(reached) == NO_PAGES | {"/login"}
    await axe_finds_nothing(window, reached.values())
