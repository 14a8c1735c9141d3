"""`/documents`: what was received, in its newest version, with the text that quotes point into."""

from uuid import UUID

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from projections.views.documents import Document
from tracker.api.access import READER, OpenParts
from tracker.api.reading import Before, Limit, Reading
from tracker.domain.errors import NotFound
from tracker.parts import Parts


class Documents(msgspec.Struct, frozen=True):
    """A page of documents."""

    documents: list[Document]
    next: int | None


async def _document(parts: Parts, document: UUID) -> Document:
    found = await parts.views.select(Document, equal={"document": str(document)}, limit=1)
    if not found:
        raise NotFound(f"document: no document {document} is in the log", field="document")
    return found[0]


class DocumentRoutes(Controller):
    """Documents and their texts."""

    path = "/documents"
    tags = ("documents",)

    @get("/", opt=READER)
    async def documents(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        feed: FromQuery[UUID | None] = None,
        before: Before = None,
        limit: Limit = 50,
    ) -> Documents:
        """Documents, the last received or revised first."""
        reading.unless_known()
        rows = await parts.views.select(
            Document,
            equal={"feed": str(feed)} if feed else None,
            before=None if before is None else ("position", before),
            descending=True,
            order=("position",),
            limit=limit,
        )
        return Documents(rows, rows[-1].position if len(rows) == limit else None)

    @get("/{document:uuid}", opt=READER)
    async def document(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        document: FromPath[UUID],
    ) -> Document:
        """One document."""
        reading.unless_known()
        return await _document(parts, document)

    @get("/{document:uuid}/text", opt=READER, media_type="text/plain")
    async def text(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        document: FromPath[UUID],
    ) -> Response[str]:
        """The stored text of the newest version; offsets of quotes count its code points."""
        reading.unless_known()
        kept = await parts.evidence.get((await _document(parts, document)).text_sha256)
        if kept is None:
            raise NotFound(f"document: the text of {document} is erased", field="document")
        return Response(kept.decode(), media_type="text/plain")
