"""What becomes of conflicts when what was said is corrected, replaced, taken back or joined."""

import msgspec

from tests.projections.folding import change, cited, event_id, observation, rejection
from tests.projections.views.test_conflicts import (
    SEEN,
    conflicts,
    corrected,
    retracted,
    settled,
    still_open,
)
from tracker.domain.incident import IncidentDisputed


def test_a_corrected_denial_says_its_new_words_and_is_not_opened_again() -> None:
    denial = IncidentDisputed(
        incident=event_id(50), text="No such raid took place.", citations=(cited("Police"),)
    )
    right = msgspec.structs.replace(denial, text="No such raid took place that day.")
    (found,) = conflicts(denial, corrected(1, right))
    assert (found.status, found.reason) == ("open", right.text)
    made = conflicts(denial, settled("contradicts", 1, 50), corrected(1, right))
    assert [(c.status, c.reason) for c in made] == [("resolved", right.text)]


def test_what_was_replaced_decides_again_once_what_replaced_it_is_taken_back() -> None:
    free = change("visa-free", "2016-08-01")
    later = change("e-visa", "2024-07-01", replaces=(event_id(1),))
    assert still_open(free, later, SEEN) == []
    (found,) = still_open(free, later, SEEN, retracted(2))
    assert (found.facts, found.opened_at) == ((event_id(1), event_id(3)), 4)
    undated = change("e-visa", replaces=(event_id(1),))
    assert still_open(free, undated, SEEN) == []
    alone = msgspec.structs.replace(undated, replaces=())
    (found,) = still_open(free, undated, SEEN, corrected(2, alone))
    assert found.facts == (event_id(1), event_id(3))
    again = change("e-visa", "2024-07-02", replaces=(event_id(1),))
    assert still_open(free, later, again, SEEN, retracted(2)) == []
    assert len(still_open(free, rejection(1), SEEN, retracted(2))) == 1


def test_a_correction_of_what_is_replaced_does_not_let_it_stand_again() -> None:
    free = change("visa-free", "2016-08-01")
    undated = change("e-visa", replaces=(event_id(1),))
    anew = change("visa-required", "2016-08-01")
    assert still_open(free, undated, SEEN, corrected(1, anew)) == []
    (found,) = still_open(free, undated, SEEN, corrected(1, anew), retracted(2))
    assert found.reason.endswith("visa required is decided from 2016-08-01")


def test_a_corrected_change_for_a_group_does_not_end_the_conflict_of_a_later_one() -> None:
    said = (
        change("visa-free", "2016-08-01", "DE", "FR"),
        change("visa-required", "2020-01-01", "EU"),
        change("e-visa", "2021-01-01", "EU"),
    )
    (before,) = still_open(*said)
    assert still_open(*said, corrected(2, change("eta", "2020-01-01", "EU"))) == [before]
    (left,) = still_open(*said, change("e-visa", "2022-01-01", "DE"))
    assert (left.nationalities, left.conflict) == (("FR",), before.conflict)


def test_a_change_for_a_group_looks_again_at_what_everybody_or_another_group_decided() -> None:
    everybody = change("visa-required", "2024-01-01", "*")
    seen = observation("visa-free", "2024-08-03", "DE")
    group = change("visa-free", "2024-08-01", "EU")
    assert len(still_open(everybody, seen)) == 1
    assert still_open(everybody, seen, group) == []
    assert len(still_open(everybody, seen, change("visa-free", "2024-08-01", "ASEAN"))) == 1
    union = change("visa-required", "2024-01-01", "Schengen")
    assert still_open(union, seen, group) == []
