"""Polls of a feed over real HTTP into a real log: what is odd about one item stops no other."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from aiohttp import web

from feeds.poll import Polled
from feeds.schedule import Polling
from projections.views.documents import Document
from tests.feeds.conftest import Serve, ServeBytes
from tests.place import Place, parts_at
from tracker.collecting import polling_of
from tracker.domain.feed import AddFeed, FeedAdded, MoveFeed, PauseFeed, ResumeFeed
from tracker.parts import Parts

SUSPENSION = "Ecuador will suspend visa-free entry for Chinese citizens from July 1, 2024."


class Source:
    """A JSON Feed on loopback, and the tracker that polls it."""

    def __init__(self, parts: Parts, polling: Polling) -> None:
        self.parts = parts
        self.polling = polling
        self.feed = ""
        self.body: dict[str, object] = {}
        self.asked_with: list[str | None] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.asked_with.append(request.headers.get("If-None-Match"))
        return web.Response(
            body=msgspec.json.encode(self.body),
            content_type="application/feed+json",
            headers={"ETag": '"1"'},
        )

    async def poll(self, *items: dict[str, object], **top: object) -> Polled:
        """Serve the items and poll the feed once."""
        version = "https://jsonfeed.org/version/1.1"
        self.body = {"version": version, "title": "T", "items": items, **top}
        return await self.polling.poll_now(self.feed)

    async def documents(self) -> dict[str | None, Document]:
        """The documents that the feed brought, by guid."""
        await self.parts.settle()
        return {d.guid: d for d in await self.parts.views.select(Document)}


@pytest.fixture
async def source(place: Place, serve: Serve) -> AsyncIterator[Source]:
    """A feed that was added and never polled."""
    async with parts_at(place) as parts:
        made = Source(parts, await polling_of(parts))
        url = await serve(made.answer)
        done = await parts.executor.execute(
            AddFeed(url=url, article="never"), await parts.operator()
        )
        added = done.events[0].event
        assert isinstance(added, FeedAdded)
        made.feed = added.feed
        yield made


def item(guid: str, **more: object) -> dict[str, object]:
    return {"id": guid, "content_text": f"text of {guid}", **more}


async def test_a_language_or_an_address_that_is_none_costs_no_item(source: Source) -> None:
    polled = await source.poll(
        item("a", url="http://x.example/a b"),
        item("b", url=f"http://x.example/{'b' * 3000}"),
        item("c", language="English (US)"),
        language="en_US",
    )

    assert (polled.counts.new, polled.counts.left_out) == (3, 0)
    found = await source.documents()
    assert found["a"].url == "http://x.example/a%20b"
    assert found["b"].url is None
    assert (found["a"].language, found["c"].language) == ("en-US", None)


async def test_an_item_too_large_to_record_is_left_out_and_asked_for_again(
    source: Source,
) -> None:
    polled = await source.poll(item("a"), item("big", author={"name": "n" * 9_000_000}), item("c"))

    assert (polled.counts.new, polled.counts.left_out) == (2, 1)
    assert polled.message == "2 new, 0 revised; 1 could not be recorded, see the log of the program"
    assert set(await source.documents()) == {"a", "c"}
    await source.poll(item("a"), item("c"))
    await source.poll(item("a"), item("c"))
    assert source.asked_with == [None, None, '"1"']


async def test_an_answer_in_bytes_that_are_no_text_is_shown_like_any_other(
    source: Source, serve_bytes: ServeBytes
) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 500 N\xff\xfe\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    url = await serve_bytes(babble)
    move = MoveFeed(feed=source.feed, url=url)
    await source.parts.executor.execute(move, await source.parts.operator())
    polled = await source.poll()

    assert polled.outcome == "http-error"
    (state,) = await source.parts.schedule.state()
    assert state.message == f"{url} answered 500 N\ufffd\ufffd"
    assert state.failures == 1


async def test_a_feed_that_was_paused_proposes_what_it_missed(source: Source) -> None:
    actor = await source.parts.operator()
    await source.poll(item("old"))
    await source.parts.executor.execute(PauseFeed(feed=source.feed, reason="quiet"), actor)
    await source.polling.learn()
    assert await source.parts.schedule.state() == []
    await source.parts.executor.execute(ResumeFeed(feed=source.feed), actor)
    week_ago = (datetime.now(UTC) - timedelta(days=7)).isoformat()

    polled = await source.poll(
        item("old"), {"id": "missed", "content_text": SUSPENSION, "date_published": week_ago}
    )

    assert (polled.counts.known, polled.counts.new, polled.counts.drafts) == (1, 1, 1)


async def test_an_edit_that_moves_nothing_is_proposed_again(source: Source) -> None:
    today = datetime.now(UTC).isoformat()
    edited = SUSPENSION.replace("July 1", "July 8")

    await source.poll({"id": "a", "content_text": SUSPENSION, "date_published": today})
    polled = await source.poll({"id": "a", "content_text": edited, "date_published": today})

    assert (polled.counts.revised, polled.counts.drafts) == (1, 1)


async def test_two_reused_guids_with_one_link_are_two_documents_and_stay_so(
    source: Source,
) -> None:
    def item(guid: str, url: str, text: str) -> dict[str, object]:
        return {"id": guid, "url": f"https://e.org/{url}", "title": text, "content_text": text}

    trees, roads = "Trees fell in the whole north.", "Nobody may use these roads today."
    vote, strike = "A minister resigns after losing.", "Pilots want more money and go home."
    first = await source.poll(item("1", "a", trees), item("2", "b", roads))
    assert first.counts.new == 2
    others = (item("1", "live", vote), item("2", "live", strike))
    assert (await source.poll(*others)).counts.new == 2
    again = (await source.poll(*others)).counts
    assert (again.new, again.revised, again.known, again.left_out) == (0, 0, 2, 0)
    await source.parts.settle()
    found = await source.parts.views.select(Document)
    assert sorted(d.title or "" for d in found) == sorted([trees, roads, vote, strike])
    assert {d.versions for d in found} == {1}
