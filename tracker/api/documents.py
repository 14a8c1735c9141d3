"""`/documents`: what was received, in its newest version, with the text that quotes point into."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from feeds.add import Added, Handed, fetch_document
from projections.views.documents import Document
from tracker.api.access import ANALYST, READER, OpenParts
from tracker.api.paging import Paging
from tracker.api.reading import Limit, Reading
from tracker.api.writing import Writer, Written, written
from tracker.domain.errors import NotFound, Refused
from tracker.domain.seeing import SeeDocument
from tracker.domain.values import Instant
from tracker.log.evidence import Capture
from tracker.parts import Parts
from tracker.tables.pages import PageState


class NewDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document to put on record: an address to fetch, or its text with what is known of it."""

    url: str | None = None
    text: str | None = None
    title: str | None = None
    publisher: str | None = None
    published: Instant | None = None


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody is done with a document that gave no draft; `again` undoes that."""

    reason: str | None = None
    again: bool = False


class Documents(msgspec.Struct, frozen=True):
    """A page of documents."""

    documents: list[Document]
    next: str | None


async def _handed(parts: Parts, new: NewDocument) -> Handed:
    if new.text is not None:
        capture = Capture(url=new.url, captured_at=parts.clock())
        handed = Handed(data=new.text.encode(), capture=capture)
    elif new.url is not None:
        handed = await fetch_document(parts.session, new.url, parts.guard, parts.clock)
    else:
        raise Refused("text: give the text of the document, or a url to fetch it from")
    return msgspec.structs.replace(
        handed, title=new.title, publisher=new.publisher, published=new.published
    )


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
        paging: NamedDependency[Paging],
        feed: FromQuery[UUID | None] = None,
        cluster: Annotated[
            UUID | None, QueryParameter(description="Those that say nearly the same.")
        ] = None,
        limit: Limit = 50,
    ) -> Documents:
        """Documents, the last received or revised first."""
        reading.unless_known()
        given = {"feed": feed, "cluster": cluster}
        rows = await parts.views.select(
            Document,
            equal={name: str(value) for name, value in given.items() if value},
            before=paging.before,
            descending=True,
            order=("position",),
            limit=limit,
        )
        return Documents(rows, paging.next(rows, limit))

    @post("/", opt=ANALYST)
    async def add(
        self,
        parts: OpenParts,
        data: JSONBody[NewDocument],
        write: NamedDependency[Writer],
    ) -> Response[Added]:
        """Keep a document, put it on record and propose drafts from it.

        201 with its id, or 200 where the same bytes from the same address are on record.
        """
        added = await parts.add_document(await _handed(parts, data), write.actor)
        # What was known already is there where the log stands now.
        position = await parts.reader.head() if added.position is None else added.position
        headers = {
            "Location": f"/api/v1/documents/{added.document}",
            "Tracker-Position": str(position),
        }
        return Response(added, status_code=200 if added.known else 201, headers=headers)

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
        found = await _document(parts, document)
        return Response(await parts.text(found), media_type="text/plain")

    @get("/{document:uuid}/page", opt=READER)
    async def page(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        document: FromPath[UUID],
    ) -> PageState:
        """How the last visit to its web page went, and when the next is due."""
        reading.unless_known()
        state = await parts.pages.state((await _document(parts, document)).document)
        if state is None:
            raise NotFound(f"document: no page is visited for {document}", field="document")
        return state

    @post("/{document:uuid}/seen", opt=ANALYST)
    async def seen(
        self,
        parts: OpenParts,
        document: FromPath[UUID],
        write: NamedDependency[Writer],
        data: JSONBody[Seen | None] = None,
    ) -> Response[Written]:
        """Be done with a document that gave no draft; 409 where somebody was first."""
        given = data or Seen()
        command = SeeDocument(document=str(document), reason=given.reason, again=given.again)
        done = await parts.desk.decide(command, write.actor, key=write.key)
        return written(done, 201 if done.events else 200)
