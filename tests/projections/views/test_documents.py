"""What is known of a document after its revisions."""

from typing import Any

from projections.views.documents import VIEW, Document
from tests.projections.folding import event_id, folded
from tracker.domain.base import Event
from tracker.domain.document import DocumentReceived, DocumentRevised

RECEIVED = DocumentReceived(
    document=event_id(50), raw_sha256="a" * 64, text_sha256="b" * 64, title="Ecuador ends …",
    url="https://example.org/1", feed=event_id(60), guid="1",
)  # fmt: skip


def revised(**fields: Any) -> DocumentRevised:
    """A substantive revision of the document."""
    usual: dict[str, Any] = {
        "document": event_id(50), "raw_sha256": "c" * 64, "text_sha256": "d" * 64,
        "diff": "substantive",
    }  # fmt: skip
    return DocumentRevised(**(usual | fields))


def document(*events: Event | None) -> Document:
    """The only document after the events."""
    (row,) = folded(VIEW, events).of(Document)
    return row


def test_a_received_document_is_in_its_first_version() -> None:
    row = document(RECEIVED)
    assert (row.versions, row.revised_at, row.last_diff) == (1, None, None)
    assert (row.title, row.feed, row.position) == ("Ecuador ends …", event_id(60), 1)


def test_a_revision_counts_and_keeps_what_it_does_not_say() -> None:
    row = document(RECEIVED, revised(), revised(title="Ecuador suspends …", diff="cosmetic"))
    assert (row.versions, row.last_diff, row.position) == (3, "cosmetic", 3)
    assert (row.title, row.url) == ("Ecuador suspends …", "https://example.org/1")
    assert (row.raw_sha256, row.text_sha256) == ("c" * 64, "d" * 64)
    assert row.revised_at is not None
    assert row.revised_at > row.received_at


def test_a_document_whose_reception_was_erased_begins_with_its_revision() -> None:
    row = document(None, revised())
    assert (row.versions, row.last_diff, row.received_at) == (1, "substantive", row.revised_at)
