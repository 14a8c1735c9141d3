"""The process in which documents are read: it may die, the program may not."""

from collections.abc import AsyncIterator

import pytest

from feeds.page import PageText
from feeds.worker import Parser
from tests.feeds.test_page import page
from tests.feeds.test_parse import RSS

# Very many siblings: flat, so no cheap check stops it, and too much for the limits below.
HEAVY = b'<rss version="2.0"><channel>' + b"<item><title>a</title></item>" * 300_000


@pytest.fixture
async def hurried() -> AsyncIterator[Parser]:
    async with Parser(timeout_s=1) as parser:
        yield parser


async def test_a_feed_and_a_page_are_read_in_another_process() -> None:
    async with Parser() as parser:
        assert (await parser.parse(RSS.encode())).state == "ok"
        assert isinstance(await parser.main_text(page()), PageText)


async def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_read(
    hurried: Parser,
) -> None:
    feed = await hurried.parse(HEAVY)
    assert (feed.state, feed.message) == (
        "malformed",
        "Reading the document took longer than 1 seconds.",
    )
    assert (await hurried.parse(b"")).message == "The body is empty."


async def test_a_document_that_takes_too_much_memory_is_given_up() -> None:
    text = b"x" * 45_000_000
    async with Parser(memory_bytes=300 << 20) as parser:
        feed = await parser.parse(b"<rss><channel><item><title>" + text)
    assert feed.state == "malformed"
    assert feed.message == "Reading the document took more than 300 MB of memory."
