"""What holds of every draft, whatever the text."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.extract import drafts
from feeds.items import RawItem
from tests.eval.corpus import texts
from tests.feeds.extractors.en.paper import DOCUMENT, report
from tracker.domain.catalog import encode, fact_from
from tracker.domain.values import checked

# Pieces that the rules look for, so that random texts reach them.
PIECES = (
    "Ecuador", "Chinese nationals", "Georgia", "U.S. ", "the country", "Ecuador's Ministry of "
    "Foreign Affairs", "spokesperson Lin Jian", "said", "told a news briefing in Beijing on Tuesday",
    "has suspended", "visa-free entry for", "visa requirements", "from July 1", "starting", "in 2023",
    "since last year", "had been in place since", "66,000", "nearly 1.2 million", "between 5 and 3",
    "entered", "left", "were arrested at the border", "crossing the jungle", '"', "“", "”", ". ", ", ",
    "a boat carrying 40 migrants", "sank off", "were deported from", "were found dead", "the police of",
    "have arrested 12 people", "for smuggling migrants", "- ", "(Wire)", "on Monday", "at least twelve",
    "\n", "\n\n", "February 30", "0000-13-99", "according to the ministry", "he", "it", "%", "?",
    "numbers rose to", "does not require visas from", "since the start of the fiscal year", "\u00a0",
    "up to 0 days", "99999999999999999999", "\N{ARABIC-INDIC DIGIT THREE}", "\r\n", "Lin",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join),
)
ITEMS = st.builds(
    RawItem,
    text=TEXTS,
    body_start=st.integers(0, 20),
    title=st.none() | st.text(max_size=20),
    publisher=st.none() | st.text(max_size=20),
    published_at=st.none() | st.datetimes(),
)


@settings(max_examples=400, deadline=None)
@given(ITEMS)
def test_every_draft_is_a_fact_with_its_words_in_the_text(item: RawItem) -> None:
    for draft in drafts(item, DOCUMENT):
        checked(fact_from(draft.fact_type, draft.fact))
        checked(draft)
        assert draft.fact["citations"]
        for citation in draft.fact["citations"]:
            assert item.text[citation["start"] : citation["end"]] == citation["quote"]
        for span in draft.spans:
            assert 0 <= span.start < span.end <= len(item.text)


LABELLED = [text.text for text in texts()]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A text of the corpus with pieces cut out of it, doubled, or put in from elsewhere."""
    words = draw(st.sampled_from(LABELLED)).split(" ")
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(words)))
        piece = draw(st.sampled_from([words[at : at + 3], [], [draw(st.sampled_from(PIECES))]]))
        words[at : at + draw(st.integers(0, 2))] = piece
    return " ".join(words)


@settings(max_examples=200, deadline=None)
@given(mutated())
def test_mutated_texts_give_facts_with_their_words(text: str) -> None:
    item = report(text)
    for draft in drafts(item, DOCUMENT):
        checked(fact_from(draft.fact_type, draft.fact))
        for citation in draft.fact["citations"]:
            assert item.text[citation["start"] : citation["end"]] == citation["quote"]


@settings(max_examples=100, deadline=None)
@given(ITEMS)
def test_the_same_bytes_give_the_same_drafts_twice(item: RawItem) -> None:
    again = msgspec.structs.replace(item)
    assert encode(drafts(item, DOCUMENT)) == encode(drafts(again, DOCUMENT))


def test_two_drafts_of_a_document_never_share_an_id() -> None:
    body = "Since last year, 66 Omani citizens have entered Chile and 34 have left the country."
    found = drafts(report(body), DOCUMENT)
    assert len({draft.draft for draft in found}) == len(found) == 2


def test_a_text_in_another_language_is_not_read_as_english() -> None:
    item = report("Peru suspended visa-free entry for Chinese nationals from July 1.")
    assert drafts(item, DOCUMENT)
    assert drafts(msgspec.structs.replace(item, language="en-GB"), DOCUMENT)
    assert not drafts(msgspec.structs.replace(item, language="es"), DOCUMENT)


def test_a_text_without_a_date_resolves_nothing_relative() -> None:
    body = "Peru suspended visa-free entry for Chinese nationals from July 1."
    item = msgspec.structs.replace(report(body), published_at=None)
    assert [draft.fact["effective_basis"] for draft in drafts(item, DOCUMENT)] == ["unknown"]
