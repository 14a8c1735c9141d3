"""Feeds that are sent elsewhere, that are gone, and that are only to be had over TLS."""

from pathlib import Path

import pytest
from aiohttp import web

from feeds.memory import CONFIRMATIONS
from tests.feeds.certificates import contexts
from tests.feeds.test_parse import RSS
from tests.feeds.test_the_web_misbehaves import DAY, H, says
from tests.feeds.web import Answer, World, world_at
from tests.place import Place
from tracker.domain.feed import FeedMoved, FeedPaused


def sent(status: int, to: str) -> Answer:
    """A redirect."""
    return lambda _: web.Response(status=status, headers={"Location": to})


async def moves(world: World) -> list[str]:
    """Where feeds have moved to, as the log says."""
    return [event.url for event in await world.events() if isinstance(event, FeedMoved)]


@pytest.mark.parametrize("status", [301, 308])
async def test_a_feed_moves_once_it_was_sent_elsewhere_for_good_three_times_in_a_row(
    place: Place, status: int
) -> None:
    async with world_at(place) as world:
        world.site.answers = {"old": sent(status, "/new"), "new": says()}
        feed = await world.feed("old")
        for _ in range(CONFIRMATIONS - 1):
            assert (await world.poll(feed)).outcome == "ok"
            assert await moves(world) == []
        world.site.answers["old"] = says()
        await world.poll(feed)  # it changed its mind, so three more are needed
        world.site.answers["old"] = sent(status, "/new")
        for _ in range(CONFIRMATIONS - 1):
            await world.poll(feed)
        assert await moves(world) == []

        await world.poll(feed)

        assert await moves(world) == [f"{world.base}/new"]
        world.site.asked.clear()
        found = await world.poll(feed)
        assert [request.path for request in world.site.asked] == ["/new"]
        assert (found.outcome, found.message) == ("ok", "0 new, 0 revised")


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_a_feed_that_is_sent_elsewhere_for_now_stays(place: Place, status: int) -> None:
    async with world_at(place) as world:
        world.site.answers = {"old": sent(status, "/new"), "new": says()}
        feed = await world.feed("old")
        for _ in range(CONFIRMATIONS + 1):
            assert (await world.poll(feed)).outcome == "ok"
        assert await moves(world) == []


async def test_a_feed_moves_only_as_far_as_it_is_for_good(place: Place) -> None:
    async with world_at(place) as world:
        world.site.answers = {
            "old": sent(301, "/here"),
            "here": sent(302, "/today"),
            "today": sent(301, "/new"),
            "new": says(),
        }
        feed = await world.feed("old")
        for _ in range(CONFIRMATIONS):
            await world.poll(feed)
        assert await moves(world) == [f"{world.base}/here"]


async def test_a_page_in_place_of_the_feed_moves_nothing(place: Place) -> None:
    async with world_at(place) as world:
        world.site.answers = {"old": sent(301, "/home"), "home": says(body="<html>sold")}
        feed = await world.feed("old")
        for _ in range(CONFIRMATIONS + 1):
            assert (await world.poll(feed)).outcome == "html"
        assert await moves(world) == []


async def test_validators_of_one_address_are_not_shown_to_another(place: Place) -> None:
    async with world_at(place) as world:
        world.site.answers = {"old": says(ETag='"1"'), "new": says(ETag='"1"')}
        feed = await world.feed("old")
        await world.poll(feed)
        world.site.answers["old"] = sent(308, "/new")
        for _ in range(CONFIRMATIONS):
            await world.poll(feed)
        assert await moves(world) == [f"{world.base}/new"]

        await world.poll(feed)

        assert "If-None-Match" not in world.site.asked[-1].headers


async def test_a_feed_that_is_gone_is_paused_and_says_so(place: Place) -> None:
    async with world_at(place) as world:
        world.site.answers["feed"] = says(410)
        feed = await world.feed("feed")
        polling = world.polling["usual"]

        assert (await polling.poll_now(feed)).message.endswith("answered 410 Gone")

        assert (await world.events())[-1] == FeedPaused(feed=feed, reason="gone")
        world.later(30 * DAY)
        await polling.tick()
        assert len(world.site.asked) == 1


async def test_where_port_80_is_dead_https_is_tried_and_in_the_end_kept(
    place: Place, tmp_path: Path
) -> None:
    server, client = contexts(tmp_path, "news.example")
    async with world_at(place, client) as world, world.site.open(server) as port:
        world.site.answers["feed"] = says(Connection="close")
        world.names.answers["news.example"] = ["127.0.0.1"]
        world.names.ports = {("news.example", 80): 1, ("news.example", 443): port}
        feed = await world.feed("http://news.example/feed")
        for _ in range(CONFIRMATIONS):
            found = await world.poll(feed)
            assert (found.outcome, world.wait_s(found)) == ("ok", H)
        assert await moves(world) == ["https://news.example/feed"]

        world.names.ports = {("news.example", 443): 1}
        found = await world.poll(feed)
        assert (found.outcome, world.wait_s(found)) == ("unreachable", 2 * H)


@pytest.mark.parametrize(
    ("named", "days", "believed", "message"),
    [
        ("news.example", 1, False, "self-signed certificate"),
        ("news.example", -1, True, "certificate has expired"),
        ("other.example", 1, True, "Hostname mismatch"),
    ],
)
async def test_a_certificate_that_proves_nothing_is_told(
    place: Place, tmp_path: Path, named: str, days: int, believed: bool, message: str
) -> None:
    server, client = contexts(tmp_path, named, days=days)
    trust = client if believed else None
    async with world_at(place, trust) as world, world.site.open(server) as port:
        world.names.answers["news.example"] = ["127.0.0.1"]
        feed = await world.feed(f"https://news.example:{port}/feed")
        found = await world.poll(feed)
    assert (found.outcome, world.wait_s(found)) == ("unreachable", 2 * H)
    assert found.reason == "the last poll failed"
    assert "failed the TLS handshake" in (found.message or "")
    assert message in (found.message or "")


async def test_a_server_without_tls_is_told_apart(place: Place) -> None:
    async with world_at(place) as world:
        world.site.answers["feed"] = says(body=RSS)
        feed = await world.feed(f"{world.base.replace('http:', 'https:')}/feed")
        found = await world.poll(feed)
    assert (found.outcome, world.wait_s(found)) == ("unreachable", 2 * H)
    assert "failed the TLS handshake" in (found.message or "")
