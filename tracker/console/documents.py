"""The page of a document: its stored text with every cited passage marked."""

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from projections.entries import Entry
from projections.views.documents import Document
from tracker.console.passages import Passage, pieces
from tracker.console.site import AnyRequest, page, pages
from tracker.console.sources import anchor, citations, documents, texts
from tracker.console.visits import GivenParts, arrive, identified
from tracker.domain.errors import NotFound
from tracker.parts import Parts

_MOST_FACTS = 500
_MOST_ALIKE = 50


class Cited(msgspec.Struct, frozen=True):
    """A fact with its quotes, each with its mark; one without stands in an older version only."""

    entry: Entry
    quotes: tuple[tuple[str, str | None], ...]


@get("/documents/{document:str}")
async def document(
    request: AnyRequest, parts: GivenParts, document: FromPath[str]
) -> Response[str]:
    """The newest text with the passages that facts cite."""
    visit = await arrive(request, parts)
    wanted = str(identified(document))
    rows = await documents(parts, [wanted])
    if wanted not in rows:
        raise NotFound(f"no document {wanted} is in the log")
    row = rows[wanted]
    text = (await texts(parts, [row])).get(wanted)
    entries = await parts.questions.timeline(documents=[wanted], limit=_MOST_FACTS)
    passages, cited = _cited(wanted, text or "", entries)
    return page(
        request,
        "document.html",
        visit=visit,
        document=row,
        pieces=None if text is None else pieces(text, passages),
        erased_by=await parts.erasing.how(row.text_sha256) if text is None else None,
        cited=cited,
        visited=await parts.pages.state(wanted),
        alike=await _alike(parts, row),
        versions=[e for e in entries if e.row.type.startswith("document-")],
        twin=f"/api/v1/documents/{wanted}",
    )


async def _alike(parts: Parts, row: Document) -> list[Document]:
    """Other documents that say nearly the same, the first received first."""
    if row.cluster is None:
        return []
    found = await parts.views.select(
        Document, equal={"cluster": row.cluster}, order=("position",), limit=_MOST_ALIKE
    )
    return [one for one in found if one.document != row.document]


def _cited(document: str, text: str, entries: list[Entry]) -> tuple[list[Passage], list[Cited]]:
    passages: list[Passage] = []
    found: list[Cited] = []
    for entry in reversed(entries):
        quotes: list[tuple[str, str | None]] = []
        for i, citation in enumerate(citations(entry.recorded.event)):
            if citation.document != document:
                continue
            start, end = citation.start or 0, citation.end or 0
            name = anchor(entry.row.position, i) if text[start:end] == citation.quote else None
            if name:
                passages.append(Passage(start, end, entry.headline, name))
            quotes.append((citation.quote, name))
        if quotes:
            found.append(Cited(entry, tuple(quotes)))
    return passages, found


PAGE = pages(document)
