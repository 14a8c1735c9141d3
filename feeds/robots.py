"""What the robots.txt of a host lets us ask for (RFC 9309); feeds themselves are meant to be polled.

200 ─→ its rules · 4xx ─→ no rules · 5xx, silence ─→ nothing may be asked for now
"""

from datetime import datetime, timedelta

import aiohttp
import msgspec
from protego import Protego
from yarl import URL

from feeds.charset import decode
from feeds.fetch import PAGES, fetch
from feeds.fetched import FetchFailed, Limits
from feeds.guard import Guard, loggable
from feeds.ways import Asking
from tracker.clock import Clock

PRODUCT = "policy-tracker"
"""The product token by which a robots.txt names us."""
_KEPT = timedelta(hours=24)
_KEPT_UNREACHABLE = timedelta(minutes=5)
_MOST_HOSTS = 2000
_MOST_CHARS = 512 * 1024
_LONGEST_DELAY_S = 60
_LIMITS = Limits(total_s=20, wire_bytes=4_000_000, decoded_bytes=4_000_000)


class _Known(msgspec.Struct, frozen=True):
    """What a host said, and until when that holds; without rules it could not be asked."""

    rules: Protego | None
    until: datetime
    reason: str = ""


class Robots:
    """The rules of hosts, each asked for once a day at most."""

    def __init__(self, session: aiohttp.ClientSession, guard: Guard, clock: Clock) -> None:
        self._session = session
        self._guard = guard
        self._clock = clock
        self._known: dict[str, _Known] = {}

    async def ask(self, url: URL, asking: Asking | None = None) -> None:
        """Raise FetchFailed unless an address may be asked for; the host is asked in that way."""
        known = await self._of(url, asking)
        if known.rules is None:
            raise FetchFailed("unreachable", f"{loggable(url)} is not asked for, as {known.reason}")
        if not known.rules.can_fetch(str(url), PRODUCT):
            where = loggable(url.origin())
            raise FetchFailed(
                "disallowed", f"the robots.txt of {where} does not let us ask for {loggable(url)}"
            )

    async def delay_s(self, url: URL) -> float:
        """How long the host wants to be left alone between two requests; a minute at most."""
        rules = (await self._of(url)).rules
        delay = rules.crawl_delay(PRODUCT) if rules else None
        return min(delay or 0.0, _LONGEST_DELAY_S)

    async def _of(self, url: URL, asking: Asking | None = None) -> _Known:
        origin = str(url.origin())
        known = self._known.get(origin)
        if known is None or known.until <= self._clock():
            self._known.pop(origin, None)
            known = self._known[origin] = await self._asked(url, asking or self._session)
            if len(self._known) > _MOST_HOSTS:
                del self._known[next(iter(self._known))]
        return known

    async def _asked(self, url: URL, asking: Asking) -> _Known:
        address = str(url.origin().with_path("/robots.txt"))
        try:
            fetched = await fetch(
                asking,
                address,
                guard=self._guard,
                now=self._clock,
                limits=_LIMITS,
                accept=PAGES,
            )
        except FetchFailed as failed:
            # 429 is a 4xx, but it says "not now" and not "no rules".
            if (
                failed.status is not None
                and failed.status < 500
                and failed.status not in (200, 429)
            ):
                return _Known(Protego.parse(""), self._clock() + _KEPT)
            return _Known(None, self._clock() + _KEPT_UNREACHABLE, failed.message)
        return _Known(rules_of(fetched.body, fetched.content_type), self._clock() + _KEPT)


def rules_of(body: bytes, content_type: str | None = None) -> Protego:
    """The rules in a robots.txt, whatever else is in it."""
    text, _ = decode(body, content_type)
    return Protego.parse(text[:_MOST_CHARS])
