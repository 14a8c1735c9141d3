"""`tracker document …`: put on record what has no feed."""

import sys
from pathlib import Path

import click

from feeds.add import LARGEST_BYTES, Handed, fetch_document
from projections.views.documents import Document
from tracker.cli.session import Out, table, with_parts
from tracker.domain.errors import NotFound, Refused
from tracker.log.evidence import Capture
from tracker.parts import Parts


@click.group()
def document() -> None:
    """Documents: add one by hand, list them, read their text."""


@document.command("add")
@click.argument("source", metavar="URL|FILE|-")
@click.option("--title", help="Its title, where it does not say.")
@click.option("--publisher", help="Who published it.")
@click.option("--published", metavar="DATE", help="When it was published, where it does not say.")
@click.option("--url", help="Where a file came from.")
@with_parts
async def add(
    parts: Parts,
    out: Out,
    source: str,
    title: str | None,
    publisher: str | None,
    published: str | None,
    url: str | None,
) -> None:
    """Keep a document, put it on record and propose drafts from it."""
    if source.startswith(("http://", "https://")):
        fetched = await fetch_document(parts.session, source, parts.guard, parts.clock)
        data, capture = fetched.data, fetched.capture
    else:
        data = bytes_of(source)
        capture = Capture(url=url, captured_at=parts.clock())
    handed = Handed(
        data=data, capture=capture, title=title, publisher=publisher, published=published
    )
    added = await parts.add_document(handed, await parts.operator())
    found = f"{added.drafts} draft{'' if added.drafts == 1 else 's'}"
    word = "is known already" if added.known else f"is on record, with {found}"
    out.answer(added, lambda: f"Document {added.document} {word}.")


def bytes_of(source: str) -> bytes:
    """What is in a file, or on standard input for "-"."""
    if source == "-":
        return sys.stdin.buffer.read(LARGEST_BYTES + 1)
    try:
        with Path(source).open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except OSError as fault:
        raise Refused(f"{source}: {fault.strerror}") from None


@document.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@with_parts
async def list_documents(parts: Parts, out: Out, limit: int) -> None:
    """List documents, the newest first."""
    await parts.settle()
    found = await parts.views.select(Document, order=("position",), descending=True, limit=limit)
    made = table(None, "document", "published", "publisher", "title", ids=("document",))
    for one in found:
        made.add_row(one.document, (one.published_at or "")[:10], one.publisher or "",
                     one.title or one.url or "")  # fmt: skip
    out.answer(found, lambda: made if found else "No document yet.")


@document.command("text")
@click.argument("document_id", metavar="DOCUMENT")
@with_parts
async def text(parts: Parts, out: Out, document_id: str) -> None:
    """Print the stored text, which every citation's offsets point into."""
    await parts.settle()
    found = await parts.views.select(Document, equal={"document": document_id})
    if not found:
        raise NotFound(f"no document {document_id} is in the log")
    stored = await parts.text(found[0])
    out.answer({"document": document_id, "text": stored}, lambda: stored)
