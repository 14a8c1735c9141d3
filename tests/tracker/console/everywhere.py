"""Every page of the console: its routes, what a reader of all links comes to, and a log for all of it."""

import contextlib
import html
import re
from collections import Counter
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from litestar import Litestar
from litestar.testing import AsyncTestClient
from msgspec import structs

from tests.tracker.console.world import received, recorded
from tracker.console import PAGES
from tracker.domain.catalog import FACTS, fact_from
from tracker.domain.errors import Refused
from tracker.domain.fact import RecordFact
from tracker.domain.feed import AddFeed
from tracker.domain.filter import Filter
from tracker.domain.subscription import OpenSubscription
from tracker.parts import Parts
from tracker.tables.users import User

SOME_ID = "018f0000-0000-7000-8000-000000000000"
_LEAST: dict[str, dict[str, Any]] = {
    "proposal": {},
    "policy": {"action": "introduced", "effective_basis": "stated", "effective_from": "2025-01-01",
               "rule": {"nationalities": ["PE"], "regime": "visa-free"}},
    "observation": {"observed_on": "2025-02-01",
                    "rule": {"nationalities": ["PE"], "regime": "visa-required"}},
    "rejection": {},
    "statement": {"verbatim": "verbatim"},
    "statistic": {"metric": "migrants", "comparator": "=", "value": "7", "geography": "PA"},
    "incident": {"incident_type": "robbery", "occurred": "2023", "actors": ["A gang"],
                 "place": {"country": "PA", "name": "Darién"}},
    "claim": {"kind": "route", "countries": ["PA"]},
    "position": {},
}  # fmt: skip
_POLICY = ("proposal", "policy", "observation", "rejection")
_STARTS: tuple[str, ...] = ("/", "/inbox/unread", "/feeds/test", "/audit/replay?tag=rule:EC")
"""The start, and what forms lead to, or links that only stand where there is need."""
_MOST_ALIKE = 3
_MOST_PLAIN = 40


def routes(method: str) -> list[str]:
    """The pattern of every route of the console that answers to a method."""
    return [route.path for router in PAGES for route in router.routes if method in route.methods]


def pattern_of(address: str) -> str | None:
    """The route that answers at an address; the one with the fewest names, where several could."""
    path = urlsplit(address).path
    fitting = [
        pattern
        for pattern in routes("GET")
        if re.fullmatch(re.sub(r"\\?\{.*?\\?\}", "[^/]+", pattern), path)
    ]
    return min(fitting, key=lambda pattern: pattern.count("{"), default=None)


async def crawl(browser: AsyncTestClient[Litestar]) -> dict[str, str]:
    """What every page says that links lead to; of addresses that only differ in values, a few."""
    found: dict[str, str] = {}
    alike: Counter[tuple[str, ...]] = Counter()
    waiting: list[str] = list(_STARTS)
    while waiting:
        address = waiting.pop(0)
        pattern = pattern_of(address)
        if address in found or pattern is None:
            continue
        names = [name for name, _ in parse_qsl(urlsplit(address).query)]
        alike[key := (pattern, *names)] += 1
        if alike[key] > (_MOST_ALIKE if names else _MOST_PLAIN):
            continue
        answer = await browser.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        assert "script-src 'self';" in answer.headers["content-security-policy"], address
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        found[address] = answer.text
        for href in re.findall(r'<a [^>]*?href="([^"]*)"', answer.text):
            link = urldefrag(urljoin(address, html.unescape(href)))[0]
            if not urlsplit(link).netloc:
                waiting.append(link)
    return found


async def everything(parts: Parts, text: str, owner: User) -> None:
    """A fact of every kind with a text in every field that takes it, a source, a feed, an alert."""
    by_hand = {"first_hand": text}
    for noun, least in _LEAST.items():
        policy = {"jurisdiction": "BO", "kind": "entry"} if noun in _POLICY else {}
        await recorded(parts, noun, **_filled(noun, {**by_hand, **policy, **least}, text))
    document = await received(parts, f"{text} It was said.", title=text, publisher=text)
    quoted = {"citations": [{"document": document, "quote": text}]}
    await recorded(parts, "claim", **_LEAST["claim"], text=text, **quoted)
    command = AddFeed(url="https://news.example/rss", title=text, publisher=text)
    await parts.executor.execute(command, owner.actor())
    channel = await parts.channels.create(str(owner.id), "pull", {})
    watched = Filter(destinations=("EC",), words=(text,))
    await parts.executor.execute(
        OpenSubscription(channel=channel.id, filter=watched, title=text), owner.actor()
    )
    await parts.settle()


def _filled(noun: str, fields: dict[str, Any], text: str) -> dict[str, Any]:
    """The fields, and the text in every other one that takes any text."""
    kind = FACTS[noun]
    needed = [f.name for f in structs.fields(kind) if f.required]
    fields = {**dict.fromkeys(needed, text), **fields}
    for name in kind.__struct_fields__:
        if name not in fields:
            with contextlib.suppress(Refused):
                RecordFact(fact=fact_from(noun, {**fields, name: text})).normal()
                fields = {**fields, name: text}
    return fields
