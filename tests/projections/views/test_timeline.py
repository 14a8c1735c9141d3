"""What stands on the timeline, and what does not."""

from datetime import date
from typing import ClassVar

import pytest

from projections.search import terms
from projections.views.timeline import VIEW, TimelineEntry
from tests.projections.folding import change, cited, event_id, folded, observation
from tracker.domain.base import Event, Facets
from tracker.domain.claim import ClaimMade
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.draft import DraftRejected
from tracker.domain.fact import Fact
from tracker.domain.feed import FeedAdded
from tracker.domain.party import PartyNamed
from tracker.domain.statement import StatementMade

DOCUMENT = DocumentReceived(
    document=event_id(50), raw_sha256="0" * 64, text_sha256="1" * 64,
    published_at="2024-06-19T15:53:19.000000Z",
)  # fmt: skip


class SanctionImposed(Fact, frozen=True, kw_only=True):
    """A kind of fact that the tracker has never heard of."""

    type: ClassVar[str] = "sanction-imposed"

    country: str

    def facets(self) -> Facets:
        """The country sanctioned."""
        return Facets(countries=(self.country,), occurred="2024-06")


def entries(*events: Event | None) -> list[TimelineEntry]:
    """The timeline after the events."""
    return folded(VIEW, events).of(TimelineEntry)


def test_a_fact_stands_on_the_timeline_with_all_that_it_concerns() -> None:
    event = change("eta", "2024-07-01", "CN", announced_on="2024-06", citations=(cited("AP"),))
    (entry,) = entries(event)
    assert (entry.position, entry.event, entry.type) == (1, event_id(1), "policy-changed")
    assert (entry.occurred, entry.occurred_on) == ("2024-06", date(2024, 6, 1))
    assert (entry.countries, entry.nationalities, entry.destination) == (
        ("EC", "CN"), ("CN",), "EC",
    )  # fmt: skip
    assert (entry.documents, entry.policy) == ((event_id(900),), event_id(1))


def test_a_kind_of_fact_that_is_new_appears_by_itself() -> None:
    (entry,) = entries(SanctionImposed(country="EC"))
    assert (entry.type, entry.countries, entry.occurred_on) == (
        "sanction-imposed", ("EC",), date(2024, 6, 1),
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["boats at night", "x", "(route):", "boats " * 40, " two  spaces ", "e\u0301", "\u0301e"],
)
def test_an_entry_is_found_by_its_headline_and_by_every_word_of_its_text(text: str) -> None:
    claim = ClaimMade(kind="route", text=text, note="route: x", first_hand="night")
    (entry,) = entries(claim)
    assert entry.words == terms([claim.headline(lambda _: ""), "night", "route: x", text])


def test_documents_stand_on_the_timeline_and_drafts_feeds_and_names_do_not() -> None:
    revised = DocumentRevised(
        document=event_id(50), raw_sha256="0" * 64, text_sha256="2" * 64, diff="cosmetic"
    )
    feed = FeedAdded(feed=event_id(60), url="https://example.org/feed")
    draft = DraftRejected(draft=event_id(70), document=event_id(50), reason="old")
    named = PartyNamed(party=event_id(80), kind="person", names=("Lin Jian",))
    found = entries(DOCUMENT, feed, draft, named, None, revised)
    assert [(e.position, e.type, e.occurred_on) for e in found] == [
        (1, "document-received", date(2024, 6, 19)),
        (6, "document-revised", None),
    ]


def test_a_statement_names_its_speaker_and_an_open_date_its_last_day() -> None:
    statement = StatementMade(
        speaker=event_id(80), text="…", verbatim="paraphrase", country="CN", said_on="../2024-06-19"
    )
    said, seen = entries(statement, observation("eta", "2024-05-20"))
    assert (said.parties, said.occurred_on) == ((event_id(80),), date(2024, 6, 19))
    assert seen.occurred == "2024-05-20"
