"""How old the evidence behind an answer is, and which way its change went."""

from datetime import date

from projections.answers import answer
from projections.cells import why
from projections.histories import timeline
from projections.questions import Sighting, cell_answer
from projections.regimes import Cell, Known
from tests.projections.folding import (
    change,
    cited,
    correction,
    corroboration,
    event_id,
    facts,
    observation,
    on,
    recorded,
)

FREE = change("visa-free", "2016-08-01", announced_on="2016-07-01")
SUSPENDED = change("visa-free-suspended", "2024-07-01", announced_on="2024-06-18")


def test_an_answer_that_nobody_has_confirmed_for_a_year_says_so() -> None:
    within, beyond = on("2017-07-01", FREE), on("2017-07-02", FREE)
    assert (within.last_evidence_on, within.stale) == (date(2016, 7, 1), False)
    assert beyond.stale


def test_whoever_sees_a_rule_again_keeps_it_fresh() -> None:
    found = on("2024-06-25", FREE, observation("visa-free", "2024-05-20"))
    assert (found.last_evidence_on, found.stale) == (date(2024, 5, 20), False)


def test_what_is_in_place_since_some_time_is_as_old_as_what_says_so() -> None:
    since = change("visa-free", "2016-08", known_since="2024-06-19")
    found = on("2024-06-25", since)
    assert (found.last_evidence_on, found.stale) == (date(2024, 6, 19), False)


def test_what_is_unknown_is_not_stale() -> None:
    assert (on("2016-01-01", FREE).last_evidence_on, on("2016-01-01", FREE).stale) == (None, False)


def test_a_change_says_which_way_it_went_and_how_hard_it_hit() -> None:
    eve, day = on("2024-06-30", FREE, SUSPENDED), on("2024-07-01", FREE, SUSPENDED)
    assert (eve.direction, eve.severity) == (None, None)
    assert eve.pending is not None
    assert (eve.pending.direction, eve.pending.severity) == ("tighter", 4)
    assert (day.direction, day.severity) == ("tighter", 4)


def test_an_analyst_who_says_otherwise_goes_before_the_table() -> None:
    mild = change("visa-free-suspended", "2024-07-01", severity=2, override_reason="Few travel.")
    history = timeline(facts(FREE, mild), Cell("EC", "CN"), Known(2))
    assert [(s.direction, s.severity) for s in history] == [
        (None, None), (None, None), ("tighter", 2),
    ]  # fmt: skip


def test_why_gives_a_corrected_fact_as_it_reads_now_and_who_corrected_it() -> None:
    wrong = change("eta", "2016-08-01", citations=(cited("AP"),))
    log = (wrong, correction(1, FREE), corroboration(1, "Ministry"))
    cell, known = Cell("EC", "CN"), Known(3)
    day = date(2020, 1, 1)
    sighting = Sighting(day, "3", "recorded", 3, known)
    found = cell_answer(answer(facts(*log), cell, day, known), sighting, 0)
    events = [recorded(i, event) for i, event in enumerate(log, 1)]
    told = why(found, {event_id(1): events[0]}, events[1:])
    assert told.decided_by is not None
    assert (told.decided_by.regime, told.decided_by.event) == ("visa-free", event_id(1))
    (amended,) = told.decided_by.amended
    assert (amended.by, amended.code, amended.text) == ("ana", "transcription", "Misread.")
    assert [c.attribution[-1].agent for c in told.decided_by.corroborated] == ["Ministry"]
