"""Counts of one happening: what each number counts, and how exact it is."""

import pytest

from feeds.extractors.en.grammar import tolls
from feeds.extractors.en.grammar.tolls import Patterns, number_in, toll

TEXT = (
    "A boat carrying about 70 migrants sank; at least twelve people, among them three children, "
    "died, five were injured and 1,020 others are missing, while 31 were rescued."
)


@pytest.mark.parametrize(
    ("patterns", "count"),
    [
        (tolls.ABOARD, {"best": 70}),
        (tolls.KILLED, {"low": 12}),
        (tolls.INJURED, {"best": 5}),
        (tolls.MISSING, {"best": 1020}),
        (tolls.RESCUED, {"best": 31}),
    ],
)
def test_each_number_counts_what_happened_to_its_people(
    patterns: Patterns, count: dict[str, int]
) -> None:
    found = toll(patterns, TEXT, 0, len(TEXT))
    assert found
    assert found.count == count


@pytest.mark.parametrize(
    "text", ["12-year-old", "12 miles", "12%", "$12", "12 March", "in 2015", "12:30", "1.5 million"]
)
def test_ages_distances_shares_money_and_dates_count_nobody(text: str) -> None:
    assert number_in(text, 0, len(text)) is None
