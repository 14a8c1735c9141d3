"""The boundaries of changes and offices, and what becomes of them."""

from datetime import date
from typing import Any

import msgspec

from projections.views.calendar import VIEW, CalendarEntry
from tests.projections.folding import change, event_id, folded, observation, rejection
from tracker.domain.base import Event
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted, Reason
from tracker.domain.policy import EffectiveDateReached, PolicyChanged
from tracker.domain.position import PositionAnnounced

WHY = Reason("transcription", "misread")
SUSPENDED = change("visa-free-suspended", "2024-07-01", announced_on="2024-06-18")


def calendar(*events: Event | None) -> list[CalendarEntry]:
    """The calendar after events at the positions 1, 2, 3 …"""
    return folded(VIEW, events).of(CalendarEntry)


def corrected(target: int, fact: PolicyChanged, **more: Any) -> FactCorrected:
    """The correction of the event at a position."""
    return FactCorrected(
        target=event_id(target), target_position=target, fact_type=fact.type,
        fact=msgspec.to_builtins(fact), reason=WHY, **more,
    )  # fmt: skip


def retracted(target: int) -> FactRetracted:
    """The retraction of the event at a position."""
    return FactRetracted(target=event_id(target), target_position=target, reason=WHY)


def reached(target: int, day: str) -> EffectiveDateReached:
    """The day that a change came to be in effect."""
    return EffectiveDateReached(
        change=event_id(target), day=day, policy=event_id(1), jurisdiction="EC", rule=True
    )


def standing(*events: Event | None) -> list[tuple[str, str | None]]:
    """Event and date of what stands."""
    return [(row.event, row.on) for row in calendar(*events) if row.status == "standing"]


def test_a_change_has_its_start_with_the_notice_given_and_its_end() -> None:
    until = change("eta", "2024-07-01", announced_on="2024-06-18", effective_to="2024-12")
    ends, starts = calendar(until)
    assert (starts.boundary, starts.on, starts.exact, starts.lead_days) == (
        "starts", "2024-07-01", True, 13,
    )  # fmt: skip
    assert (ends.boundary, ends.lower, ends.upper, ends.exact, ends.lead_days) == (
        "ends", date(2024, 12, 1), date(2024, 12, 31), False, None,
    )  # fmt: skip
    assert (starts.jurisdiction, starts.countries, starts.rule) == ("EC", ("EC", "CN"), True)


def test_a_change_without_a_date_and_one_at_once_stand_in_the_calendar_too() -> None:
    at_once = change("eta", None, effective_basis="immediate", announced_on="2024-06-18")
    undated, immediate = calendar(change("eta"), at_once)
    assert (undated.on, undated.lower, undated.exact) == (None, None, False)
    assert (immediate.on, immediate.lead_days) == ("2024-06-18", 0)


def test_an_office_begins_and_ends_and_what_was_merely_seen_does_neither() -> None:
    office = PositionAnnounced(
        person=event_id(80), office="President", country="PA", start="2024-07-01", end="2029~"
    )
    ends, starts = calendar(office, observation("eta", "2024-05-20"))
    assert (starts.type, starts.on, starts.countries) == (
        "position-announced", "2024-07-01", ("PA",),
    )  # fmt: skip
    assert (ends.on, ends.exact) == ("2029~", False)


def test_a_corrected_date_leaves_the_old_one_marked() -> None:
    right = change("visa-free-suspended", "2024-08-01", announced_on="2024-06-18")
    old, new = calendar(SUSPENDED, corrected(1, right))
    assert (old.on, old.status, old.superseded_by) == ("2024-07-01", "moved", event_id(2))
    assert (new.on, new.status, new.event, new.since) == ("2024-08-01", "standing", event_id(1), 2)
    assert new.lead_days == 44


def test_a_correction_of_something_else_leaves_the_date_and_what_was_reached() -> None:
    right = change("visa-required", "2024-07-01", announced_on="2024-06-17")
    (row,) = calendar(SUSPENDED, reached(1, "2024-07-01"), corrected(1, right))
    assert (row.since, row.lead_days, row.reached_by) == (1, 14, event_id(2))


def test_a_second_correction_may_put_the_date_back() -> None:
    wrong = change("visa-free-suspended", "2024-08-01")
    rows = calendar(SUSPENDED, corrected(1, wrong), corrected(1, SUSPENDED))
    assert [(r.since, r.status) for r in rows] == [(1, "moved"), (2, "moved"), (3, "standing")]


def test_a_day_is_reached_only_where_it_still_stands() -> None:
    right = change("visa-free-suspended", "2024-08-01")
    old, new = calendar(SUSPENDED, corrected(1, right), reached(1, "2024-08-01"))
    assert (old.reached_by, new.reached_by) == (None, event_id(3))


def test_what_is_replaced_or_retracted_stands_no_more() -> None:
    later = change("eta", "2024-08-01", replaces=(event_id(1),))
    assert standing(SUSPENDED, later) == [(event_id(2), "2024-08-01")]
    assert standing(SUSPENDED, retracted(1)) == []
    assert standing(SUSPENDED, rejection(1)) == []
    assert [row.status for row in calendar(SUSPENDED, rejection(1))] == ["withdrawn"]


def test_what_was_replaced_stands_again_when_its_replacement_is_taken_back() -> None:
    later = change("eta", "2024-08-01", replaces=(event_id(1),))
    assert standing(SUSPENDED, later, retracted(2)) == [(event_id(1), "2024-07-01")]
    alone = change("eta", "2024-08-01")
    assert standing(SUSPENDED, later, corrected(2, alone)) == [
        (event_id(1), "2024-07-01"), (event_id(2), "2024-08-01"),
    ]  # fmt: skip
    assert standing(SUSPENDED, rejection(1), retracted(2)) == [(event_id(1), "2024-07-01")]


def test_a_further_source_confirms_what_should_have_begun() -> None:
    begun = change("eta", "2024-06")
    source = FactCorroborated(target=event_id(1), target_position=1, first_hand="seen")
    (row,) = calendar(begun, source)
    assert row.confirmed_on == date(2024, 6, 25)
    (row,) = calendar(SUSPENDED, source)
    assert row.confirmed_on is None


def test_an_end_that_a_correction_adds_is_taken_back_with_the_change() -> None:
    until = change("visa-free-suspended", "2024-07-01", effective_to="2024-12-31")
    later = change("eta", "2024-08-01", replaces=(event_id(1),))
    assert standing(SUSPENDED, later, corrected(1, until)) == [(event_id(2), "2024-08-01")]
    assert standing(SUSPENDED, rejection(1), corrected(1, until)) == []
    assert standing(SUSPENDED, later, corrected(1, until), retracted(2)) == [
        (event_id(1), "2024-12-31"), (event_id(1), "2024-07-01"),
    ]  # fmt: skip
