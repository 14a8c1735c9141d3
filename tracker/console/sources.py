"""The sources behind a fact: each citation with its document, its surroundings and its chain."""

from collections.abc import Iterable, Sequence

import msgspec

from projections.views.documents import Document
from tracker.console.passages import Excerpt, Passage, Piece, excerpts
from tracker.domain.base import Event, Recorded
from tracker.domain.fact import Fact
from tracker.domain.values import Citation, Hop
from tracker.parts import Parts


class Source(msgspec.Struct, frozen=True):
    """One citation as people read it."""

    title: str
    publisher: str | None
    published_at: str | None
    href: str
    url: str | None
    excerpt: Excerpt
    hops: tuple[Hop, ...]


def citations(event: Event | None) -> tuple[Citation, ...]:
    """The citations of a fact; none for other events and erased ones."""
    return event.citations if isinstance(event, Fact) else ()


def anchor(position: int, index: int) -> str:
    """The name of a citation's mark on the page of its document."""
    return f"cited-{position}-{index}"


async def documents(parts: Parts, ids: Iterable[str]) -> dict[str, Document]:
    """Documents by id, as far as they are on record."""
    wanted = list(dict.fromkeys(ids))
    rows = await parts.views.select(Document, within={"document": wanted}, limit=len(wanted) + 1)
    return {row.document: row for row in rows}


async def texts(parts: Parts, rows: Iterable[Document]) -> dict[str, str]:
    """Document → its newest text, as far as it is kept."""
    known = {row.document: row.text_sha256 for row in rows}
    kept = await parts.evidence.get_many(sorted(set(known.values())))
    return {
        document: kept[sha].decode("utf-8", "replace")
        for document, sha in known.items()
        if sha in kept
    }


async def sources(parts: Parts, events: Sequence[Recorded]) -> dict[str, list[Source]]:
    """Event id → its sources."""
    cited = [c.document for recorded in events for c in citations(recorded.event)]
    known = await documents(parts, cited)
    read = await texts(parts, known.values())
    return {
        str(recorded.id): [
            _source(c, recorded.position, i, known.get(c.document), read.get(c.document, ""))
            for i, c in enumerate(citations(recorded.event))
        ]
        for recorded in events
    }


def _source(
    citation: Citation, position: int, index: int, document: Document | None, text: str
) -> Source:
    return Source(
        title=(document and document.title) or citation.url or "Untitled document",
        publisher=document.publisher if document else None,
        published_at=document.published_at if document else None,
        href=f"/documents/{citation.document}#{anchor(position, index)}",
        url=citation.url,
        excerpt=_in_context(citation, text),
        hops=citation.attribution,
    )


def _in_context(citation: Citation, text: str) -> Excerpt:
    """The quote amid the text that it was taken from, or amid what the citation kept of it."""
    start, end = citation.start, citation.end
    if start is not None and end is not None and text[start:end] == citation.quote:
        found = excerpts(text, [Passage(start, end, "cited")], margin=160)
        if found:
            return found[0]
    kept = (
        Piece(citation.prefix or ""),
        Piece(citation.quote, ("cited",)),
        Piece(citation.suffix or ""),
    )
    return Excerpt(tuple(p for p in kept if p.text), bool(citation.prefix), bool(citation.suffix))
