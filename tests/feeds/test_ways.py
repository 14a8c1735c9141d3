"""Headers and proxies of single feeds: sent where they belong, and told to nobody."""

import base64
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime

import aiohttp
import psycopg
import pytest
from aiohttp import web
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from feeds.fetch import FetchFailed, fetch
from feeds.guard import Guard
from feeds.ways import Ways, proxied_session
from tests.feeds.conftest import Serve
from tests.feeds.site import Reader, Site
from tests.place import Place, parts_at
from tracker.clock import system_clock
from tracker.collecting import polling_of
from tracker.domain.errors import Refused
from tracker.domain.feed import AddFeed, FeedAdded, RemoveFeed
from tracker.log.database import Database
from tracker.tables.feed_access import FeedAccess, Kept, origin
from tracker.tables.sealing import Sealer

KEY = bytes(range(32))
SECRET, PASSWORD = "hunter2-in-the-header", "swordfish-of-the-proxy"
FEED = "https://news.example/rss.xml"
TABLES = """
select format('select t::text from %I.%I t', table_schema, table_name)
from information_schema.tables
where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'
"""


@pytest.fixture
def table(database: Database) -> FeedAccess:
    return FeedAccess(database, system_clock, Sealer([KEY]))


@pytest.fixture
async def ways(
    table: FeedAccess, guard: Guard, session: aiohttp.ClientSession
) -> AsyncIterator[Ways]:
    async with proxied_session("tracker (+https://example.org)") as proxied:
        yield Ways(table, guard, session=session, proxied=proxied, resolver=ThreadedResolver())


async def test_headers_are_sent_to_the_origin_of_the_feed_and_to_no_other(
    ways: Ways, guard: Guard, now: Callable[[], datetime], serve: Serve
) -> None:
    seen: list[tuple[str, str | None]] = []

    async def elsewhere(request: web.Request) -> web.Response:
        seen.append(("elsewhere", request.headers.get("X-Key")))
        return web.Response(text="feed")

    other = await serve(elsewhere)

    async def asked(request: web.Request) -> web.Response:
        seen.append((request.path, request.headers.get("X-Key")))
        at = {"/feed": "/moved", "/moved": other}[request.path]
        return web.Response(status=302, headers={"Location": at})

    url = await serve(asked)
    await ways.table.set_headers("1", url, {"X-Key": SECRET, "Accept": "text/plain"}.items())

    await fetch(await ways.to("1"), url, guard=guard, now=now)

    assert seen == [("/feed", SECRET), ("/moved", SECRET), ("elsewhere", None)]


@pytest.mark.parametrize(
    ("url", "same", "other"),
    [
        ("https://Bücher.example/rss", "https://xn--bcher-kva.example:443/x", "https://bucher.example/"),
        ("http://News.example/rss", "http://news.example:80/x", "http://news.example:8080/"),
        ("http://[::1]/rss", "http://[0:0:0:0:0:0:0:1]:80/x", "https://[::1]:80/"),
    ],
)  # fmt: skip
def test_an_origin_is_the_same_however_its_name_is_written(url: str, same: str, other: str) -> None:
    assert origin(url) == origin(str(URL(url))) == origin(same) != origin(other)


async def test_a_feed_is_fetched_through_its_proxy(
    ways: Ways, guard: Guard, now: Callable[[], datetime], serve: Serve
) -> None:
    seen: list[str] = []

    async def proxy(request: web.Request) -> web.Response:
        seen.append(f"{request.url} {request.headers['Proxy-Authorization']}")
        return web.Response(text="feed")

    at = (await serve(proxy)).removesuffix("/feed").replace("//", f"//me:{PASSWORD}@")
    await ways.table.set_proxy("1", at)

    fetched = await fetch(await ways.to("1"), "http://news.example/rss.xml", guard=guard, now=now)

    credentials = base64.b64encode(f"me:{PASSWORD}".encode()).decode()
    assert fetched.body == b"feed"
    assert seen == [f"http://news.example/rss.xml Basic {credentials}"]


async def test_a_proxy_opens_no_way_into_the_private_network(
    table: FeedAccess, session: aiohttp.ClientSession, now: Callable[[], datetime], serve: Serve
) -> None:
    async def proxy(request: web.Request) -> web.Response:
        raise AssertionError("nothing was to be asked")

    await table.set_proxy("1", (await serve(proxy)).removesuffix("/feed"))
    strict = Guard()
    async with proxied_session("tracker") as proxied:
        ways = Ways(table, strict, session=session, proxied=proxied, resolver=ThreadedResolver())
        for url in ("http://localhost/rss.xml", "http://10.0.0.1/rss.xml"):
            with pytest.raises(FetchFailed) as failed:
                await fetch(await ways.to("1"), url, guard=strict, now=now)
            assert failed.value.outcome == "refused", url


