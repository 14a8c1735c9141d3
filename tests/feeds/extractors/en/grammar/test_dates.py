"""Dates are resolved against the day of publication, and a day is never invented."""

from datetime import date

import pytest

from feeds.extractors.en.grammar.dates import Lean, date_at, dates
from feeds.extractors.en.grammar.periods import periods

WEDNESDAY = date(2024, 6, 19)


def resolved(text: str, lean: Lean, today: date | None = WEDNESDAY) -> str | None:
    """The EDTF form of a text that is a date."""
    when = date_at(text, 0, len(text), today, lean)
    return when.edtf if when else None


@pytest.mark.parametrize(
    ("text", "lean", "edtf"),
    [
        ("July 1", "near", "2024-07-01"),
        ("July 1", "past", "2023-07-01"),
        ("Dec. 30", "near", "2023-12-30"),
        ("18 June 2024", "past", "2024-06-18"),
        ("Tuesday", "past", "2024-06-18"),
        ("Wednesday", "past", "2024-06-19"),
        ("last Wednesday", "past", "2024-06-12"),
        ("next Monday", "future", "2024-06-24"),
        ("Tuesday, June 18", "past", "2024-06-18"),
        ("last week", "past", "2024-06-10/2024-06-16"),
        ("last month", "past", "2024-05"),
        ("April", "past", "2024-04"),
        ("August 2016", "past", "2016-08"),
        ("late 2022", "past", "2022~"),
        ("three days ago", "past", "2024-06-16"),
        ("2 weeks ago", "past", "2024-06-05~"),
        ("six months ago", "past", "2023-12~"),
        ("two years ago", "past", "2022~"),
        ("February 30", "near", None),
    ],
)
def test_a_date_is_as_precise_as_its_words(text: str, lean: Lean, edtf: str | None) -> None:
    assert resolved(text, lean) == edtf


def test_dates_are_found_where_they_stand_alone() -> None:
    text = "On Monday, flight X-2019 landed, and a March 3 note says so."
    found = dates(text, 0, len(text), WEDNESDAY, "past")
    assert [when.edtf for when in found] == ["2024-06-17", "2024-03-03"]


def test_without_a_day_of_publication_only_full_dates_are_dates() -> None:
    assert resolved("June 18, 2024", "past", None) == "2024-06-18"
    assert resolved("June 18", "past", None) is None
    assert resolved("Tuesday", "past", None) is None


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("since last year", "2023-01/2024-06~"),
        ("since March 2021", "2021-03/2024-06~"),
        ("between January and April 17", "2024-01/2024-04-17"),
        ("from October 2023 to March 2024", "2023-10/2024-03"),
        ("in the first three months of 2024", "2024-01/2024-03"),
        ("in the last quarter of last year", "2023-10/2023-12"),
        ("in fiscal year 2023", "2022-10/2023-09"),
        ("so far this year", "2024-01/2024-06~"),
        ("during 2023", "2023"),
        ("in April", "2024-04"),
    ],
)
def test_a_period_has_the_bounds_that_its_words_give(text: str, edtf: str) -> None:
    assert [when.edtf for when in periods(text, 0, len(text), WEDNESDAY)] == [edtf]


def test_an_interval_that_ends_before_it_begins_is_no_period() -> None:
    text = "between May 2024 and March 2022"
    assert all("/" not in when.edtf for when in periods(text, 0, len(text), WEDNESDAY))
