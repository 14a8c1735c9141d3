"""What is known of a document after its revisions."""

from typing import Any

from projections.views.documents import VIEW, Document, Unborne
from tests.projections.folding import correction, event_id, folded
from tracker.domain.base import Event
from tracker.domain.document import DocumentReceived, DocumentRevised, GoneQuote
from tracker.domain.likeness import signature
from tracker.domain.statement import StatementMade
from tracker.domain.values import Citation

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


WORDS = "Officials said that travellers need a visa from July and that permits stay valid. "
REPORT = " ".join(WORDS.replace("July", f"July of year {n}") for n in range(8))


def report(number: int, feed: int | None, text: str = REPORT) -> DocumentReceived:
    """A document of a feed with a text."""
    return DocumentReceived(
        document=event_id(number), raw_sha256="a" * 64, text_sha256="b" * 64,
        feed=event_id(feed) if feed else None, signature=signature(text),
    )  # fmt: skip


def clusters(*events: Event) -> list[str | None]:
    """The cluster of each document, by id."""
    return [row.cluster for row in folded(VIEW, events).of(Document)]


def test_reports_of_different_feeds_that_say_the_same_join_the_cluster_of_the_first() -> None:
    edited = REPORT.replace("Officials said", "Spokesmen said", 1)
    first = event_id(101)
    assert clusters(report(101, 1), report(102, 2, edited), report(103, 3)) == [first] * 3
    # Whoever hands one in by hand has it from somewhere.
    assert clusters(report(101, 1), report(102, None)) == [first, first]


def test_what_one_feed_repeats_and_what_differs_is_not_linked() -> None:
    other = " ".join(f"Something else was decided in place {n} by {n} people." for n in range(20))
    assert clusters(report(101, 1), report(102, 1)) == [None, None]
    assert clusters(report(101, 1), report(102, 2, other)) == [None, None]


def test_a_teaser_is_linked_once_its_article_is_read_and_stays_so() -> None:
    teaser = DocumentReceived(
        document=event_id(102), raw_sha256="a" * 64, text_sha256="b" * 64, feed=event_id(2)
    )
    article = revised(document=event_id(102), diff="article", signature=signature(REPORT))
    corrected = revised(document=event_id(102), signature=signature("Not a word of it. " * 30))
    assert clusters(report(101, 1), teaser) == [None, None]
    assert clusters(report(101, 1), teaser, article) == [event_id(101)] * 2
    assert clusters(report(101, 1), teaser, article, corrected) == [event_id(101)] * 2


def test_the_text_of_a_page_stays_while_its_teaser_changes() -> None:
    page = "https://example.org/1"
    read = revised(diff="article", page=page, teaser_sha256="e" * 64)
    row = document(RECEIVED, read, revised(teaser_sha256="f" * 64))
    assert (row.page, row.teaser_sha256) == (page, "f" * 64)
    assert document(RECEIVED, read, revised()).page is None


def quoting(number: int, *late: int) -> StatementMade:
    """A statement that cites the document so many times; `late` are those found in old versions."""
    cited = tuple(
        Citation(document=event_id(50), quote=f"Quote {n}.",
                 text_sha256="b" * 64 if n in late else None)
        for n in range(number)
    )  # fmt: skip
    return StatementMade(speaker=event_id(70), text="So.", verbatim="verbatim", citations=cited)


def unborne(*events: Event) -> list[tuple[str, int, int]]:
    """Which citations of which events are gone, and since when."""
    return [(r.event, r.citation, r.since) for r in folded(VIEW, events).of(Unborne)]


def test_a_quote_is_gone_from_the_version_that_drops_it_to_the_one_that_has_it_again() -> None:
    fact = event_id(2)
    drops = revised(gone=(GoneQuote(fact, 0), GoneQuote(fact, 1)))
    keeps = revised(gone=(GoneQuote(fact, 1),))
    told: tuple[Event, ...] = (RECEIVED, quoting(2), drops)
    assert unborne(*told) == [(fact, 0, 3), (fact, 1, 3)]
    assert unborne(*told, keeps) == [(fact, 1, 3)]
    assert unborne(*told, keeps, revised()) == []


def test_a_quote_that_was_gone_when_it_was_cited_is_gone_from_then_on() -> None:
    assert unborne(RECEIVED, revised(), quoting(3, 1)) == [(event_id(3), 1, 3)]
    assert unborne(RECEIVED, revised(), quoting(3, 1), revised()) == []
    corrected = correction(3, quoting(1, 0))
    assert unborne(RECEIVED, revised(), quoting(1), corrected) == [(event_id(4), 0, 4)]
