"""Whether an address may be asked for, by the robots.txt of its host."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from feeds.fetched import FetchFailed
from feeds.guard import Guard
from feeds.robots import PRODUCT, Robots, rules_of
from tests.feeds.conftest import Serve

RULES = """
User-agent: *
Disallow: /

User-agent: Policy-Tracker
Disallow: /private
Allow: /private/open
Disallow: /*.pdf$
Crawl-delay: 90
"""


class Host:
    """A host whose robots.txt a test writes, asked at a time that the test sets."""

    def __init__(self, session: aiohttp.ClientSession, guard: Guard) -> None:
        self.now = datetime(2024, 6, 20, 12, tzinfo=UTC)
        self.robots = Robots(session, guard, lambda: self.now)
        self.status, self.text = 200, RULES
        self.asked = 0
        self.base = URL()

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        return web.Response(status=self.status, text=self.text)

    async def refusal(self, path: str) -> str | None:
        """How asking for a path is refused; None where it is not."""
        try:
            await self.robots.ask(self.base.with_path(path))
        except FetchFailed as failed:
            return failed.outcome
        return None


@pytest.fixture
async def host(session: aiohttp.ClientSession, guard: Guard, serve: Serve) -> Host:
    made = Host(session, guard)
    made.base = URL(await serve(made.answer))
    return made


async def test_the_longest_rule_of_our_own_group_counts_and_is_asked_for_once(host: Host) -> None:
    said = {
        path: await host.refusal(path) for path in ("/a", "/private/a", "/private/open", "/b.pdf")
    }
    assert said == {
        "/a": None, "/private/a": "disallowed", "/private/open": None, "/b.pdf": "disallowed",
    }  # fmt: skip
    assert host.asked == 1
    assert await host.robots.delay_s(host.base) == 60


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_host_without_rules_lets_us_ask_for_everything(host: Host, status: int) -> None:
    host.status = status
    assert await host.refusal("/a") is None


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_host_in_trouble_is_asked_for_nothing_until_it_is_better(
    host: Host, status: int
) -> None:
    host.status = status
    assert await host.refusal("/a") == "unreachable"
    host.status = 200
    assert await host.refusal("/a") == "unreachable"
    host.now += timedelta(minutes=6)
    assert await host.refusal("/a") is None


async def test_rules_are_read_again_after_a_day(host: Host) -> None:
    await host.refusal("/a")
    host.text = "User-agent: *\nDisallow: /"
    host.now += timedelta(hours=23)
    assert await host.refusal("/a") is None
    host.now += timedelta(hours=2)
    assert await host.refusal("/a") == "disallowed"


async def test_a_host_that_does_not_answer_is_asked_for_nothing(host: Host) -> None:
    host.base = URL("http://127.0.0.1:1/")
    assert await host.refusal("/a") == "unreachable"


LINES = st.sampled_from(
    [b"User-agent: *", b"User-agent:", b"Disallow: /*a*a*a*a*b$", b"Allow: %", b"Allow: %ff%",
     b"Crawl-delay: nan", b"Crawl-delay: 1e999", b"Disallow: \xf0\x9f", b"Disallow: \xed\xa0\xbd",
     b"Sitemap: x", b"\0", b"Request-rate: 1/0"],
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES | st.binary(max_size=30), max_size=20).map(b"\n".join), st.text(max_size=30))
def test_no_robots_txt_raises(body: bytes, path: str) -> None:
    rules = rules_of(body)
    rules.can_fetch(str(URL("https://e.org/").with_path("/" + path)), PRODUCT)
    assert (rules.crawl_delay(PRODUCT) or 0) >= 0
