"""Ecuador for Chinese passports as the three seed reports tell it, on both clocks."""

from datetime import date

import pytest

from projections.answers import Answer, answer
from projections.regimes import Cell, Known
from tests.projections.folding import change, cited, event_id, facts, observation
from tracker.domain.values import instant

CELL = Cell("EC", "CN")
FACTS = facts(
    observation(
        "visa-free", "2024-05-20", citations=(cited("Infobae"),),
        known_since="2024-05-20T00:00:00.000000Z",
    ),
    observation("visa-free", "2024-05-21", known_since="2024-05-21T00:00:00.000000Z"),
    change(
        "visa-free-suspended", "2024-07-01", action="suspended", announced_on="2024-06-18",
        known_since="2024-06-19T00:00:00.000000Z",
    ),
    change(
        "visa-free", "2016-08", action="introduced", known_since="2024-06-19T00:00:00.000000Z"
    ),
)  # fmt: skip
POSITIONS = {"2024-05-19": 0, "2024-05-20": 1, "2024-05-21": 2, "2024-06-19": 4}

TABLE = (
    ("2016-07-15", "2024-06-19", "unknown"),
    ("2016-09-01", "2024-05-21", "unknown"),
    ("2016-09-01", "2024-06-19", "visa-free"),
    ("2024-05-20", "2024-05-19", "unknown"),
    ("2024-05-20", "2024-05-20", "visa-free"),
    ("2024-06-30", "2024-06-19", "visa-free"),
    ("2024-07-01", "2024-05-21", "visa-free"),
    ("2024-07-01", "2024-06-19", "visa-free-suspended"),
)


def published(valid_at: str, known_at: str) -> Answer:
    """What a reader of the sources could know at the end of a day."""
    known = Known(4, instant(known_at))
    return answer(FACTS, CELL, date.fromisoformat(valid_at), known)


@pytest.mark.parametrize(("valid_at", "known_at", "regime"), TABLE)
def test_a_reader_of_the_sources_gets_the_regime_of_the_table(
    valid_at: str, known_at: str, regime: str
) -> None:
    assert published(valid_at, known_at).regime == regime


@pytest.mark.parametrize(("valid_at", "known_at", "regime"), TABLE)
def test_the_log_gives_the_same_by_position(valid_at: str, known_at: str, regime: str) -> None:
    known = Known(POSITIONS[known_at])
    assert answer(FACTS, CELL, date.fromisoformat(valid_at), known).regime == regime


def test_the_suspension_is_pending_on_its_eve_and_confirmed_rules_say_until_when() -> None:
    found = published("2024-06-30", "2024-06-19")
    assert found.pending is not None
    assert (found.pending.to, found.pending.on) == ("visa-free-suspended", "2024-07-01")
    assert (found.until, found.since) == (date(2024, 6, 30), "2016-08")
    assert (found.last_confirmed_on, found.disputed) == (date(2024, 5, 21), False)


def test_the_suspension_says_when_it_was_announced_and_what_it_implies() -> None:
    found = published("2024-07-01", "2024-06-19")
    assert (found.announced_on, found.implied) == ("2024-06-18", "visa-required")
    assert (found.requires, found.decided_by) == ("visa", event_id(3))


def test_what_was_replaced_later_still_decides_for_a_reader_of_that_day() -> None:
    events = (
        change("visa-required", "2024-07-01", known_since="2024-06-19"),
        change(
            "visa-required", "2024-09-01", action="postponed", replaces=(event_id(1),),
            known_since="2024-06-25",
        ),
    )  # fmt: skip
    rows, day = facts(*events), date(2024, 7, 1)
    assert answer(rows, CELL, day, Known(2, instant("2024-06-24"))).regime == "visa-required"
    assert answer(rows, CELL, day, Known(2, instant("2024-06-25"))).regime == "unknown"
    assert answer(rows, CELL, day, Known(1, instant("2024-06-25"))).regime == "visa-required"
