"""A document that has no feed: fetched from an address, or handed in as bytes."""

import aiohttp
import msgspec

from feeds.fetch import FetchFailed, fetch
from feeds.guard import Guard
from feeds.items import RawItem, compose
from feeds.kept import capture_of
from feeds.page import is_html
from feeds.text import plain
from feeds.worker import Parser
from tracker.clock import Clock
from tracker.domain.base import Actor
from tracker.domain.document import DocumentReceived
from tracker.domain.errors import Conflict, Refused, TooLarge, Unavailable
from tracker.domain.ids import derived
from tracker.domain.intake import ReceiveDocument
from tracker.domain.likeness import signature
from tracker.domain.values import Instant, instant, instant_text
from tracker.execute import Executor
from tracker.log.evidence import Capture, Evidence

LARGEST_BYTES = 20_000_000


class Handed(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of a document with what is known about them."""

    data: bytes
    capture: Capture
    title: str | None = None
    publisher: str | None = None
    published: Instant | None = None


class Added(msgspec.Struct, frozen=True):
    """The document as it stands in the log; `known` if it was there already."""

    document: str
    title: str | None
    drafts: int
    known: bool
    position: int | None
    """Of its last event; None if it was there already."""


async def fetch_document(
    session: aiohttp.ClientSession, url: str, guard: Guard, clock: Clock
) -> Handed:
    """Fetch a page through the guard; Refused, TooLarge or Unavailable says why not."""
    try:
        fetched = await fetch(session, url, guard=guard, now=clock)
    except FetchFailed as failed:
        kind = {"refused": Refused, "unreachable": Refused, "too-large": TooLarge}.get(
            failed.outcome, Unavailable
        )
        raise kind(f"url: {failed.message}", field="url") from failed
    return Handed(data=fetched.body, capture=capture_of(fetched))


async def add_document(
    handed: Handed, parser: Parser, executor: Executor, evidence: Evidence, actor: Actor
) -> Added:
    """Keep the bytes, put the document on record and propose drafts from its text.

    The same bytes from the same address are the same document: adding it again adds nothing.
    """
    if len(handed.data) > LARGEST_BYTES:
        raise TooLarge(f"the document is larger than {LARGEST_BYTES // 1_000_000} MB")
    item = await item_of(handed, parser)
    if not item.text.strip():
        raise Refused("the document has no text")
    raw = await evidence.keep(handed.data, handed.capture)
    document = str(derived("document", handed.capture.url or "", raw))
    given = "given" if handed.published else "page"
    own_date = instant_text(item.published_at) if item.published_at else None
    published = handed.published or own_date
    received = DocumentReceived(
        document=document,
        raw_sha256=raw,
        text_sha256=await evidence.keep(item.text.encode()),
        url=handed.capture.url,
        title=item.title,
        publisher=item.publisher,
        author=item.author,
        language=item.language,
        published_at=published,
        published_basis=given if published else None,
        # Only what was fetched from its address can be fetched again and compared.
        page=handed.capture.url if handed.capture.status and _is_html(handed) else None,
        signature=signature(item.text[item.body_start :]),
    )
    from feeds.extract import drafts  # where nothing is read, it need not be loaded

    found = tuple(drafts(item, document))
    command = ReceiveDocument(received=received, content_hash=raw, drafts=found)
    try:
        done = await executor.execute(command, actor)
    except Conflict:
        return Added(document, item.title, 0, True, None)
    return Added(document, item.title, len(done.events) - 1, done.repeated, done.position)


async def item_of(handed: Handed, parser: Parser) -> RawItem:
    """The document as plain text; Refused where it is none that can be read."""
    published = instant(handed.published) if handed.published else None
    if _is_html(handed):
        page = await parser.main_text(handed.data, content_type=handed.capture.media_type)
        if isinstance(page, str):
            raise Refused(page)
        text, start = compose(handed.title or page.title, page.body)
        return RawItem(
            text=text,
            body_start=start,
            title=handed.title or page.title,
            url=handed.capture.url,
            author=page.author,
            publisher=handed.publisher,
            language=page.language,
            published_at=published or page.published_at,
        )
    try:
        body = plain(handed.data.decode())
    except UnicodeDecodeError:
        raise Refused("the document is neither HTML nor text in UTF-8") from None
    text, start = compose(handed.title, body)
    return RawItem(
        text=text,
        body_start=start,
        title=handed.title,
        url=handed.capture.url,
        publisher=handed.publisher,
        published_at=published,
    )


def _is_html(handed: Handed) -> bool:
    return is_html(handed.data, handed.capture.media_type)
