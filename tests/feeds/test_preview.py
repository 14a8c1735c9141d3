"""A look at an address: what a feed would give, or which feeds a page names."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from feeds.discover import Named
from feeds.guard import Guard
from feeds.preview import Preview, preview, the_feed
from feeds.worker import Parser
from tests.feeds.site import Site
from tracker.domain.errors import Refused
from tracker.domain.feed import AddFeed

NOW = datetime(2024, 6, 20, 12, tzinfo=UTC)
SUSPENDED = "Ecuador has suspended visa-free entry for Chinese nationals from July 1, 2030."


LONG = f'<rss version="2.0"><channel><title>{"long " * 200}</title></channel></rss>'


class Look:
    """Looks at paths of one site."""

    def __init__(
        self, base: str, guard: Guard, session: aiohttp.ClientSession, parser: Parser
    ) -> None:
        self.base, self._guard, self._session, self._parser = base, guard, session, parser

    async def at(self, path: str) -> Preview:
        return await preview(
            self.base + path,
            asking=self._session,
            guard=self._guard,
            parser=self._parser,
            clock=lambda: NOW,
        )


@pytest.fixture
def pages() -> dict[str, str]:
    """Path → HTML, for the test to fill."""
    return {}


@pytest.fixture
async def look(
    site: Site, pages: dict[str, str], guard: Guard, session: aiohttp.ClientSession
) -> AsyncIterator[Look]:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/rss.xml":
            return await site.answer(request)
        if request.path == "/old":
            raise web.HTTPMovedPermanently("/rss.xml")
        if request.path not in pages:
            raise web.HTTPNotFound
        return web.Response(text=pages[request.path], content_type="text/html")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as server, Parser() as parser:
        yield Look(str(server.make_url("")).rstrip("/"), guard, session, parser)


async def test_a_feed_is_shown_with_what_it_would_propose(look: Look, site: Site) -> None:
    site.item("old", SUSPENDED, NOW - timedelta(days=9))
    site.item("new", SUSPENDED + " It is so.", NOW - timedelta(hours=1))
    site.item("dull", "It rains.", NOW - timedelta(hours=3))

    found = await look.at("/old")

    assert (found.outcome, found.title, found.item_count, found.is_feed) == ("ok", "News", 3, True)
    assert [(i.title, bool(i.drafts), i.recent) for i in found.items] == [
        ("About new", True, True), ("About dull", False, True), ("About old", True, False),
    ]  # fmt: skip
    assert found.proposing == 1
    assert found.newest_at == NOW - timedelta(hours=1)
    assert found.usual_gap_s is not None
    assert (found.moved_to or "").endswith("/rss.xml")
    assert found.items[0].excerpt.startswith("Ecuador has suspended")
    assert the_feed(found) is None


async def test_a_page_is_asked_once_for_the_feeds_it_names(
    look: Look, site: Site, pages: dict[str, str]
) -> None:
    one = '<link rel="alternate" type="application/rss+xml" title="T" href="/rss.xml">'
    pages["/one"] = f"<html><head>{one}</head></html>"
    pages["/two"] = f"<html><head>{one}{one.replace('rss.xml', 'b.xml')}</head></html>"

    found = await look.at("/one")
    assert (found.outcome, found.feeds) == ("html", (Named(f"{look.base}/rss.xml", "T"),))
    assert the_feed(found) == f"{look.base}/rss.xml"
    with pytest.raises(Refused, match=r"2 feeds, add one of them: .*/rss.xml \(T\); .*/b.xml"):
        the_feed(await look.at("/two"))
    assert site.asked == []


async def test_where_a_page_names_none_a_usual_place_is_looked_at(
    look: Look, site: Site, pages: dict[str, str]
) -> None:
    pages["/"] = "<html><head><title>Home</title></head></html>"

    found = await look.at("/")

    assert found.feeds == (Named(f"{look.base}/rss.xml", "News"),)
    site.status = 404
    with pytest.raises(Refused, match=r"no feed is at .*page"):
        the_feed(await look.at("/"))


async def test_what_cannot_be_fetched_or_read_says_why(look: Look, site: Site) -> None:
    assert (await look.at("/nothing")).outcome == "http-error"
    site.body = "<rss><channel><item>"
    assert (await look.at("/rss.xml")).outcome in ("malformed", "recovered", "empty")
    look.base = ""
    for url in ("http://10.0.0.1/feed", "ftp://a.example"):
        with pytest.raises(Refused, match="feed URL refused"):
            await look.at(url)


async def test_a_feed_with_an_endless_title_can_be_added_under_it(
    look: Look, pages: dict[str, str]
) -> None:
    pages["/long"] = LONG

    found = await look.at("/long")

    command = AddFeed(url=found.url, title=found.title)
    assert command.event("01a21f80-40d2-7486-b44a-bcaeedd2290e").title == found.title
