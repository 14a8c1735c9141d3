"""Quotes found in texts."""

import pytest

from tracker.console.quoting import cited, quoted
from tracker.domain.errors import Refused

TEXT = "Entry is free. 🛂 Entry\nis free until June."


def test_a_marked_place_wins_over_the_first_one() -> None:
    assert quoted(TEXT, {"quote": "is free", "start": "6", "end": "13"}) == (6, 13)
    assert quoted(TEXT, {"quote": "is free", "start": "23", "end": "30"}) == (23, 30)


def test_spaces_and_line_ends_are_as_good_as_each_other() -> None:
    found = cited("d", TEXT, {"quote": " Entry is\r\nfree until "})
    assert (found.quote, found.start) == ("Entry\nis free until", 17)


def test_who_is_quoted_is_a_hop_of_the_citation() -> None:
    hop = cited("d", TEXT, {"quote": "until", "agent": "Lin", "official": "yes"}).attribution[0]
    assert (hop.agent, hop.relation, hop.official) == ("Lin", "quotes", True)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "mark or type"),
        ({"quote": "x" * 10_001}, "over 10000"),
        ({"quote": "Exit"}, "does not say this"),
        ({"quote": "is free"}, "says this 2 times"),
        ({"quote": "is free", "which": "3"}, "from 1 to 2"),
        ({"quote": "is free", "which": "two"}, "not a whole number"),
        ({"quote": "is free", "start": "7", "end": "14"}, "says this 2 times"),
        ({"quote": "until", "agent": "Lin", "relation": "DROP"}, "relation"),
    ],
)
def test_a_quote_without_one_place_is_refused_in_one_sentence(
    sent: dict[str, str], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        cited("d", TEXT, sent)
