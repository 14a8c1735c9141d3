"""Partial dates and their bounds."""

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tracker.domain.edtf import Bounds, bounds, lower, upper, words
from tracker.domain.errors import Refused

DAYS = st.dates(date(1000, 1, 1))
PARTS = st.one_of(
    DAYS.map(lambda d: (d.isoformat(), d, d)),
    DAYS.map(lambda d: (f"{d:%Y-%m}", d.replace(day=1), d.replace(day=monthrange(d.year, d.month)[1]))),
    DAYS.map(lambda d: (f"{d:%Y}", date(d.year, 1, 1), date(d.year, 12, 31))),
)  # fmt: skip
MARKS = st.sampled_from(["", "~", "?", "%"])


@given(PARTS, MARKS)
def test_a_partial_date_means_its_first_to_its_last_day(
    part: tuple[str, date, date], mark: str
) -> None:
    text, first, last = part

    assert bounds(text + mark) == Bounds(first, last, bool(mark))
    assert bounds(text + mark).exact == (first == last and not mark)


@given(PARTS, PARTS, MARKS)
def test_an_interval_goes_from_the_first_day_of_one_to_the_last_of_the_other(
    start: tuple[str, date, date], end: tuple[str, date, date], mark: str
) -> None:
    text = f"{start[0]}/{end[0]}{mark}"
    if end[2] < start[1]:
        with pytest.raises(Refused, match="ends before it begins"):
            bounds(text)
    else:
        assert bounds(text) == Bounds(start[1], end[2], bool(mark))


@given(PARTS)
def test_an_interval_may_be_open_on_one_side(part: tuple[str, date, date]) -> None:
    assert (lower(f"{part[0]}/.."), upper(f"{part[0]}/..")) == (part[1], None)
    assert (lower(f"../{part[0]}"), upper(f"../{part[0]}")) == (None, part[2])


@given(PARTS, PARTS, PARTS, PARTS)
def test_bounds_overlap_if_some_day_lies_in_both(
    a: tuple[str, date, date],
    b: tuple[str, date, date],
    c: tuple[str, date, date],
    d: tuple[str, date, date],
) -> None:
    assume(a[1] <= b[2])
    assume(c[1] <= d[2])
    one, other = bounds(f"{a[0]}/{b[0]}"), bounds(f"{c[0]}/{d[0]}")

    assert one.overlaps(other) == other.overlaps(one) == (a[1] <= d[2] and c[1] <= b[2])
    assert one.overlaps(bounds(f"../{c[0]}")) == (a[1] <= c[2])


@pytest.mark.parametrize(
    "text",
    [
        "", "24", "2024-6", "2024-00", "2024-02-30", "2023-02-29", "0000", "2024-06-18T10:00",
        "../..", "/", "2024/", "2024/2025/2026", "2024~~", "2024-07-01/2024-06-30", "２０２４",
        " 2024", "2024\n", "June 2024",
    ],
)  # fmt: skip
def test_what_is_no_partial_date_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        bounds(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2024-06-18", "2024-06-18"), ("2024~", "about 2024"), ("2024-06?", "perhaps 2024-06"),
        ("2024%", "perhaps about 2024"), ("2023-01/2024-06~", "2023-01 to about 2024-06"),
        ("../2024", "until 2024"), ("2024-07-01/..", "from 2024-07-01 on"),
    ],
)  # fmt: skip
def test_a_partial_date_is_said_as_people_write_it(text: str, said: str) -> None:
    assert words(text) == said


def test_an_absent_date_has_no_bounds() -> None:
    assert (lower(None), upper(None), lower("")) == (None, None, None)
