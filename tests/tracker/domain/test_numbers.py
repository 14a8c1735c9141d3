"""What a figure with its comparator can mean at least and at most."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.numbers import figure_bounds, grouped, in_words

CASES = (
    ("50000", "=", "50000", "50000"),
    ("50000", "~", "45000", "55000"),
    ("66000", "~", "65500", "66500"),
    ("3.5", "~", "3.45", "3.55"),
    ("-20", "~", "-25", "-15"),
    ("16000", "<~", "15500", "16000"),
    ("37000", ">", "37000", None),
    ("37000", ">=", "37000", None),
    ("100", "<", None, "100"),
    ("100", "<=", None, "100"),
)


@pytest.mark.parametrize(("value", "comparator", "lower", "upper"), CASES)
def test_a_comparator_says_how_far_a_number_reaches(
    value: str, comparator: Any, lower: str | None, upper: str | None
) -> None:
    assert figure_bounds(value, comparator) == (lower, upper)


def test_a_range_and_a_cue_without_a_number_keep_the_bounds_that_were_given() -> None:
    assert figure_bounds(None, "range", "10", "20") == ("10", "20")
    assert figure_bounds(None, ">=", "10000") == ("10000", None)
    assert figure_bounds(None, "~") == (None, None)


def test_a_bound_that_the_source_gave_goes_before_one_that_follows() -> None:
    assert figure_bounds("50000", "~", lower="48000") == ("48000", "55000")


@given(st.decimals(-(10**12), 10**12, places=3), st.sampled_from(["=", "~", "<~", ">", "<="]))
def test_the_bounds_hold_the_value_and_are_plain_decimals(value: Decimal, comparator: Any) -> None:
    lower, upper = figure_bounds(format(value, "f"), comparator)
    assert lower is None or Decimal(lower) <= value
    assert upper is None or value <= Decimal(upper)
    assert "E" not in f"{lower}{upper}"


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (("=", "50000"), "50,000"),
        (("~", "50000"), "about 50,000"),
        (("<~", "16000"), "nearly 16,000"),
        ((">", "37000"), "more than 37,000"),
        ((">=", "3.5"), "at least 3.5"),
        (("<", "100"), "fewer than 100"),
        (("<=", "-1000"), "at most -1,000"),
        (("range", None, "45000", "55000.5"), "45,000 to 55,000.5"),
        ((">=", None, "10000", None, "tens of thousands"), "at least tens of thousands"),
        (("=", None, None, None, "a small dip"), "a small dip"),
    ],
)
def test_a_figure_is_said_as_people_would(figure: tuple[Any, ...], words: str) -> None:
    assert in_words(*figure) == words


def test_numbers_keep_every_digit() -> None:
    given = ("1234567.50", "-1000", "3", "many", "\u00b2")
    assert [grouped(text) for text in given] == ["1,234,567.50", "-1,000", "3", "many", "\u00b2"]
