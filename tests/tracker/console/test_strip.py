"""The strip of a history covers its width and keeps its labels apart."""

from datetime import date

from projections.histories import Segment
from tracker.console.strip import strip

HISTORY = (
    Segment(None, date(2016, 7, 31), "unknown", None, None),
    Segment(date(2016, 8, 1), date(2024, 6, 30), "visa-free", None, "a"),
    Segment(date(2024, 7, 1), None, "visa-free-suspended", None, "b"),
)


def test_the_bands_fill_the_strip_without_gaps() -> None:
    found = strip(HISTORY, [("asked", date(2024, 6, 30), "2024-06-30")])
    assert found.bands[0].x == 0
    for left, right in zip(found.bands, found.bands[1:], strict=False):
        assert abs(left.x + left.width - right.x) < 0.02
    assert abs(found.bands[-1].x + found.bands[-1].width - 100) < 0.02


def test_a_label_that_would_run_into_another_is_left_out_and_its_line_stays() -> None:
    days = [("asked", date(2024, 6, 30), "2024-06-30"), ("today", date(2024, 9, 1), "today")]
    assert [mark.label for mark in strip(HISTORY, days).marks] == ["2024-06-30", ""]


def test_one_change_and_one_day_are_enough_for_a_strip() -> None:
    always = (Segment(None, date(9999, 12, 30), "unknown", None, None),
              Segment(date(9999, 12, 31), None, "visa-free", None, "a"))  # fmt: skip
    found = strip(always, [("asked", date(9999, 12, 31), "9999-12-31")])
    assert found.summary == "unknown, then visa-free from 9999-12-31"
    assert len(found.ticks) <= 6


def test_a_long_history_gets_a_handful_of_years() -> None:
    found = strip(
        (Segment(None, None, "unknown", None, None),),
        [("asked", date(1, 1, 1), "0001-01-01"), ("today", date(2026, 1, 1), "today")],
    )
    assert 1 <= len(found.ticks) <= 6
