"""A newspaper on loopback whose feed carries teasers, and somebody who polls it and reads on."""

import html
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from feeds.articles import Visited
from feeds.schedule import Polling
from feeds.visiting import Visiting
from projections.views.documents import Document
from projections.views.inbox import Draft
from tests.place import Place, parts_at
from tracker.collecting import polling_of, visiting_of
from tracker.domain.base import tagged
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.feed import AddFeed, FeedAdded
from tracker.parts import Parts
from tracker.tables.pages import PageState

LEAD = "The ministry told reporters on Tuesday that it had looked into the matter for months."
SUSPENSION = "Ecuador will suspend visa-free entry for Chinese citizens from July 1, 2030."
REST = " ".join(
    f"Officials of department {n} said that the measure had been in preparation for {n} weeks."
    for n in range(3, 12)
)


class Newspaper:
    """What its server answers; a page is its paragraphs, or the status that it fails with."""

    def __init__(self) -> None:
        self.teasers: dict[str, str] = {}
        self.pages: dict[str, list[str] | int] = {}
        self.elsewhere: dict[str, str] = {}
        self.guids: dict[str, str] = {}
        self.robots: str | int = 404
        self.asked: list[str] = []
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        """What happens elsewhere while a page is on its way."""
        self.base = ""

    def report(self, name: str, teaser: str, *paragraphs: str) -> None:
        """An item of the feed with its page."""
        self.teasers[name] = teaser
        self.pages[name] = list(paragraphs)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        name = request.path.strip("/")
        if name.endswith("feed.xml"):
            return web.Response(text=self._rss(), content_type="application/rss+xml")
        if name == "robots.txt":
            return _said(self.robots, "text/plain")
        if name in self.elsewhere:
            raise web.HTTPFound(self.elsewhere[name])
        if self.meanwhile:
            await self.meanwhile()
        page = self.pages.get(name, 404)
        return _said(page if isinstance(page, int) else self._html(name, page), "text/html")

    def count(self, name: str) -> int:
        """How often a path was asked for."""
        return self.asked.count(f"/{name}")

    def _html(self, name: str, paragraphs: list[str]) -> str:
        told = "".join(f"<p>{html.escape(p)}</p>" for p in paragraphs)
        return (
            f"<html lang=en><head><title>{name} | The Newspaper</title></head><body>"
            "<nav><a href=/>Home</a> <a href=/about>About us</a></nav>"
            f"<article><h1>About {name}</h1>{told}</article>"
            "<footer>All rights reserved</footer></body></html>"
        )

    def _rss(self) -> str:
        items = "".join(
            f"<item><title>About {name}</title><guid>{self.guids.get(name, name)}</guid><link>{self.base}{name}</link>"
            f"<description>{html.escape(text)}</description></item>"
            for name, text in self.teasers.items()
        )
        return f'<rss version="2.0"><channel><title>The Newspaper</title>{items}</channel></rss>'


def _said(what: str | int, kind: str) -> web.Response:
    if isinstance(what, int):
        return web.Response(status=what)
    return web.Response(text=what, content_type=kind)


class Desk:
    """Polls the newspaper and reads on, by hand and at a time of its own."""

    def __init__(self, paper: Newspaper) -> None:
        self.paper = paper
        self.ahead = timedelta()
        self.parts: Parts
        self.polling: Polling
        self.visiting: Visiting
        self.feed = ""

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def open(self, parts: Parts, settings: dict[str, Any]) -> None:
        """Add the feed."""
        self.parts = parts
        self.polling, self.visiting = await polling_of(parts), await visiting_of(parts)
        wanted: dict[str, Any] = {"spacing_s": 0, **settings}
        command = AddFeed(url=f"{self.paper.base}feed.xml", **wanted)
        done = await parts.executor.execute(command, await parts.operator())
        added = done.events[0].event
        assert isinstance(added, FeedAdded)
        self.feed = added.feed

    async def poll(self) -> tuple[int, int, int]:
        """How many items were new and revised, and how many pages are wanted."""
        polled = await self.polling.poll_now(self.feed)
        assert polled.outcome == "ok", polled
        return polled.counts.new, polled.counts.revised, polled.counts.pages

    async def read(self, *, after: timedelta = timedelta()) -> list[Visited]:
        """Make the visits that are due some time later, one after the other."""
        self.ahead += after
        made: list[Visited] = []
        while visited := await self.visiting.once():
            made += visited
            # At one host, one comes after the other.
            self.ahead += timedelta(seconds=5)
        return made

    async def documents(self) -> dict[str, Document]:
        await self.parts.settle()
        return {d.guid or "": d for d in await self.parts.views.select(Document)}

    async def drafts(self) -> list[Draft]:
        await self.parts.settle()
        return await self.parts.views.select(Draft)

    async def text(self, sha256: str | None) -> str:
        """Some evidence as text."""
        assert sha256
        kept = await self.parts.evidence.get(sha256)
        assert kept is not None
        return kept.decode()

    async def page(self, document: str) -> PageState:
        """How the page of a document stands."""
        state = await self.parts.pages.state(document)
        assert state
        return state

    async def versions(self, document: str) -> list[DocumentReceived | DocumentRevised]:
        """All versions of a document, the first first."""
        query = tagged(f"document:{document}")
        events = await self.parts.reader.read_all(query, before=await self.parts.reader.head())
        return [e.event for e in events if isinstance(e.event, DocumentReceived | DocumentRevised)]


@asynccontextmanager
async def desk_at(place: Place, **settings: Any) -> AsyncGenerator[Desk]:
    """A newspaper, and a desk with these settings for its feed."""
    paper = Newspaper()
    app = web.Application()
    app.router.add_get("/{path:.*}", paper.answer)
    async with TestServer(app) as server:
        paper.base = str(server.make_url("/"))
        desk = Desk(paper)
        async with parts_at(place, desk.now) as parts:
            await desk.open(parts, settings)
            yield desk
