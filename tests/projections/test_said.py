"""What a fact says now, whichever events were asked of before."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import pytest

from projections.said import remembered, said
from tests.projections.folding import change, correction, event_id, recorded
from tests.tracker.log.events import named


@pytest.mark.parametrize("within", [nullcontext, remembered])
def test_every_event_tells_its_own_fact_whether_others_are_remembered(
    within: Callable[[], AbstractContextManager[None]],
) -> None:
    fact = change("e-visa")
    events = [recorded(2 * place, change("visa-free")) for place in range(1, 200)]
    corrections = [recorded(2 * place + 1, correction(2 * place, fact)) for place in range(1, 200)]
    party = recorded(1_000, named().event)

    with within():
        for _ in range(2):
            for event, corrected in zip(events, corrections, strict=True):
                told, now = said(event), said(corrected)
                assert told is not None
                assert now is not None
                assert (told.event, told.fact) == (event_id(event.position), event.event)
                assert (now.event, now.position) == (told.event, told.position)
                assert (now.fact, now.since) == (fact, corrected.position)
                assert said(party) is None


def test_events_of_two_logs_at_one_position_are_told_apart() -> None:
    here, there = (recorded(7, change(regime)) for regime in ("visa-free", "e-visa"))

    for event in (here, there, here):
        told = said(event)
        assert told is not None
        assert told.fact is event.event


def test_what_several_views_ask_of_some_events_is_worked_out_once_and_forgotten_then() -> None:
    events = [recorded(position, change("visa-free")) for position in (1, 300, 2)]

    with remembered():
        first = [said(event) for event in events]
        assert all(said(e) is told for e, told in zip(events, first, strict=True))

    assert all(said(e) is not told for e, told in zip(events, first, strict=True))
