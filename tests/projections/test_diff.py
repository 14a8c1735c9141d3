"""What became of an answer between two states of knowledge, and because of what."""

from datetime import date

import pytest

from projections.diff import Between, RuleDiff, rule_diff
from projections.histories import timeline
from projections.regimes import Cell, Known
from tests.projections.folding import change, event_id, facts, observation
from tests.projections.views.test_calendar import corrected, retracted
from tracker.domain.base import Event

FREE = change("visa-free", "2016-08")
SUSPENDED = change("visa-free-suspended", "2024-07-01", announced_on="2024-06-18")
EVENTS = {n: event_id(n) for n in range(1, 10)}


def differs(
    between: tuple[int, int], *events: Event | None, who: str = "CN", floor: str | None = None
) -> RuleDiff | None:
    """The difference for Ecuador after events at the positions 1, 2, 3 …"""
    day = date.fromisoformat(floor) if floor else None
    return rule_diff(facts(*events), Cell("EC", who), Between(*between), day, EVENTS)


def test_a_change_makes_the_difference_from_its_day_on() -> None:
    found = differs((1, 2), FREE, SUSPENDED)
    assert found is not None
    assert (found.before, found.after, found.on) == (
        "visa-free", "visa-free-suspended", date(2024, 7, 1),
    )  # fmt: skip
    assert (found.because, found.first_knowledge) == ((event_id(2),), False)


def test_what_was_known_before_or_is_known_later_makes_none() -> None:
    assert differs((0, 1), None, FREE) is None
    assert differs((2, 3), FREE, SUSPENDED, None) is None
    assert differs((1, 1), FREE, SUSPENDED) is None


def test_a_second_word_for_the_same_makes_none() -> None:
    assert differs((2, 3), FREE, SUSPENDED, SUSPENDED) is None
    assert differs((1, 2), FREE, observation("visa-free", "2024-05-20")) is None


def test_days_before_the_floor_do_not_count() -> None:
    temporary = change("eta", "2024-07-01", effective_to="2024-07-31")
    assert differs((1, 2), FREE, temporary, floor="2024-08-01") is None
    found = differs((1, 2), FREE, temporary, floor="2024-07-20")
    assert found is not None
    assert found.on == date(2024, 7, 20)


def test_the_first_that_is_known_of_a_cell_is_marked() -> None:
    found = differs((0, 1), FREE)
    assert found is not None
    assert (found.before, found.after, found.first_knowledge) == ("unknown", "visa-free", True)


def test_a_correction_and_a_retraction_differ_with_their_own_event() -> None:
    right = change("eta", "2024-07-01", announced_on="2024-06-18")
    found = differs((2, 3), FREE, SUSPENDED, corrected(2, right))
    assert found is not None
    assert (found.before, found.after, found.because) == (
        "visa-free-suspended", "eta", (event_id(3),),
    )  # fmt: skip
    back = differs((2, 3), FREE, SUSPENDED, retracted(2))
    assert back is not None
    assert (back.after, back.because) == ("visa-free", (event_id(3),))
    # What was recorded and taken back in between makes none.
    assert differs((1, 3), FREE, SUSPENDED, retracted(2)) is None


@pytest.mark.parametrize(("who", "stated"), [("EU", "EU"), ("*", "*"), ("FR", "EU"), ("FR", "*")])
def test_a_fact_for_a_group_differs_for_the_group_and_for_each_of_its_members(
    who: str, stated: str
) -> None:
    found = differs((0, 1), change("eta", "2024-07-01", stated), who=who)
    assert found is not None
    assert (found.nationality, found.after, found.because) == (who, "eta", (event_id(1),))


def test_a_difference_is_what_the_two_timelines_differ_in() -> None:
    log = (FREE, SUSPENDED, change("eta", "2025-01-01", "*"), retracted(1))
    for before in range(5):
        for after in range(before, 5):
            rows, cell = facts(*log), Cell("EC", "CN")
            same = timeline(rows, cell, Known(before)) == timeline(rows, cell, Known(after))
            found = differs((before, after), *log)
            assert (found is None) == same or found is None
