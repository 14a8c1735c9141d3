"""Intake: put a document on record together with the drafts that were found in it."""

from collections.abc import Sequence
from uuid import UUID

from tracker.domain.base import (
    Command,
    Given,
    NewEvent,
    Past,
    Query,
    Recorded,
    require,
    tagged,
)
from tracker.domain.document import DocumentReceived, DocumentRevised, documents
from tracker.domain.draft import DraftProposed
from tracker.domain.errors import Conflict, NotFound
from tracker.domain.ids import derived
from tracker.domain.values import Id, checked

_VERSIONS = (DocumentReceived, DocumentRevised)
_CONTENT = ("text_sha256", "teaser_sha256", "title", "url", "author", "published_at")


class ReceiveDocument(Command, frozen=True, kw_only=True):
    """Put a new document on record together with the drafts found in it."""

    received: DocumentReceived
    content_hash: str
    drafts: tuple[DraftProposed, ...] = ()

    def reads(self, past: Past) -> Query:
        """Everything about this document."""
        return tagged(f"document:{self.received.document}")

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The document and its drafts; Conflict if it is known, Refused if it was erased."""
        _refuse_erased(self.received.document, past)
        if documents(past):
            raise Conflict(f"document {self.received.document} is already in the log")
        return _versioned(checked(self.received), self.content_hash, self.drafts, past)


class ReceiveDocuments(Command, frozen=True, kw_only=True):
    """Put all new documents of one answer on record at once, or none of them."""

    documents: tuple[ReceiveDocument, ...]

    def reads(self, past: Past) -> Query:
        """Everything about these documents."""
        return tagged(*(f"document:{one.received.document}" for one in self.documents))

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """Each document with its drafts, in their order."""
        new: list[NewEvent] = []
        for one in self.documents:
            tag = f"document:{one.received.document}"
            new += one.decide([r for r in past if tag in r.tags], given)
        return new


class ReviseDocument(Command, frozen=True, kw_only=True):
    """Put a changed version of a known document on record, with drafts if it says more."""

    revised: DocumentRevised
    content_hash: str
    drafts: tuple[DraftProposed, ...] = ()
    replaces: Id | None = None
    """The event of the version that it was made from; another may have come meanwhile."""

    def reads(self, past: Past) -> Query:
        """Everything about this document."""
        return tagged(f"document:{self.revised.document}")

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The revision and the drafts that are new; nothing if the newest version says the same."""
        revised = checked(self.revised)
        _refuse_erased(revised.document, past)
        newest = _newest(revised.document, past)
        if all(getattr(newest.event, name) == getattr(revised, name) for name in _CONTENT):
            return []
        if self.replaces not in (None, str(newest.id)):
            raise Conflict(f"document {revised.document} changed meanwhile")
        return _versioned(revised, self.content_hash, self.drafts, past)


class ProposeDrafts(Command, frozen=True, kw_only=True):
    """Propose what was found in a document that is on record already."""

    document: Id
    drafts: tuple[DraftProposed, ...]

    def reads(self, past: Past) -> Query:
        """Everything about this document."""
        return tagged(f"document:{self.document}")

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The drafts that were never proposed; Refused if the document was erased."""
        _refuse_erased(self.document, past)
        return _proposed(self.drafts, past, _newest(self.document, past).id)


def _newest(document: str, past: Past) -> Recorded:
    newest = next((r for r in reversed(past) if isinstance(r.event, _VERSIONS)), None)
    if newest is None:
        raise NotFound(f"no document {document} is in the log")
    return newest


def _refuse_erased(document: str, past: Past) -> None:
    known = documents(past).get(document)
    require(
        known is None or known.versions,
        f"document: {document} was erased and is not taken in again",
        "document",
    )


def _versioned(
    event: DocumentReceived | DocumentRevised,
    content_hash: str,
    drafts: tuple[DraftProposed, ...],
    past: Past,
) -> list[NewEvent]:
    # The number of versions is in the key, so that going back to an older wording is an event.
    versions = sum(isinstance(r.event, _VERSIONS) for r in past)
    source = (event.feed or "", event.document, content_hash, str(versions))
    event_id = derived("document", *source)
    return [NewEvent(event_id, event), *_proposed(drafts, past, event_id)]


def _proposed(drafts: Sequence[DraftProposed], past: Past, causation_id: UUID) -> list[NewEvent]:
    proposed = {r.event.draft for r in past if isinstance(r.event, DraftProposed)}
    # Two rules may read the same fact out of the same span: the first one proposes it.
    first = {draft.draft: draft for draft in reversed(drafts) if draft.draft not in proposed}
    return [
        NewEvent(derived("proposal", d.draft), checked(d), causation_id)
        for d in reversed(first.values())
    ]
