"""What corrections, retractions and corroborations make of the facts of entry rules."""

from datetime import date

from projections.views.entry_rules import VIEW, EntryFact, EntryLink
from tests.projections.folding import (
    change,
    cited,
    correction,
    corroboration,
    event_id,
    facts,
    folded,
    observation,
    rejection,
    retraction,
)
from tracker.domain.base import Event
from tracker.domain.values import instant

FREE = change("visa-free", "2016-08-01", known_since="2024-06-01")


def versions(*events: Event) -> list[tuple[int, int | None, str | None, str]]:
    """Of the first fact: from, to, how it ended, and the regime that it states."""
    return [
        (r.known_from, r.known_to, r.ended_how, r.regime)
        for r in facts(*events)
        if r.event == event_id(1)
    ]


def test_a_correction_opens_a_version_in_the_place_of_the_fact_and_ends_the_one_before() -> None:
    eta = change("eta", "2016-08-01", known_since="2024-06-01")
    rows = facts(FREE, correction(1, eta))
    assert versions(FREE, correction(1, eta)) == [
        (1, 2, "corrected", "visa-free"), (2, None, None, "eta"),
    ]  # fmt: skip
    assert {(r.event, r.position) for r in rows} == {(event_id(1), 1)}
    assert rows[0].ended_since == rows[1].known_since == instant("2024-06-01")


def test_the_latest_correction_counts() -> None:
    events = (FREE, correction(1, change("eta", "2016")), correction(1, change("e-visa", "2016")))
    assert versions(*events)[1:] == [(2, 3, "corrected", "eta"), (3, None, None, "e-visa")]


def test_a_fact_corrected_to_concern_others_ends_for_those_it_concerned() -> None:
    rows = facts(FREE, correction(1, change("visa-free", "2016-08-01", "PE")))
    assert [(r.nationality, r.known_from, r.known_to) for r in rows] == [
        ("CN", 1, 2), ("PE", 2, None),
    ]  # fmt: skip


def test_a_retraction_ends_a_fact_for_good() -> None:
    gone = retraction(1, known_since="2024-06-20")
    (row,) = facts(FREE, gone, correction(1, change("eta", "2016")))
    assert (row.known_to, row.ended_how) == (2, "retracted")
    assert row.ended_since == instant("2024-06-20")


def test_what_a_fact_replaced_stands_again_once_a_correction_no_longer_names_it() -> None:
    later = change("eta", "2024-09-01", replaces=(event_id(1),), known_since="2024-06-10")
    without = change("eta", "2024-09-01", known_since="2024-06-12")
    events = (FREE, later, correction(2, without))
    assert versions(*events) == [
        (1, 2, "replaced", "visa-free"), (3, None, None, "visa-free"),
    ]  # fmt: skip
    old, back = (r for r in facts(*events) if r.event == event_id(1))
    assert (old.ended_since, back.known_since) == (instant("2024-06-10"), instant("2024-06-12"))


def test_what_a_retracted_fact_replaced_stands_again() -> None:
    events = (FREE, change("eta", "2024-09-01", replaces=(event_id(1),)), retraction(2))
    assert versions(*events)[-1] == (3, None, None, "visa-free")


def test_what_two_facts_replace_stands_again_only_when_neither_does() -> None:
    one, other = (change(r, "2024-09-01", replaces=(event_id(1),)) for r in ("eta", "e-visa"))
    assert len(versions(FREE, one, other, retraction(2))) == 1
    assert versions(FREE, one, other, retraction(2), retraction(3))[-1][:2] == (5, None)


def test_a_correction_that_replaces_another_fact_ends_it_from_there() -> None:
    late = change("eta", "2024-09-01")
    naming = change("eta", "2024-09-01", replaces=(event_id(1),))
    assert versions(FREE, late, correction(2, naming)) == [(1, 3, "replaced", "visa-free")]


def test_a_correction_of_a_replaced_fact_counts_once_that_comes_back() -> None:
    replacing = change("eta", "2024-09-01", replaces=(event_id(1),))
    corrected = correction(1, change("e-visa", "2016-08-01"))
    assert versions(FREE, replacing, corrected, retraction(2))[1:] == [
        (3, 3, "replaced", "e-visa"), (4, None, None, "e-visa"),
    ]  # fmt: skip


def test_a_replaced_fact_that_was_retracted_does_not_come_back() -> None:
    replacing = change("eta", "2024-09-01", replaces=(event_id(1),))
    rows = versions(FREE, replacing, retraction(1), retraction(2))
    assert [r for r in rows if r[1] is None] == []


def test_an_observation_that_is_corrected_still_ends_no_change() -> None:
    seen = observation("eta", "2024-05-20", replaces=(event_id(1),))
    assert versions(FREE, seen, correction(2, seen), retraction(2)) == [
        (1, None, None, "visa-free")
    ]


def test_a_rejection_that_is_taken_back_lets_the_observation_stand_again() -> None:
    seen = observation("eta", "2024-05-20")
    assert versions(seen, rejection(1), retraction(2)) == [
        (1, 2, "replaced", "eta"), (3, None, None, "eta"),
    ]  # fmt: skip


def test_a_corroboration_adds_its_origins_and_is_known_as_a_version_of_its_own() -> None:
    first = change("visa-free", "2016", citations=(cited("AP"),), known_since="2024-06-01")
    old, new = facts(first, corroboration(1, "Ministry", known_since="2024-06-10"))
    assert (old.origins, old.known_to, old.ended_how) == (("AP",), 2, "corroborated")
    assert new.origins == ("AP", "Ministry")
    assert old.ended_since == new.known_since == instant("2024-06-10")


def test_a_corroboration_published_earlier_makes_the_fact_known_since_then() -> None:
    first = change("visa-free", "2016", citations=(cited("AP"),), known_since="2024-06-01")
    old, new = facts(first, corroboration(1, "AP", known_since="2024-05-10"))
    assert new.known_since == instant("2024-05-10")
    assert old.ended_since is not None
    assert old.ended_since < old.known_since


def test_a_corroboration_of_the_same_origin_published_later_changes_nothing() -> None:
    first = change("visa-free", "2016", citations=(cited("AP"),))
    assert len(facts(first, corroboration(1, "AP"))) == 1


def test_the_origins_of_a_corroboration_outlive_a_correction_and_go_with_its_retraction() -> None:
    first = change("visa-free", "2016", citations=(cited("AP"),))
    eta = change("eta", "2016", citations=(cited("EFE"),))
    events = (first, corroboration(1, "AP", "Ministry"), correction(1, eta))
    assert facts(*events)[-1].origins == ("EFE", "Ministry")
    assert facts(*events, retraction(2))[-1].origins == ("EFE",)


def test_no_link_is_left_of_what_was_retracted() -> None:
    replacing = change("eta", "2024-09-01", replaces=(event_id(1),))
    rows = folded(VIEW, (FREE, replacing, corroboration(2, "AP"), retraction(2), retraction(3)))
    assert rows.of(EntryLink) == []
    assert {r.starts for r in rows.of(EntryFact)} == {date(2016, 8, 1), date(2024, 9, 1)}
