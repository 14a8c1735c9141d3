"""Timelines of a cell and the transitions between two of them."""

from datetime import date
from typing import Any

from projections.histories import Segment, Transition, pending_unknown, timeline, transition
from projections.regimes import Cell, Known
from tests.projections.folding import change, event_id, facts, observation
from tracker.domain.base import Event

CELL = Cell("EC", "CN")
FREE = change("visa-free", "2016-08-01")
SUSPENDED = change("visa-free-suspended", "2024-07-01", announced_on="2024-06-18")
JUNE = date(2024, 6, 25)


def history(*events: Event, cell: Cell = CELL) -> tuple[Segment, ...]:
    """The timeline after the events."""
    return timeline(facts(*events), cell, Known(len(events)))


def after(*events: Event, today: date | None = JUNE, **options: Any) -> Transition | None:
    """What the last of the events changed."""
    return transition(history(*events[:-1]), history(*events), today, **options)


def test_the_timeline_covers_all_time_without_gaps() -> None:
    assert history(FREE, SUSPENDED) == (
        Segment(None, date(2016, 7, 31), "unknown", None, None),
        Segment(date(2016, 8, 1), date(2024, 6, 30), "visa-free", None, event_id(1)),
        Segment(date(2024, 7, 1), None, "visa-free-suspended", None, event_id(2), "tighter", 4),
    )


def test_what_confirms_a_regime_begins_no_new_segment() -> None:
    seen = history(observation("visa-free", "2024-05-20"), observation("visa-free", "2024-05-21"))
    assert [s.start for s in seen] == [None, date(2024, 5, 20)]


def test_leaving_a_group_ends_what_the_group_had() -> None:
    seen = history(change("visa-free", "2010-01-01", "EU"), cell=Cell("EC", "GB"))
    assert [(s.start, s.until, s.regime) for s in seen] == [
        (None, date(2009, 12, 31), "unknown"),
        (date(2010, 1, 1), date(2020, 1, 31), "visa-free"),
        (date(2020, 2, 1), None, "unknown"),
    ]


def test_the_first_and_the_last_day_of_the_calendar_are_days_like_others() -> None:
    seen = history(change("visa-free", "0001-01-01", effective_to="9999-12-31"))
    assert seen == (Segment(date.min, None, "visa-free", None, event_id(1)),)


def test_a_suspension_is_one_transition_on_its_day() -> None:
    found = after(FREE, SUSPENDED)
    assert found == Transition(
        "visa-free", "visa-free-suspended", None, None, date(2024, 7, 1), False
    )


def test_a_second_report_of_the_same_change_is_no_transition() -> None:
    assert after(FREE, SUSPENDED, SUSPENDED) is None


def test_an_observation_that_confirms_is_no_transition() -> None:
    assert after(FREE, SUSPENDED, observation("visa-required", "2024-07-02")) is None


def test_a_report_that_leaves_out_the_length_of_stay_is_no_transition() -> None:
    ninety = change("visa-free", "2016-08-01", limits={"max_stay_days": 90})
    thirty = change("visa-free", "2024-08-01", limits={"max_stay_days": 30})
    assert after(ninety, FREE) is None
    assert after(ninety, thirty) == Transition(
        "visa-free", "visa-free", 90, 30, date(2024, 8, 1), False
    )


def test_a_change_wholly_in_the_past_is_a_transition_only_for_those_who_ask_for_it() -> None:
    ban = change("entry-ban", "2020-03-16", effective_to="2020-06-30")
    assert after(FREE, ban) is None
    found = after(FREE, ban, today=None)
    assert found is not None
    assert found.on == date(2020, 3, 16)


def test_first_knowledge_is_a_transition_only_for_those_who_ask_for_it() -> None:
    assert after(FREE) is None
    found = after(FREE, include_first=True)
    assert found == Transition("unknown", "visa-free", None, None, JUNE, True)


def test_a_known_day_that_differs_goes_before_first_knowledge() -> None:
    later = change("visa-required", "2024-08-01")
    earlier = change("visa-free", "2024-06-01", limits={"max_stay_days": 90})
    ends = change("eta", "2024-09-01")
    found = transition(history(later), history(earlier, ends), JUNE, include_first=True)
    assert found == Transition("visa-required", "visa-free", None, 90, date(2024, 8, 1), False)


def test_a_postponement_is_a_transition_back_to_what_held_before() -> None:
    later = change("visa-free-suspended", "2024-09-01", replaces=(event_id(2),))
    assert after(FREE, SUSPENDED, later) == Transition(
        "visa-free-suspended", "visa-free", None, None, date(2024, 7, 1), False
    )


def test_a_change_without_a_date_is_kept_apart_from_the_timeline() -> None:
    undated = change("visa-required", announced_on="2024-06-18")
    assert history(FREE, undated) == history(FREE)
    (pending,) = pending_unknown(facts(FREE, undated), CELL, Known(2))
    assert (pending.to, pending.on, pending.decided_by) == ("visa-required", None, event_id(2))
