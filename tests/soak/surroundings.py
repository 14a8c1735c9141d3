"""What a tracker under load has around it: feeds that print, and a subscriber who counts."""

from collections import Counter
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from typing import Self

from aiohttp import web

_WINDOW = 20
_TEXTS = (
    "The office in the harbour was open on day {n}; its clerks answered {n} letters.",
    "The ministry said on Tuesday that visas for short stays are examined within {n} days.",
    "Officials recorded {n} arrivals at the northern crossing in May 2024, the agency said.",
    "Airlines on the route have added flights, and hotels near the airport are full ({n}).",
)


class Surroundings:
    """Web servers on one port of loopback; a context manager."""

    def __init__(self) -> None:
        self.arrived: Counter[str] = Counter()
        """How often each message came, by its id."""
        self.printed = 0
        self._serial = count()
        self._windows: dict[str, list[str]] = {}
        self.port = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/hook", self._hook)
        app.router.add_get("/feed", self._feed)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "0.0.0.0", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _hook(self, request: web.Request) -> web.Response:
        await request.read()
        self.arrived[request.headers["webhook-id"]] += 1
        return web.Response(status=204)

    async def _feed(self, request: web.Request) -> web.Response:
        """The feed of the host that was asked, with an item that it did not have before."""
        number, date = next(self._serial), format_datetime(datetime.now(UTC))
        text = _TEXTS[number % len(_TEXTS)].format(n=number)
        window = self._windows.setdefault(request.url.host or "", [])
        window.append(
            f"<item><guid isPermaLink='false'>item-{number}</guid><title>Notice {number}</title>"
            f"<pubDate>{date}</pubDate><description>{text}</description></item>"
        )
        self.printed += 1
        del window[:-_WINDOW]
        body = f"<rss version='2.0'><channel><title>P</title>{''.join(window)}</channel></rss>"
        return web.Response(text=body, content_type="application/rss+xml")
