"""304 before the application is asked: what is the same with and without it, and what is not."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import aiohttp
import pytest

from tests.loopback import listening
from tests.place import Place
from tests.tracker.api.door import Door
from tracker.clock import system_clock
from tracker.settings import Settings
from tracker.web import application, serving
from tracker.wiring import parts_of

CELL = "/entry-rules/EC/CN"


class Hands:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.late = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self.late


@pytest.fixture
def hands() -> Hands:
    """The clock of the server."""
    return Hands()


@pytest.fixture
async def quick(place: Place, hands: Hands) -> AsyncIterator[Door]:
    """The API as it is served."""
    settings = Settings(data=str(place.data), requests_per_minute=30)
    async with parts_of(settings, place.url, hands) as parts:
        app, listener = application(parts), listening()
        tokens = {
            "reader": await parts.users.issue(await parts.users.create("r", "reader"), "token"),
            "admin": await parts.users.issue(await parts.users.create("a", "admin"), "token"),
        }
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with (
            serving(app, listener, asyncio.Event()),
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
        ):
            yield Door(app, parts, base, tokens, session)


async def tagged(door: Door, path: str, tag: str, role: str = "reader") -> int:
    """The status for whoever has that tag."""
    return (await door.call("GET", path, role=role, headers={"If-None-Match": tag})).status


async def test_what_is_known_is_304_with_the_headers_of_before_until_a_view_moves(
    quick: Door,
) -> None:
    await quick.change("visa-free", "2016-08-01")
    first = await quick.call("GET", CELL, role="reader")
    tag = first.headers["ETag"]
    again = await quick.call("GET", CELL, role="reader", headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status, again.data) == (304, b"")
    for name in ("ETag", "Tracker-Position", "Cache-Control", "Vary", "Content-Security-Policy"):
        assert again.headers[name] == first.headers[name], name
    assert "RateLimit" in again.headers
    assert await tagged(quick, CELL, 'W/"0-other"') == 200
    assert await tagged(quick, f"{CELL}?valid_at=2000-01-01", tag) == 200
    await quick.change("visa-required", "2020-01-01")
    assert await tagged(quick, CELL, tag) == 200


async def test_nobody_gets_by_304_what_they_may_not_have(quick: Door) -> None:
    await quick.change("visa-free", "2016-08-01")
    tag = (await quick.call("GET", CELL, role="admin")).headers["ETag"]
    assert await tagged(quick, CELL, tag) == 304
    nobody = await quick.call("GET", CELL, role=None, headers={"If-None-Match": tag})
    assert nobody.status == 401
    await quick.parts.users.end(await quick.parts.users.named("r"))
    assert await tagged(quick, CELL, tag) == 401


async def test_tomorrow_is_another_day(quick: Door, hands: Hands) -> None:
    await quick.change("visa-free", "2016-08-01")
    tag = (await quick.call("GET", CELL, role="reader")).headers["ETag"]
    hands.late = timedelta(days=1)
    assert await tagged(quick, CELL, tag) == 200


async def test_304_counts_towards_the_rate_of_a_token(quick: Door) -> None:
    await quick.change("visa-free", "2016-08-01")
    tag = (await quick.call("GET", CELL, role="reader")).headers["ETag"]
    statuses = [await tagged(quick, CELL, tag) for _ in range(31)]
    assert statuses[0] == 304
    assert statuses[-1] == 429
