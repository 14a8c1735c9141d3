"""Sentences are split where they end, and only prose is read."""

import pytest

from feeds.extractors.en.grammar.sentences import is_prose, sentences
from tests.feeds.extractors.en.paper import report


def split(body: str) -> list[str]:
    """The sentences of a body."""
    item = report(body)
    return [item.text[s.start : s.end] for s in sentences(item)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Mr. Lin met Gen. Ruiz on Jan. 3. They talked.", 2),
        ("He lives in the U.S. The trip took a day.", 2),
        ("The U.S. government paid 3.5 million. Nobody asked.", 2),
        ("“We waited. Nobody came,” she said. It was late.", 2),
        ('"Nobody came." It was late.', 2),
        ("J. R. Ruiz left at 5 p.m. on Monday.", 1),
        ("a line that is\nbroken here. And another.", 2),
    ],
)
def test_abbreviations_initials_and_quotations_do_not_end_a_sentence(
    body: str, expected: int
) -> None:
    assert len(split(body)) == expected


NOT_PROSE = [
    "What we know so far",
    "WATCH — Minister: Borders Will Stay Open.",
    "Subscribe to our letter and never miss a report.",
    "Migrants rest near the river on May 3, 2023. (AP)",
    "LIMA, PERU - MAY 03: Travellers wait at the gate.",
    "The old gate is seen in this Oct. 9, 2017 photo.",
    "Ana Prado is a Peruvian writer and lives in Lima. You can follow her on X.",
    "Translated by Jo Lim.",
]


@pytest.mark.parametrize("paragraph", NOT_PROSE)
def test_headings_captions_promotion_and_biographies_are_no_prose(paragraph: str) -> None:
    assert not is_prose(paragraph)


def test_a_sentence_too_long_to_be_one_is_passed_over() -> None:
    assert split("word " * 400 + "end. A short one.") == ["A short one."]


def test_an_item_of_a_day_page_is_read_without_its_bullet_and_its_sources() -> None:
    body = (
        "- Relations of Chile and Peru\n"
        "  - Peru closes a crossing to Chile. Nobody is hurt. (Example Times) (Wire+)\n"
        "  - Peru signs a treaty with Chile (Wire)"
    )
    assert split(body) == [
        "Peru closes a crossing to Chile.",
        "Nobody is hurt.",
        "Peru signs a treaty with Chile",
    ]
    assert all(sentence.item for sentence in sentences(report(body)))


def test_a_paragraph_with_its_photographer_is_no_item() -> None:
    assert not split("Migrants rest near the river. (Wire)")
