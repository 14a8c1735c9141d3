"""Two processes that poll: no feed is asked twice for one turn, and none is lost when one dies."""

import asyncio
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.chance import ROUNDS, UNMEASURED, chance
from tests.feeds.web import until
from tests.place import Place, parts_at
from tests.stories.tracker_process import ENVIRONMENT, ROOT
from tracker.domain.base import tagged
from tracker.domain.document import DocumentReceived
from tracker.domain.feed import AddFeed
from tracker.parts import Parts

# More than one process polls at a time, so that both have some.
FEEDS = 80
DUE = "update app.feed_schedule set next_at = now()"
# As it is when the lease of whoever died has run out.
EXPIRE = """
with expired as (
    update app.feed_schedule set leased_until = now() where host = any (%(hosts)s))
update app.feed_host set free_at = now() where host = any (%(hosts)s)
"""
UNDER_WAY = "select from app.feed_schedule where next_at <= now() or leased_until is not null"


class Site:
    """Feeds with one new item a round; it answers nobody before it is let."""

    def __init__(self) -> None:
        self.round = 0
        self.asked: defaultdict[str, list[str]] = defaultdict(list)
        """Process → the hosts that it has asked in this round."""
        self.let = asyncio.Event()

    def begin(self) -> None:
        """Another round."""
        self.round += 1
        self.asked.clear()
        self.let.clear()

    async def answer(self, request: web.Request) -> web.Response:
        host = request.url.host or ""
        self.asked[request.headers["User-Agent"].partition("+")[2].rstrip(")")].append(host)
        await self.let.wait()
        text = f"<item><guid>{self.round}</guid><title>{self.round}</title></item>"
        return web.Response(text=f'<rss version="2.0"><channel>{text}</channel></rss>')


@pytest.fixture
async def site() -> AsyncIterator[tuple[Site, int]]:
    scripted, app = Site(), web.Application()
    app.router.add_get("/feed", scripted.answer)
    async with TestServer(app, host="0.0.0.0") as server:
        yield scripted, int(server.make_url("/").port or 0)


class Pollers:
    """The processes that poll, by name."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._count = 0
        self.living: dict[str, asyncio.subprocess.Process] = {}

    async def start(self) -> None:
        """One more of them, once it is ready."""
        self._count += 1
        server, name = self._place.server, f"p{self._count}"
        words = [name, server.base, server.superuser, self._place.name, str(self._place.data)]
        process = self.living[name] = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.feeds.polling_process", *words,
            env=ENVIRONMENT | UNMEASURED, cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"

    async def kill(self, name: str) -> None:
        """End one at once."""
        process = self.living.pop(name)
        process.kill()
        await process.wait()


@pytest.fixture
async def pollers(place: Place) -> AsyncIterator[Pollers]:
    made = Pollers(place)
    yield made
    for name in list(made.living):
        await made.kill(name)


async def received(parts: Parts) -> Counter[tuple[str | None, str | None]]:
    """How often each item of each feed is in the log."""
    head = await parts.reader.head()
    events = await parts.reader.read_all(tagged("type:document-received"), before=head)
    found = [e.event for e in events if isinstance(e.event, DocumentReceived)]
    return Counter((event.feed, event.guid) for event in found)


@pytest.mark.kill
async def test_when_one_of_two_pollers_dies_each_feed_has_its_turn_and_only_one(
    place: Place, site: tuple[Site, int], pollers: Pollers
) -> None:
    scripted, port = site
    draw = chance()
    async with parts_at(place) as parts:

        async def all_asked() -> bool:
            return sum(map(len, scripted.asked.values())) == FEEDS

        async def all_done() -> bool:
            return not await parts.database.fetch(UNDER_WAY)

        actor = await parts.operator()
        for n in range(FEEDS):
            url = f"http://127.0.1.{n + 1}:{port}/feed"
            await parts.executor.execute(AddFeed(url=url, interval_s=86_400, spacing_s=0), actor)
        scripted.begin()
        for _ in range(2):
            await pollers.start()
        for number in range(1, ROUNDS + 1):
            await until(all_asked)
            victim = draw.choice(sorted(pollers.living))
            await pollers.kill(victim)
            lost = list(scripted.asked[victim])
            scripted.let.set()
            await parts.database.run(EXPIRE, {"hosts": lost})
            await until(all_done)

            (survivor,) = pollers.living
            assert set(scripted.asked) == {victim, survivor}
            assert scripted.asked[victim] == lost
            assert len(scripted.asked[survivor]) == len(set(scripted.asked[survivor])) == FEEDS
            items = await received(parts)
            assert set(items.values()) == {1}
            assert len(items) == FEEDS * number
            scripted.begin()
            await pollers.start()
            await parts.database.run(DUE)
