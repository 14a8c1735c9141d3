"""Feeds in the console by plain forms: a look, an addition, changes, pauses and lists."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from httpx import AsyncClient

from tests.feeds.site import Site
from tests.place import Place, parts_at
from tests.tracker.console.world import served
from tracker.console.visits import COOKIE, csrf_token
from tracker.domain.feed import AddFeed, AddFeeds
from tracker.parts import Parts
from tracker.tables.schedule import Outcome

PAGE = """<html><head><title>News</title>
<link rel="alternate" type="application/rss+xml" title="All news" href="/feed.xml">
<link rel="alternate" type="application/atom+xml" title="Sport" href="/sport.xml">
</head><body>Hello</body></html>"""
OPML = """<opml version="2.0"><head/><body><outline text="Europe">
<outline type="rss" text="One" xmlUrl="https://one.example/rss"/>
<outline type="rss" text="Two" xmlUrl="gopher://two.example/"/>
</outline></body></opml>"""


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A feed, and a page that names it."""
    site = Site()

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    app = web.Application()
    app.router.add_get("/feed.xml", site.answer)
    app.router.add_get("/", page)
    async with TestServer(app) as server:
        site.url = str(server.make_url("/feed.xml"))
        yield site


@pytest.fixture
async def parts(place: Place) -> AsyncIterator[Parts]:
    """Everything open, with loopback let through, as the site is there."""
    async with parts_at(place) as opened:
        yield opened


@pytest.fixture
async def visitor(parts: Parts) -> AsyncIterator[AsyncClient]:
    """Somebody who is not signed in, at a real server: its fetches need the loop of the test."""
    async with (
        served(parts) as base,
        AsyncClient(base_url=base, follow_redirects=True, trust_env=False) as client,
    ):
        yield client


@pytest.fixture
def analyst(visitor: AsyncClient, session: str) -> AsyncClient:
    """Ana's browser, without a screen."""
    visitor.cookies.set(COOKIE, session)
    return visitor


async def feed_of(parts: Parts, url: str = "https://news.example/rss", **fields: Any) -> str:
    """A feed in the log; its id."""
    done = await parts.executor.execute(AddFeed(url=url, **fields), await parts.operator())
    await parts.settle()
    return getattr(done.events[0].event, "feed", "")


async def test_a_look_at_a_page_lists_its_feeds_and_writes_nothing(
    parts: Parts, analyst: AsyncClient, session: str, site: Site
) -> None:
    sent = {"csrf": csrf_token(session), "url": site.url.removesuffix("feed.xml")}
    page = (await analyst.post("/feeds/test", data=sent)).text

    assert "A page with 2 feeds" in page
    assert f'name="url" value="{site.url}"' in page
    assert "All news" in page
    assert site.asked == []
    assert await parts.reader.head() == 0


async def test_a_look_at_a_feed_shows_its_items_and_the_form_adds_it(
    parts: Parts, analyst: AsyncClient, session: str, site: Site
) -> None:
    site.item("1", "Ecuador will suspend the visa waiver agreement with China.")
    # The processes that read start with what is read first, which on a busy machine takes seconds.
    await parts.parser.main_text(b"")
    token = csrf_token(session)
    page = (await analyst.post("/feeds/test", data={"csrf": token, "url": site.url})).text
    assert "About 1" in page
    assert 'name="title" value="News"' in page
    assert await parts.reader.head() == 0

    fields = {"csrf": token, "url": site.url, "title": "News", "include": "visa\nborder, closed"}
    answer = await analyst.post("/feeds", data=fields)

    assert "The feed is polled from now on." in answer.text
    (one,) = await parts.feeds()
    assert (one.feed.title, one.feed.include) == ("News", ("visa", "border, closed"))
    assert "Not polled yet." in (await analyst.get("/feeds")).text


async def test_what_cannot_be_fetched_is_said_and_can_be_added_all_the_same(
    parts: Parts, analyst: AsyncClient, session: str, site: Site
) -> None:
    site.status = 503
    token = csrf_token(session)
    page = (await analyst.post("/feeds/test", data={"csrf": token, "url": site.url})).text
    assert "answered 503" in page
    assert "Add it all the same" in page


