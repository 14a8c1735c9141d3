"""Documents of feeds that gave no draft: what they name, and whether somebody looked at them."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from projections.view import Row
from tracker.domain.base import Recorded
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.seeing import DocumentSeen


class SilentDocument(Row, frozen=True, kw_only=True):
    """A document of a feed as the second lane needs it."""

    table: ClassVar[str] = "draft_document"
    key: ClassVar[tuple[str, ...]] = ("document",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("status", "position"), ("names",))

    document: str
    feed: str
    title: str | None
    url: str | None
    names: tuple[str, ...]
    """The countries and groups that it names, as far as it was read for drafts."""
    terms: tuple[str, ...]
    """The terms of its feed that it was read for."""
    by_term: bool
    """Whether there is one of those."""
    status: str
    """`waiting`, `drafted` (it gave a draft), `seen`, or `nothing` where it names nothing."""
    position: int
    received_at: datetime
    seen_by: str | None = None
    seen_at: datetime | None = None
    reason: str | None = None


def received(
    old: SilentDocument | None, event: DocumentReceived | DocumentRevised, recorded: Recorded
) -> Iterable[SilentDocument]:
    """The document with what its newest version names; one that says more is looked at again."""
    if event.feed is None:
        return
    slight = isinstance(event, DocumentRevised) and event.diff in ("cosmetic", "date-only")
    if old and (slight or not (event.names or event.terms)):
        return
    drafted = old is not None and old.status == "drafted"
    waits = "waiting" if event.names or event.terms else "nothing"
    yield SilentDocument(
        document=event.document,
        feed=event.feed,
        title=event.title,
        url=event.url,
        names=event.names,
        terms=event.terms,
        by_term=bool(event.terms),
        status="drafted" if drafted else waits,
        position=recorded.position,
        received_at=old.received_at if old else recorded.recorded_at,
    )


def seen(document: SilentDocument, event: DocumentSeen, recorded: Recorded) -> SilentDocument:
    """The document with the mark of whoever looked at it, or without it."""
    if event.again:
        status = "waiting" if document.status == "seen" else document.status
        return msgspec.structs.replace(
            document, status=status, seen_by=None, seen_at=None, reason=event.reason
        )
    return msgspec.structs.replace(
        document,
        status="seen",
        seen_by=recorded.actor.user,
        seen_at=recorded.recorded_at,
        reason=event.reason,
    )
