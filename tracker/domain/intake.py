"""Intake: put a document on record together with the drafts that were found in it."""

from datetime import datetime

from tracker.domain.base import Command, Given, NewEvent, Past, Query, tagged
from tracker.domain.document import DocumentReceived, DocumentRevised, DocumentState, documents
from tracker.domain.draft import DraftProposed
from tracker.domain.errors import Conflict, NotFound
from tracker.domain.ids import derived
from tracker.domain.values import checked


class ReceiveDocument(Command, frozen=True, kw_only=True):
    """Put a new document on record together with the drafts found in it."""

    received: DocumentReceived
    content_hash: str
    drafts: tuple[DraftProposed, ...] = ()

    def reads(self, past: Past) -> Query:
        """Everything about this document."""
        return tagged(f"document:{self.received.document}")

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The document and its drafts; Conflict if it is known."""
        if documents(past):
            raise Conflict(f"document {self.received.document} is already in the log")
        return _versioned(checked(self.received), self.content_hash, self.drafts, past)


class ReviseDocument(Command, frozen=True, kw_only=True):
    """Put a changed version of a known document on record, with drafts if it says more."""

    revised: DocumentRevised
    content_hash: str
    drafts: tuple[DraftProposed, ...] = ()

    def reads(self, past: Past) -> Query:
        """Everything about this document."""
        return tagged(f"document:{self.revised.document}")

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The revision and the drafts that were never proposed before."""
        if not documents(past):
            raise NotFound(f"no document {self.revised.document} is in the log")
        return _versioned(checked(self.revised), self.content_hash, self.drafts, past)


def _versioned(
    event: DocumentReceived | DocumentRevised,
    content_hash: str,
    drafts: tuple[DraftProposed, ...],
    past: Past,
) -> list[NewEvent]:
    # A revision that reverts to an older wording is a new event: the count of versions is in its
    # key, while the same version handed in again after a crash still gets the same id.
    version = str(len(documents(past).get(event.document, _NOTHING).texts))
    source = (event.feed or "", event.document, content_hash)
    event_id = derived("document", *source) if version == "0" else derived(
        "revision", *source, version
    )  # fmt: skip
    proposed = {r.event.draft for r in past if isinstance(r.event, DraftProposed)}
    new = [draft for draft in drafts if draft.draft not in proposed]
    return [
        NewEvent(event_id, event),
        *(NewEvent(derived("proposal", d.draft), checked(d), event_id) for d in new),
    ]


_NOTHING = DocumentState("", [], datetime.min, None, None)