async def test_a_proxy_that_fails_is_not_named(
    ways: Ways, guard: Guard, now: Callable[[], datetime], serve: Serve
) -> None:
    async def proxy(request: web.Request) -> web.Response:
        raise AssertionError("nothing was to be asked")

    up = (await serve(proxy)).removesuffix("/feed")
    for address, said in (
        (f"http://me:{PASSWORD}@127.0.0.1:1", "the proxy of this feed cannot be reached"),
        (f"http://me:{PASSWORD}@proxy.invalid:1", "the proxy of this feed cannot be reached"),
        # No route of the server takes a CONNECT.
        (up, "the proxy of this feed answered 404"),
    ):
        await ways.table.set_proxy("1", address)
        with pytest.raises(FetchFailed) as failed:
            await fetch(await ways.to("1"), FEED, guard=guard, now=now)
        assert failed.value.message == said


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Bad name": "x"},
        {"X": "two\r\nlines"},
        {"X": "ü"},
        {"X": ""},
        {"Host": "elsewhere"},
        {"If-None-Match": "x"},
        {"X": "1", "x": "2"},
        {f"X{n}": "x" for n in range(21)},
    ],
)
async def test_headers_that_no_request_may_have_are_refused_without_their_values(
    table: FeedAccess, headers: dict[str, str]
) -> None:
    with pytest.raises(Refused, match=r"^headers: ") as refused:
        await table.set_headers("1", FEED, headers.items())

    assert not any(value in refused.value.message for value in headers.values() if len(value) > 1)


@pytest.mark.parametrize(
    "proxy",
    ["", "news", "https://h:1", "socks5://h:1", "http://h", "http://h:99999", "http://h:1 "],
)
async def test_what_is_no_proxy_is_refused(table: FeedAccess, proxy: str) -> None:
    with pytest.raises(Refused, match=r"^proxy: is not an address like"):
        await table.set_proxy("1", proxy)


async def test_what_is_kept_is_told_without_what_it_holds(table: FeedAccess) -> None:
    await table.set_headers("1", FEED, {"X-Key": SECRET, "Authorization": "Basic x"}.items())
    await table.set_proxy("1", f"http://me:{PASSWORD}@proxy.example:3128")
    await table.set_proxy("2", "http://proxy.example:3128")

    assert await table.kept() == {
        "1": Kept(("authorization", "x-key"), proxy=True),
        "2": Kept((), proxy=True),
    }
    assert repr(await table.of("1")) == "Access(…)"
    assert await table.drop("1", "headers")
    assert not await table.drop("1", "headers")
    await table.forget(["2"])
    assert await table.kept() == {"1": Kept((), proxy=True)}


async def test_a_secret_of_a_lost_key_stops_its_feed_alone(
    table: FeedAccess, guard: Guard, session: aiohttp.ClientSession, database: Database
) -> None:
    await table.set_headers("1", FEED, {"X-Key": SECRET}.items())
    bare = FeedAccess(database, system_clock, Sealer([]))
    ways = Ways(bare, guard, session=session, proxied=session, resolver=ThreadedResolver())

    with pytest.raises(FetchFailed, match="under a key that TRACKER_SECRET_KEY does not hold"):
        await ways.to("1")
    assert await ways.to("2") is session


async def test_no_secret_is_found_anywhere_in_the_database_or_the_log_of_the_program(
    place: Place, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    site.item("1", "Ecuador suspends the agreement.")
    async with parts_at(place, secret_key=base64.b64encode(KEY).decode()) as parts:
        done = await parts.executor.execute(AddFeed(url=site.url), await parts.operator())
        added = done.events[0].event
        assert isinstance(added, FeedAdded)
        reader = Reader(parts, await polling_of(parts), added.feed)
        await parts.ways.table.set_headers(added.feed, site.url, {"X-Key": SECRET}.items())
        assert (await reader.poll())[0] == "ok"
        assert site.asked[-1]["x-key"] == SECRET
        await parts.ways.table.set_proxy(added.feed, f"http://me:{PASSWORD}@127.0.0.1:1")
        assert (await reader.poll())[0] == "unreachable"
        site.status = 401
        await parts.ways.table.drop(added.feed, "proxy")
        await parts.ways.table.set_proxy(added.feed, site.url.replace("//", f"//me:{PASSWORD}@"))
        await reader.poll()
        await parts.settle()

        rows = _everything(place)
        assert added.feed in rows
        for secret in (SECRET, PASSWORD):
            assert secret not in rows
            assert secret.encode().hex() not in rows
            assert secret not in caplog.text

        await parts.executor.execute(RemoveFeed(feed=added.feed), await parts.operator())
        await reader.polling.learn()
        assert await parts.ways.table.kept() == {}


def _everything(place: Place) -> str:
    """Every row of every table, as text."""
    with psycopg.connect(place.superuser_url) as insider:
        tables = [row[0] for row in insider.execute(TABLES)]
        assert len(tables) > 20
        return "\n".join(str(row[0]) for one in tables for row in insider.execute(one.encode()))
