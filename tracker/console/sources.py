"""The sources behind a fact: each cited document with the passages, and the chains behind them."""

from collections.abc import Iterable, Sequence

import msgspec

from projections.borne import GoneQuote, gone_quotes
from projections.views.documents import Document
from tracker.console.passages import Excerpt, Passage, Piece, excerpts
from tracker.domain.base import Event, Recorded
from tracker.domain.fact import Fact
from tracker.domain.values import Citation, Hop
from tracker.parts import Parts


class Source(msgspec.Struct, frozen=True):
    """What one document is cited for, as people read it."""

    title: str
    publisher: str | None
    published_at: str | None
    href: str
    url: str | None
    excerpts: tuple[Excerpt, ...]
    chains: tuple[tuple[Hop, ...], ...]
    """From the document back to the origin; each way once, however often it is cited."""
    gone: tuple[GoneQuote, ...] = ()
    """What the document says no more."""


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
    gone = await gone_quotes(parts.views, events)
    return {
        str(recorded.id): [
            msgspec.structs.replace(
                _source(recorded, document, known.get(document), read.get(document, "")),
                gone=tuple(g for g in gone.get(str(recorded.id), ()) if g.document == document),
            )
            for document in dict.fromkeys(c.document for c in citations(recorded.event))
        ]
        for recorded in events
    }


def _source(recorded: Recorded, cited: str, document: Document | None, text: str) -> Source:
    numbered = [(i, c) for i, c in enumerate(citations(recorded.event)) if c.document == cited]
    first, citation = numbered[0]
    return Source(
        title=(document and document.title) or citation.url or "Untitled document",
        publisher=document.publisher if document else None,
        published_at=document.published_at if document else None,
        href=f"/documents/{cited}#{anchor(recorded.position, first)}",
        url=citation.url,
        excerpts=_in_context([c for _, c in numbered], text),
        chains=_chains(c for _, c in numbered),
    )


def _chains(cited: Iterable[Citation]) -> tuple[tuple[Hop, ...], ...]:
    found: dict[tuple[str, ...], tuple[Hop, ...]] = {}
    for citation in cited:
        way = tuple(hop.agent for hop in citation.attribution)
        known = found.get(way)
        # One citation may infer what another states.
        if way and (known is None or _inferred(citation.attribution) < _inferred(known)):
            found[way] = citation.attribution
    return tuple(found.values())


def _inferred(hops: Iterable[Hop]) -> int:
    return sum(hop.basis == "inferred" for hop in hops)


def _in_context(cited: Sequence[Citation], text: str) -> tuple[Excerpt, ...]:
    """The quotes amid the text that they were taken from, or amid what the citations kept of it."""
    here = [
        Passage(c.start, c.end, "cited")
        for c in cited
        if c.start is not None and c.end is not None and text[c.start : c.end] == c.quote
    ]
    if len(here) == len(cited):
        return excerpts(text, here, margin=200)
    return tuple(_kept(c) for c in cited)


def _kept(citation: Citation) -> Excerpt:
    around = (
        Piece(citation.prefix or ""),
        Piece(citation.quote, ("cited",)),
        Piece(citation.suffix or ""),
    )
    pieces = tuple(p for p in around if p.text)
    return Excerpt(pieces, bool(citation.prefix), bool(citation.suffix))
