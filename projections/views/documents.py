"""Documents: what was received, from where, and how it changed since."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from projections.view import Lookup, Row, State, View
from tracker.domain.base import Recorded
from tracker.domain.document import DocumentReceived, DocumentRevised


class Document(Row, frozen=True, kw_only=True):
    """A document in its newest version."""

    table: ClassVar[str] = "document"
    key: ClassVar[tuple[str, ...]] = ("document",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("position",),
        ("feed", "position"),
        ("text_sha256",),
    )

    document: str
    url: str | None
    title: str | None
    publisher: str | None
    author: str | None
    language: str | None
    published_at: str | None
    feed: str | None
    guid: str | None
    text_sha256: str
    raw_sha256: str
    versions: int
    received_at: datetime
    revised_at: datetime | None
    last_diff: str | None
    """How much the last revision changed: `substantive`, `cosmetic` or `date-only`."""
    position: int
    """Of the newest version."""


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The document."""
    if isinstance(recorded.event, DocumentReceived | DocumentRevised):
        yield Lookup(Document, "document", recorded.event.document)


def fold(state: State, recorded: Recorded) -> Iterable[Row]:
    """The document in the version of the event; what a revision leaves out stays as it was."""
    event = recorded.event
    if not isinstance(event, DocumentReceived | DocumentRevised):
        return
    known = next(iter(state.find(Document, "document", event.document)), None)
    if known is None:
        yield _first(event, recorded)
        return
    yield msgspec.structs.replace(
        known,
        url=event.url or known.url,
        title=event.title or known.title,
        publisher=event.publisher or known.publisher,
        author=event.author or known.author,
        language=event.language or known.language,
        published_at=event.published_at or known.published_at,
        feed=event.feed or known.feed,
        guid=event.guid or known.guid,
        text_sha256=event.text_sha256,
        raw_sha256=event.raw_sha256,
        versions=known.versions + 1,
        revised_at=recorded.recorded_at,
        last_diff=event.diff if isinstance(event, DocumentRevised) else known.last_diff,
        position=recorded.position,
    )


def _first(event: DocumentReceived | DocumentRevised, recorded: Recorded) -> Document:
    # A revision comes first only where the reception was erased.
    revised = isinstance(event, DocumentRevised)
    return Document(
        document=event.document,
        url=event.url,
        title=event.title,
        publisher=event.publisher,
        author=event.author,
        language=event.language,
        published_at=event.published_at,
        feed=event.feed,
        guid=event.guid,
        text_sha256=event.text_sha256,
        raw_sha256=event.raw_sha256,
        versions=1,
        received_at=recorded.recorded_at,
        revised_at=recorded.recorded_at if revised else None,
        last_diff=event.diff if revised else None,
        position=recorded.position,
    )


VIEW = View(
    name="documents",
    version=1,
    rows=(Document,),
    events=(DocumentReceived, DocumentRevised),
    fold=fold,
    wants=wants,
)
