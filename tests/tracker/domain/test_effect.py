"""The day is recorded where the change still begins on it, and only once."""

from typing import Any

import msgspec
import pytest

from tests.tracker.domain.telling import decided, new_events, past, uid
from tracker.domain.base import Event
from tracker.domain.correction import FactCorrected, FactRetracted, Reason
from tracker.domain.effect import ReachEffectiveDate, certain_start
from tracker.domain.ids import derived
from tracker.domain.policy import EntryRule, PolicyChanged, PolicyRejected

WHY = Reason("transcription", "misread")
POLICY, FIRST = uid(7), uid(1001)
REACH = ReachEffectiveDate(change=FIRST, policy=POLICY, day="2024-07-01")


def change(start: str | None, **more: Any) -> PolicyChanged:
    """A change of Ecuador's rule from a date."""
    basis: dict[str, Any] = {
        "effective_basis": "stated" if start else "unknown",
        "action": "amended",
    }
    rule = EntryRule(nationalities=("CN",), regime="eta")
    return PolicyChanged(
        jurisdiction="EC", kind="entry", policy=POLICY, effective_from=start, rule=rule,
        **{**basis, **more},
    )  # fmt: skip


def corrected(fact: PolicyChanged) -> FactCorrected:
    """The correction of the first event."""
    return FactCorrected(
        target=FIRST, target_position=1, fact_type=fact.type, fact=msgspec.to_builtins(fact),
        reason=WHY,
    )  # fmt: skip


RETRACTED = FactRetracted(target=FIRST, target_position=1, reason=WHY)
CHANGE = change("2024-07-01")


def test_the_day_is_recorded_under_an_id_of_change_and_day() -> None:
    (new,) = new_events(REACH, CHANGE)
    assert new.id == derived("reminder", FIRST, "2024-07-01")
    assert new.event.tags() == (f"target:{FIRST}", f"policy:{POLICY}", "rule:EC")
    assert new.event.facets().occurred == "2024-07-01"


def test_what_is_recorded_already_is_not_recorded_again() -> None:
    (new,) = new_events(REACH, CHANGE)
    first, again = past(CHANGE, new.event)
    known = [first, msgspec.structs.replace(again, id=new.id)]
    assert REACH.decide(known, None) == []  # pyright: ignore[reportArgumentType]  it needs none


@pytest.mark.parametrize(
    "events",
    [
        (),
        (change("2024-08-01"),),
        (change("2024-07"),),
        (change(None),),
        (CHANGE, corrected(change("2024-08-01"))),
        (CHANGE, RETRACTED),
        (CHANGE, change("2024-08-01", replaces=(FIRST,))),
        (CHANGE, PolicyRejected(jurisdiction="EC", kind="entry", policy=POLICY, replaces=(FIRST,))),
        (change("2024-08-01"), corrected(CHANGE), RETRACTED),
    ],
    ids=lambda events: f"{len(events)} events",
)  # fmt: skip
def test_a_day_that_is_not_the_one_any_more_is_not_reached(events: tuple[Event, ...]) -> None:
    assert decided(REACH, *events) == []


def test_a_day_that_a_correction_brought_is_reached() -> None:
    assert len(decided(REACH, change("2024-08-01"), corrected(CHANGE))) == 1


def test_what_was_replaced_by_an_event_taken_back_is_reached_all_the_same() -> None:
    replacing = change("2024-08-01", replaces=(FIRST,))
    gone = FactRetracted(
        target=uid(1002), target_position=2, reason=WHY, same_tags=(f"policy:{POLICY}",)
    )
    assert len(decided(REACH, CHANGE, replacing, gone)) == 1


def test_a_certain_start_is_a_day_or_the_announcement_of_what_counts_at_once() -> None:
    assert certain_start(CHANGE) == "2024-07-01"
    assert certain_start(change("2024-07-01~")) is None
    at_once = change(None, effective_basis="immediate", announced_on="2024-06-18")
    assert certain_start(at_once) == "2024-06-18"
