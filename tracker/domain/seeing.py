"""Documents that gave no draft, looked at by somebody all the same: who did, and when."""

from typing import ClassVar, Self

import msgspec

from tracker.domain.base import Command, Event, Given, NewEvent, Past, Query, tagged
from tracker.domain.document import documents
from tracker.domain.errors import Decided, NotFound
from tracker.domain.values import Id, checked_value


class DocumentSeen(Event, frozen=True, kw_only=True):
    """Somebody looked at a document that gave no draft, and is done with it."""

    type: ClassVar[str] = "document-seen"

    document: Id
    reason: str | None = None
    again: bool = False
    """That was undone: it is to be looked at once more."""

    def tags(self) -> tuple[str, ...]:
        """The document."""
        return (f"document:{self.document}",)

    def headline(self, name: object) -> str:
        """What was said of it."""
        done = "To be looked at again" if self.again else "Looked at"
        return f"{done}: {self.reason}" if self.reason else done


class SeeDocument(Command, frozen=True, kw_only=True):
    """Be done with a document, or (`again`) undo that."""

    document: Id
    reason: str | None = None
    again: bool = False

    def normal(self) -> Self:
        """The id in normal form."""
        return msgspec.structs.replace(
            self, document=checked_value(self.document, "id", "document")
        )

    def reads(self, past: Past) -> Query:
        """Everything about the document."""
        return tagged(f"document:{self.document}")

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The mark; Decided where somebody set it before since the newest version."""
        if self.document not in documents(past):
            raise NotFound(f"document: no document {self.document} is in the log", field="document")
        latest = next((r for r in reversed(past) if _says(r.type)), None)
        seen = latest if latest and isinstance(latest.event, DocumentSeen) else None
        marked = seen is not None and not getattr(seen.event, "again", False)
        if self.again and not marked:
            return []
        if seen and marked and not self.again:
            raise Decided(
                what=f"document {self.document}",
                how="seen",
                by=seen.actor.user,
                at=seen.recorded_at,
                reason=getattr(seen.event, "reason", None),
            )
        event = DocumentSeen(document=self.document, reason=self.reason, again=self.again)
        return [NewEvent(given.new_id(), event)]


def _says(type_name: str) -> bool:
    return type_name in ("document-received", "document-revised", DocumentSeen.type)
