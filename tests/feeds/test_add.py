"""Documents without a feed: kept, put on record once, and read for drafts."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from feeds.add import LARGEST_BYTES, Handed, fetch_document
from projections.views.documents import Document
from projections.views.inbox import Draft
from tests.place import Place, parts_at
from tracker.domain.errors import Refused, TooLarge
from tracker.log.evidence import Capture
from tracker.parts import Parts

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SENTENCE = "Ecuador has suspended visa-free entry for Chinese nationals from July 1."
PAGE = f"""<!doctype html><html lang="en"><head><title>A visa again</title>
<meta property="article:published_time" content="2024-06-19T10:00:00Z"></head>
<body><nav>Home</nav><article><h1>A visa again</h1><p>{SENTENCE}</p>
<p>{"The ministry gave the rise of arrivals as its reason. " * 12}</p></article></body></html>"""


@pytest.fixture
async def parts(place: Place) -> AsyncIterator[Parts]:
    async with parts_at(place) as opened:
        yield opened


def handed(data: bytes, url: str | None = None, **known: str) -> Handed:
    return Handed(data=data, capture=Capture(url=url, captured_at=NOW), **known)


async def test_a_text_is_kept_and_read_for_drafts(parts: Parts) -> None:
    added = await parts.add_document(
        handed(SENTENCE.encode(), title="A visa again", published="2024-06-19"),
        await parts.operator(),
    )
    await parts.settle()
    (document,) = await parts.views.select(Document)
    (draft,) = await parts.views.select(Draft)

    assert (added.known, added.drafts) == (False, 1)
    stored = await parts.evidence.get(document.text_sha256)
    assert stored == f"A visa again\n\n{SENTENCE}".encode()
    assert await parts.evidence.get(document.raw_sha256) == SENTENCE.encode()
    assert draft.fact["effective_from"] == "2024-07-01"


async def test_the_same_bytes_from_the_same_address_are_the_same_document(parts: Parts) -> None:
    operator = await parts.operator()
    first = await parts.add_document(handed(b"One line of text."), operator)
    head = await parts.reader.head()

    again = await parts.add_document(handed(b"One line of text."), operator)

    assert (again.document, again.known) == (first.document, True)
    assert await parts.reader.head() == head


async def test_a_page_is_fetched_and_reduced_to_its_article(parts: Parts) -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    app = web.Application()
    app.router.add_get("/news", page)
    async with TestServer(app) as server:
        url = str(server.make_url("/news"))
        fetched = await fetch_document(parts.session, url, parts.guard, parts.clock)
        await parts.add_document(fetched, await parts.operator())
    await parts.settle()
    (document,) = await parts.views.select(Document)

    assert (document.title, document.url) == ("A visa again", url)
    assert document.published_at == "2024-06-19T10:00:00.000000Z"
    text = (await parts.evidence.get(document.text_sha256) or b"").decode()
    assert SENTENCE in text
    assert "Home" not in text


@pytest.mark.parametrize(
    ("url", "kind", "sentence"),
    [
        ("http://169.254.169.254/", Refused, "url: feed URL refused: 169.254.169.254"),
        ("http://127.0.0.1:1/", Refused, "url: "),
    ],
)
async def test_an_address_that_gives_nothing_says_why(
    parts: Parts, url: str, kind: type[Exception], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        await fetch_document(parts.session, url, parts.guard, parts.clock)


@pytest.mark.parametrize(
    ("data", "kind", "sentence"),
    [
        (b"x" * (LARGEST_BYTES + 1), TooLarge, "larger than 20 MB"),
        (b"\x89PNG\xff\xfe", Refused, "neither HTML nor text"),
        (b"  \n ", Refused, "has no text"),
    ],
)
async def test_what_is_no_document_is_refused_and_nothing_is_recorded(
    parts: Parts, data: bytes, kind: type[Exception], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        await parts.add_document(handed(data), await parts.operator())
    assert await parts.reader.head() == 0
