"""A feed that a test writes, on loopback, and somebody who polls it by hand."""

import html
from datetime import datetime
from email.utils import format_datetime

from aiohttp import web

from feeds.schedule import Polling
from projections.views.inbox import Draft
from tracker.parts import Parts


class Site:
    """A feed that the test writes, on loopback."""

    def __init__(self) -> None:
        self.items: list[tuple[str, str, str, datetime | None]] = []
        self.status = 200
        self.body: str | None = None
        self.headers: dict[str, str] = {}
        self.asked: list[dict[str, str]] = []
        self.url = ""

    def item(self, guid: str, text: str, published: datetime | None = None) -> None:
        """Add an item, or put another in the place of the one with the guid."""
        self.items = [i for i in self.items if i[0] != guid]
        self.items.append((guid, f"About {guid}", text, published))

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append({name.lower(): value for name, value in request.headers.items()})
        etag = self.headers.get("ETag")
        if etag and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=self.headers)
        return web.Response(
            text=self._rss() if self.body is None else self.body,
            status=self.status,
            headers=self.headers,
            content_type="application/rss+xml" if self.body is None else "text/html",
        )

    def _rss(self) -> str:
        found = "".join(
            f"<item><title>{title}</title><guid>{guid}</guid>"
            f"<link>https://news.example/{html.escape(guid)}</link>"
            f"{f'<pubDate>{format_datetime(when)}</pubDate>' if when else ''}"
            f"<description>{html.escape(text)}</description></item>"
            for guid, title, text, when in self.items
        )
        return f'<rss version="2.0"><channel><title>News</title>{found}</channel></rss>'


class Reader:
    """A feed of the site, polled by hand."""

    def __init__(self, parts: Parts, polling: Polling, feed: str) -> None:
        self.parts = parts
        self.polling = polling
        self.feed = feed

    async def poll(self) -> tuple[str, int, int, int]:
        """Outcome, and how many items were new, revised and known."""
        polled = await self.polling.poll_now(self.feed)
        return polled.outcome, polled.counts.new, polled.counts.revised, polled.counts.known

    async def drafts(self) -> int:
        await self.parts.settle()
        return len(await self.parts.views.select(Draft))
