"""The ticks: who is polled when, what is learned between them, and that nobody waits for another."""

import asyncio
from datetime import timedelta
from typing import Any, cast

from aiohttp import web

from feeds.schedule import LEASE, Polling
from tests.feeds.test_parse import RSS
from tests.feeds.test_the_web_misbehaves import DAY, H, says
from tests.feeds.web import NOON, until, world_at
from tests.place import Place
from tracker.domain.feed import ChangeFeed, PauseFeed, RemoveFeed, ResumeFeed
from tracker.tables.hosts import polls

ROWS = "select feed, fence, leased_until = 'infinity', next_at from app.feed_schedule order by feed"


async def test_a_poll_that_hangs_keeps_its_own_turn_and_no_other(place: Place) -> None:
    async with world_at(place) as world:
        released = asyncio.Event()

        async def hang(request: web.Request) -> web.Response:
            await released.wait()
            return web.Response(text=RSS)

        world.site.answers = {"hangs": hang, "sound": says()}
        port = world.base.rsplit(":", 1)[1]
        hanging = await world.feed(f"http://127.0.0.2:{port}/hangs")
        feeds = [await world.feed(f"http://127.0.0.{n}:{port}/sound") for n in range(3, 9)]
        polling = world.polling["usual"]
        for _ in range(2):
            await polling.tick()
            await world.polled(feeds, len(feeds))
            world.later(H)
        assert (await world.place_of(hanging)).polled_at is None

        released.set()
        await world.polled([hanging], 1)


async def test_feeds_of_one_host_are_not_polled_back_to_back(place: Place) -> None:
    async with world_at(place) as world:
        world.site.answers["feed"] = says()
        feeds = [await world.feed(f"feed/{n}", spacing_s=30) for n in range(3)]
        for asked in (1, 2, 3):
            await world.polling["usual"].tick()
            await world.polling["hurried"].tick()
            await world.polled(feeds, 1)
            world.later(29)
            await world.polling["hurried"].tick()
            assert len(world.site.asked) == asked
            world.later(1)


async def test_an_event_about_one_feed_touches_no_other(place: Place) -> None:
    async with world_at(place) as world:
        polling = world.polling["usual"]
        first = await world.feed("one")
        await polling.learn()
        await world.parts.schedule.forget([first])
        second = await world.feed("two")
        await polling.learn()
        assert [state.feed for state in await world.parts.schedule.state()] == [second]


async def test_what_is_decided_of_a_feed_is_heard_at_the_next_tick(place: Place) -> None:
    async with world_at(place) as world:
        world.site.answers["feed"] = says()
        feed, actor = await world.feed("feed"), world.actor
        polling, execute = world.polling["usual"], world.parts.executor.execute

        await execute(ChangeFeed(feed=feed, interval_s=3 * H), actor)
        assert world.wait_s(await world.poll(feed)) == 3 * H
        await execute(PauseFeed(feed=feed, reason="loud"), actor)
        await polling.learn()
        assert await world.parts.schedule.state() == []
        await execute(ResumeFeed(feed=feed), actor)
        await polling.learn()
        assert (await world.place_of(feed)).next_at == world.clock.now
        await execute(RemoveFeed(feed=feed), actor)
        await polling.learn()
        assert await world.parts.schedule.state() == []


async def test_whoever_starts_late_disturbs_no_turn_and_brings_back_no_feed(place: Place) -> None:
    async with world_at(place) as world:
        parts, execute = world.parts, world.parts.executor.execute
        paused, removed, polled = [await world.feed(name) for name in ("one", "two", "three")]
        for feed in (paused, polled):
            await execute(PauseFeed(feed=feed, reason="loud"), world.actor)
        await execute(RemoveFeed(feed=removed), world.actor)
        await execute(ResumeFeed(feed=polled), world.actor)
        await world.polling["usual"].learn()
        assert await parts.schedule.claim_now(polled, LEASE)
        before = await parts.database.fetch(ROWS)

        # The log is read a page at a time, and no page but the last says how a feed is now.
        late = Polling(parts.reader, parts.schedule, cast(Any, None), parts.ways.table, page=1)
        await late.learn()

        assert await parts.database.fetch(ROWS) == before


async def test_a_turn_for_a_feed_that_is_in_no_log_is_the_last(place: Place) -> None:
    async with world_at(place) as world:
        await world.parts.schedule.ensure({"ghost": "127.0.0.1"})
        await world.polling["usual"].tick()

        async def is_gone() -> bool:
            return await world.parts.schedule.state() == []

        await until(is_gone)


async def test_a_feed_is_asked_as_often_as_it_brings_something_and_its_silence_is_noticed(
    place: Place,
) -> None:
    async with world_at(place) as world:
        dates = [NOON - timedelta(hours=12 * n) for n in range(8)]
        items = "".join(
            f"<item><guid>{n}</guid><title>t</title><pubDate>{date:%a, %d %b %Y %H:%M:%S} GMT"
            "</pubDate></item>"
            for n, date in enumerate(dates)
        )
        body = f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'
        world.site.answers["feed"] = says(body=body)
        feed = await world.feed("feed")

        found = await world.poll(feed)

        assert (world.wait_s(found), found.last_new_at, found.quiet) == (3 * H, NOON, False)
        assert found.reason == "it brings something new every 12 hours or so"
        world.later(2 * DAY)
        found = await world.poll(feed)
        assert (world.wait_s(found), found.last_new_at, found.quiet) == (6 * H, NOON, True)
        assert (await polls(world.parts.database, world.clock.now)).quiet == 1


async def test_a_host_that_is_asked_too_much_is_left_alone_by_all_its_feeds(place: Place) -> None:
    async with world_at(place) as world:
        world.site.answers = {"busy": says(429, Retry_After="600"), "calm": says()}
        await world.poll(await world.feed("busy"))
        calm = await world.feed("calm")
        world.later(599)
        await world.polling["usual"].tick()
        assert len(world.site.asked) == 1
        world.later(1)
        await world.polling["usual"].tick()
        await world.polled([calm], 1)