async def test_a_feed_is_changed_paused_resumed_hurried_and_removed(
    parts: Parts, analyst: AsyncClient, session: str
) -> None:
    feed = await feed_of(parts, title="Old", publisher="Somebody")
    await parts.schedule.ensure({feed: "news.example"})
    token = {"csrf": csrf_token(session)}

    changed = {**token, "title": "New", "publisher": "", "interval_s": "3600", "article": "never"}
    assert "Changed." in (await analyst.post(f"/feeds/{feed}/change", data=changed)).text
    row = (await parts.feed(feed)).feed
    assert (row.title, row.publisher, row.interval_s, row.article) == ("New", None, 3600, "never")
    for field, value in (("interval_s", "soon"), ("article", "perhaps"), ("title", "x" * 501)):
        answer = await analyst.post(f"/feeds/{feed}/change", data={**token, field: value})
        assert (answer.status_code, field in answer.text) == (400, True)

    assert "in a moment" in (await analyst.post(f"/feeds/{feed}/poll", data=token)).text
    assert (await analyst.post(f"/feeds/{feed}/pause", data=token)).status_code == 400
    paused = await analyst.post(f"/feeds/{feed}/pause", data={**token, "reason": "too loud"})
    assert "Paused: too loud." in paused.text
    assert "Resumed." in (await analyst.post(f"/feeds/{feed}/resume", data=token)).text
    assert "is removed" in (await analyst.post(f"/feeds/{feed}/remove", data=token)).text
    assert (await analyst.get(f"/feeds/{feed}")).status_code == 404


async def test_a_list_goes_in_and_comes_out_as_a_file(
    parts: Parts, analyst: AsyncClient, session: str
) -> None:
    token = {"csrf": csrf_token(session)}
    page = (await analyst.post("/feeds/opml", data=token, files={"list": OPML.encode()})).text
    assert "added <strong>1</strong>" in page
    assert "line 3: feed URL refused" in page

    page = (await analyst.get("/feeds")).text
    assert "<h2>Europe</h2>" in page
    assert "One" in page
    file = await analyst.get("/feeds/opml")
    assert 'filename="feeds.opml"' in file.headers["content-disposition"]
    assert 'xmlUrl="https://one.example/rss"' in file.text
    assert (await analyst.post("/feeds/opml", data=token)).status_code == 400
    forged = await analyst.post("/feeds/opml", data={"csrf": "x"}, files={"list": OPML.encode()})
    assert forged.status_code == 403


async def test_feeds_are_found_by_words_and_by_how_they_are(
    parts: Parts, analyst: AsyncClient
) -> None:
    await feed_of(parts, "https://one.example/rss", title="Ministry", category="Official")
    await feed_of(parts, "https://two.example/rss", title="Courier")

    page = (await analyst.get("/feeds?q=official")).text
    assert ("Ministry" in page, "Courier" in page) == (True, False)
    assert (await analyst.get("/feeds?level=new")).text.count("Not polled yet.") == 2
    assert "No feed fits" in (await analyst.get("/feeds?level=failing")).text
    assert "No feed fits" in (await analyst.get("/feeds?q=nothing")).text


async def test_what_is_in_trouble_is_seen_however_many_feeds_there_are(
    parts: Parts, analyst: AsyncClient
) -> None:
    adding = tuple(AddFeed(url=f"https://h{n}.example/rss") for n in range(205))
    done = await parts.executor.execute(AddFeeds(feeds=adding), await parts.operator())
    await parts.settle()
    last = getattr(done.events[-1].event, "feed", "")
    await parts.schedule.ensure({last: "h204.example"})
    turn = await parts.schedule.claim_now(last, timedelta(minutes=3))
    assert turn
    failed = Outcome(
        outcome="http-error", message="it answered 500", ok=False, reason="the last poll failed",
        next_at=parts.clock() + timedelta(hours=1), memory={},
    )  # fmt: skip
    await parts.schedule.finish(turn, failed)

    page = (await analyst.get("/feeds")).text

    assert "it answered 500" in page
    assert page.count("Not polled yet.") == 199
    assert "5 more fit" in page


async def test_a_reader_looks_and_changes_nothing(parts: Parts, visitor: AsyncClient) -> None:
    feed = await feed_of(parts, title="Ministry")
    reader = await parts.users.issue(await parts.users.create("Ron", "reader"), "session")
    visitor.cookies.set(COOKIE, reader)

    for path in ("/feeds", f"/feeds/{feed}", "/feeds/test"):
        page = await visitor.get(path)
        assert page.status_code == 200
        if path != "/feeds/test":
            assert not re.search(r'<form[^>]*method="post"[^>]*action="/feeds', page.text)
    token = {"csrf": csrf_token(reader)}
    for action in ("change", "pause", "resume", "poll", "remove"):
        answer = await visitor.post(f"/feeds/{feed}/{action}", data=token)
        assert answer.status_code == 403, action
    for path in ("/feeds", "/feeds/test"):
        assert (await visitor.post(path, data={**token, "url": "x"})).status_code == 403
    files = {"list": OPML.encode()}
    assert (await visitor.post("/feeds/opml", data=token, files=files)).status_code == 403
