"""The rules for what third parties saw: when it decides, confirms or contradicts."""

from datetime import date

from projections.answers import answer
from projections.regimes import Cell, Known
from tests.projections.folding import (
    HEAD_OF_LOG,
    change,
    correction,
    corroboration,
    event_id,
    facts,
    observation,
    on,
    rejection,
    retraction,
)
from tracker.domain.values import instant


def test_where_no_change_covers_the_day_the_latest_observation_decides_and_never_backward() -> None:
    events = (observation("eta", "2024-05-01"), observation("visa-free", "2024-05-20"))
    assert on("2024-04-30", *events).regime == "unknown"
    assert on("2024-05-19", *events).regime == "eta"
    found = on("2024-05-20", *events)
    assert (found.regime, found.basis_kind, found.since) == (
        "visa-free",
        "observation",
        "2024-05-20",
    )
    assert (found.last_confirmed_on, found.disputed) == (date(2024, 5, 20), False)
    assert found.origins == ("Observer",)


def test_an_observation_of_the_nationality_goes_before_a_later_one_of_everybody() -> None:
    events = (observation("visa-free", "2024-05-01"), observation("eta", "2024-05-20", "*"))
    found = on("2024-06-01", *events)
    assert (found.regime, found.level, found.disputed) == ("visa-free", "code", True)
    assert found.observed is not None
    assert found.observed.regime == "eta"


def test_an_observation_that_differs_is_shown_and_the_regime_stays() -> None:
    events = (change("visa-free", "2016-08-01"), observation("visa-required", "2024-05-20"))
    found = on("2024-05-21", *events)
    assert (found.regime, found.disputed, found.overrode) == ("visa-free", True, (event_id(2),))
    assert found.observed is not None
    assert (found.observed.regime, found.observed.on) == ("visa-required", date(2024, 5, 20))
    assert found.observed.origins == ("Observer",)
    assert not on("2024-05-19", *events).disputed


def test_a_rejected_observation_is_no_longer_shown_from_the_rejection_on() -> None:
    events = (
        change("visa-free", "2016-08-01"), observation("visa-required", "2024-05-20"), rejection(2)
    )  # fmt: skip
    assert on("2024-05-21", *events, head=2).disputed
    found = on("2024-05-21", *events)
    assert (found.disputed, found.observed, found.replaced) == (False, None, (event_id(2),))


def test_an_observation_cannot_end_a_change_but_can_take_the_place_of_another() -> None:
    events = (
        change("visa-free", "2016-08-01"),
        observation("eta", "2024-05-20"),
        observation("visa-required", "2024-05-20", replaces=(event_id(1), event_id(2))),
    )
    found = on("2024-05-21", *events)
    assert (found.regime, found.replaced) == ("visa-free", (event_id(2),))
    assert found.observed is not None
    assert found.observed.regime == "visa-required"


def test_an_observation_ends_no_change_that_an_observation_was_corrected_into() -> None:
    events = (
        observation("eta", "2024-05-20"),
        observation("visa-required", "2024-05-20", replaces=(event_id(1),)),
        correction(1, change("visa-free", "2024-05-20")),
        observation("visa-required", "2024-05-21", replaces=(event_id(1),)),
    )
    for head in (3, 4):
        found = on("2024-05-22", *events, head=head)
        assert (found.regime, found.decided_by) == ("visa-free", event_id(1)), head


def test_what_was_replaced_is_what_the_fact_says_now_and_not_what_it_said_before() -> None:
    events = (
        observation("visa-free", "2019-11-01", "EU"),
        rejection(1),
        correction(1, observation("visa-free", "2019-11-01", "GB")),
        correction(2, rejection(9)),
    )
    replaced = (event_id(1),)
    for head, french, british in ((2, replaced, replaced), (3, (), replaced), (4, (), ())):
        for nationality, wanted in (("FR", french), ("GB", british)):
            found = on("2019-11-02", *events, nationality=nationality, head=head)
            assert found.replaced == wanted, (nationality, head)


def test_readers_of_the_sources_too_see_what_was_replaced_as_the_fact_says_it_by_then() -> None:
    fact = observation("visa-free", "2019-11-01", "FR", known_since="2024-01-01")
    german = observation("visa-free", "2019-11-01", "DE", known_since="2024-03-01")
    french = observation("visa-free", "2019-11-01", "FR", known_since="2024-04-01")
    rejected = rejection(1, known_since="2024-02-01")
    later = (
        (corroboration(1, "Another", known_since="2024-04-01"), correction(1, german)),
        (correction(1, french), correction(1, german)),
        (retraction(2, known_since="2024-03-01"), correction(1, german)),
    )
    for events in later:
        rows, cell = facts(fact, rejected, *events), Cell("EC", "FR")
        for moment, wanted in (("2024-02-20", (event_id(1),)), ("2024-03-15", ())):
            known = Known(HEAD_OF_LOG, instant(moment))
            assert answer(rows, cell, date(2019, 11, 2), known).replaced == wanted, (events, moment)


def test_a_fact_of_other_passports_by_its_correction_is_not_what_was_replaced_here() -> None:
    events = (
        observation("visa-free", "2019-11-01"),
        rejection(1),
        correction(1, change("visa-free", "2019-11-01", limits={"passport_type": "diplomatic"})),
    )
    assert on("2019-11-02", *events, head=2).replaced == (event_id(1),)
    assert on("2019-11-02", *events).replaced == ()


def test_an_observation_from_before_the_deciding_change_contradicts_nothing() -> None:
    events = (observation("visa-free", "2024-05-20"), change("visa-required", "2024-07-01"))
    found = on("2024-07-01", *events)
    assert (found.regime, found.disputed, found.last_confirmed_on) == ("visa-required", False, None)


def test_what_was_seen_while_a_change_may_not_have_begun_contradicts_it_only_that_long() -> None:
    events = (change("visa-free", "2016-08"), observation("visa-required", "2016-08-10"))
    assert on("2016-08-20", *events).disputed
    assert not on("2016-09-01", *events).disputed


def test_an_observation_that_agrees_or_sees_what_is_implied_confirms() -> None:
    events = (
        change("visa-free-suspended", "2024-07-01"),
        observation("visa-free-suspended", "2024-07-10"),
        observation("visa-required", "2024-08-10"),
    )
    found = on("2024-08-31", *events)
    assert (found.disputed, found.last_confirmed_on) == (False, date(2024, 8, 10))
    assert on("2024-07-31", *events).last_confirmed_on == date(2024, 7, 10)


def test_a_later_confirmation_does_not_silence_an_observation_that_differs() -> None:
    events = (
        change("visa-free", "2016-08-01"),
        observation("visa-required", "2024-05-20"),
        observation("visa-free", "2024-06-20"),
    )
    found = on("2024-06-21", *events)
    assert (found.disputed, found.last_confirmed_on) == (True, date(2024, 6, 20))


def test_observations_of_a_temporary_change_do_not_outlive_it() -> None:
    events = (
        change("visa-free", "2016-08-01"),
        change("visa-free-suspended", "2024-07-01", effective_to="2024-12-31"),
        observation("visa-required", "2024-08-01"),
    )
    during, after = on("2024-08-01", *events), on("2025-01-01", *events)
    assert (during.disputed, during.last_confirmed_on) == (False, date(2024, 8, 1))
    assert (after.regime, after.disputed) == ("visa-free", False)
    alone = on("2025-01-01", *events[1:])
    assert alone.regime == "unknown"
