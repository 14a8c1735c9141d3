"""What a fact says now, whichever event was asked of before."""

from projections.said import said
from tests.projections.folding import change, recorded


def test_every_event_tells_its_own_fact_however_many_were_asked_of_between() -> None:
    events = [recorded(position, change("visa-free")) for position in range(1, 1_000)]

    for _ in range(2):
        assert all((told := said(e)) and told.fact is e.event for e in events)


def test_events_of_two_logs_at_one_position_are_told_apart() -> None:
    here, there = (recorded(7, change(regime)) for regime in ("visa-free", "e-visa"))

    for event in (here, there, here):
        told = said(event)
        assert told is not None
        assert told.fact is event.event
