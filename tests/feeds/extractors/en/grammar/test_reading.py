"""A document is read once, with what its title says of all of it."""

import pytest

from feeds.extractors.en.grammar.reading import read
from tests.feeds.extractors.en.paper import report


@pytest.mark.parametrize(
    ("title", "day"),
    [
        ("What happened on 12 May 2024", "2024-05-12"),
        ("What happened in May 2024", None),
        ("From 12 May 2024 to 14 May 2024", None),
    ],
)
def test_the_only_day_in_a_title_is_the_day_of_its_items(title: str, day: str | None) -> None:
    when = read(report("- Peru closes a crossing. (Wire)", title=title)).day
    assert (when.edtf if when else None) == day
