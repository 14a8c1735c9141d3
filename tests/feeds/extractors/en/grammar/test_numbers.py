"""Numbers keep their bounds and the word that gives them; shares, sums and years are no counts."""

import pytest

from feeds.extractors.en.grammar.numbers import quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("some 50,000 people", ("~", "50000")),
        ("more than 37,000 people", (">", "37000")),
        ("nearly 1.5 million people", ("<~", "1500000")),
        ("upwards of two thousand people", (">=", "2000")),
        ("up to 300 people", ("<=", "300")),
        ("a total of 66,000 people", ("=", "66000")),
    ],
)
def test_the_word_before_a_number_is_its_comparator(text: str, expected: tuple[str, str]) -> None:
    assert [(q.comparator, q.value) for q in quantities(text, 0, len(text))] == [expected]


@pytest.mark.parametrize("text", ["between 5 and 7 million people", "5 to 7 million people"])
def test_the_scale_of_a_range_belongs_to_both_ends(text: str) -> None:
    (between,) = quantities(text, 0, len(text))
    assert (between.comparator, between.lower, between.upper) == ("range", "5000000", "7000000")


@pytest.mark.parametrize("text", ["50% of them", "$1,000", "the 14-month term", "the 3rd time"])
def test_what_counts_nothing_is_no_quantity(text: str) -> None:
    assert not quantities(text, 0, len(text))
