"""The rules for changes, each with the cases that decide it."""

from datetime import date
from typing import Any

from projections.answers import answer
from projections.regimes import Cell, Known
from tests.projections.folding import HEAD_OF_LOG, change, event_id, facts, on, rule
from tracker.domain.policy import PolicyProposed


def test_before_the_first_known_fact_the_regime_is_unknown_and_so_is_what_it_requires() -> None:
    found = on("2016-07-31", change("visa-free", "2016-08-01"))
    assert (found.regime, found.requires, found.decided_by) == ("unknown", "unknown", None)
    assert found.until == date(2016, 7, 31)


def test_a_suspension_counts_from_its_day_and_implies_that_a_visa_is_needed() -> None:
    events = (
        change("visa-free", "2016-08-01"),
        change("visa-free-suspended", "2024-07-01", announced_on="2024-06-18"),
    )
    eve, day = on("2024-06-30", *events), on("2024-07-01", *events)
    assert (eve.regime, eve.requires, eve.until) == ("visa-free", "nothing", date(2024, 6, 30))
    assert eve.pending is not None
    assert (eve.pending.to, eve.pending.on) == ("visa-free-suspended", "2024-07-01")
    assert (day.regime, day.requires, day.implied) == (
        "visa-free-suspended", "visa", "visa-required",
    )  # fmt: skip
    assert (day.since, day.announced_on, day.pending) == ("2024-07-01", "2024-06-18", None)
    assert (day.decided_by, day.position, day.until) == (event_id(2), 2, None)


def test_a_postponed_change_stops_counting_from_the_position_of_the_postponement() -> None:
    events = (
        change("visa-free", "2016-08-01"),
        change("visa-required", "2024-07-01"),
        change("visa-required", "2024-09-01", action="postponed", replaces=(event_id(2),)),
    )
    before, after = on("2024-08-01", *events, head=2), on("2024-08-01", *events)
    assert (before.regime, before.replaced) == ("visa-required", ())
    assert (after.regime, after.replaced) == ("visa-free", (event_id(2),))
    assert after.pending is not None
    assert (after.pending.on, after.pending.decided_by) == ("2024-09-01", event_id(3))
    assert on("2024-09-01", *events).decided_by == event_id(3)


def test_a_change_of_2018_for_2026_beside_one_of_2024_for_2024_decides_only_from_2026() -> None:
    events = (
        change("e-visa", "2026-01-01", announced_on="2018-03-01"),
        change("visa-required", "2024-05-01", announced_on="2024-04-01"),
    )
    assert on("2018-06-01", *events).regime == "unknown"
    assert on("2025-12-31", *events).regime == "visa-required"
    pending = on("2025-12-31", *events).pending
    assert pending is not None
    assert (pending.to, pending.on, pending.announced_on) == ("e-visa", "2026-01-01", "2018-03-01")
    assert on("2026-01-01", *events).regime == "e-visa"


def test_a_code_level_exception_holds_under_a_later_group_rule_and_is_disputed() -> None:
    events = (
        change("visa-required", "2015-01-01", "FR"),
        change("visa-free", "2020-01-01", "EU"),
    )
    exception = on("2021-01-01", *events, nationality="FR")
    assert (exception.regime, exception.level, exception.via) == ("visa-required", "code", None)
    assert exception.disputed
    assert exception.overrode == (event_id(2),)
    member = on("2021-01-01", *events, nationality="DE")
    assert (member.regime, member.level, member.via) == ("visa-free", "group", "EU")
    assert not member.disputed


def test_an_earlier_group_rule_under_a_code_level_exception_is_no_dispute() -> None:
    events = (
        change("visa-free", "2010-01-01", "EU"),
        change("visa-required", "2015-01-01", "FR"),
    )
    found = on("2021-01-01", *events, nationality="FR")
    assert (found.disputed, found.overrode) == (False, (event_id(1),))


def test_a_group_rule_holds_only_while_the_country_is_a_member() -> None:
    events = (change("visa-required", "2000-01-01", "*"), change("visa-free", "2010-01-01", "EU"))
    member = on("2020-01-31", *events, nationality="GB")
    assert (member.regime, member.until) == ("visa-free", date(2020, 1, 31))
    left = on("2020-02-01", *events, nationality="GB")
    assert (left.regime, left.level, left.via) == ("visa-required", "any", "*")


def test_a_change_without_a_date_is_pending_and_decides_nothing() -> None:
    events = (change("visa-free", "2016-08-01"), change("visa-required", announced_on="2024-06"))
    found = on("2030-01-01", *events)
    assert (found.regime, found.until) == ("visa-free", None)
    assert found.pending is not None
    assert (found.pending.to, found.pending.on) == ("visa-required", None)
    assert found.pending.announced_on == "2024-06"


def test_an_undated_rule_for_everybody_is_not_pending_where_the_code_has_its_own() -> None:
    events = (change("visa-free", "2016-08-01"), change("visa-required", None, "*"))
    assert on("2024-01-01", *events).pending is None
    assert on("2024-01-01", *events, nationality="PE").pending is not None


def test_an_immediate_change_counts_from_its_announcement() -> None:
    event = change("entry-ban", announced_on="2020-03-16", effective_basis="immediate")
    assert on("2020-03-15", event).regime == "unknown"
    found = on("2020-03-16", event)
    assert (found.regime, found.requires, found.since) == (
        "entry-ban",
        "not-admitted",
        "2020-03-16",
    )


def test_an_imprecise_start_counts_from_its_first_day_and_is_approximate_to_its_last() -> None:
    event = change("visa-free", "2016-08")
    assert on("2016-07-31", event).regime == "unknown"
    assert (on("2016-08-01", event).regime, on("2016-08-01", event).approximate) == (
        "visa-free", True,
    )  # fmt: skip
    assert on("2016-08-31", event).approximate
    later = on("2016-09-01", event)
    assert (later.approximate, later.since) == (False, "2016-08")


def test_a_start_some_time_before_a_day_is_only_certain_from_that_day() -> None:
    event = change("visa-free", "../2016-08-31")
    assert on("2016-08-30", event).regime == "unknown"
    assert (on("2016-08-31", event).regime, on("2016-08-31", event).approximate) == (
        "visa-free", False,
    )  # fmt: skip


def test_after_the_last_day_of_a_change_what_held_before_holds_again() -> None:
    events = (
        change("visa-free", "2016-08-01"),
        change("entry-ban", "2020-03-16", effective_to="2020-06-30"),
    )
    last = on("2020-06-30", *events)
    assert (last.regime, last.until) == ("entry-ban", date(2020, 6, 30))
    again = on("2020-07-01", *events)
    assert (again.regime, again.since, again.decided_by) == ("visa-free", "2016-08-01", event_id(1))


def test_an_imprecise_end_is_approximate_from_its_first_day() -> None:
    event = change("entry-ban", "2020-03-16", effective_to="2020-06")
    assert not on("2020-05-31", event).approximate
    assert on("2020-06-15", event).approximate
    assert on("2020-07-01", event).regime == "unknown"


def test_among_equal_starts_the_later_announcement_decides_and_then_the_later_position() -> None:
    announced = (
        change("e-visa", "2024-07-01", announced_on="2024-06-01"),
        change("visa-required", "2024-07-01", announced_on="2024-05-01"),
        change("eta", "2024-07-01"),
    )
    found = on("2024-07-01", *announced)
    assert (found.regime, found.overrode) == ("e-visa", (event_id(2), event_id(3)))
    positions = (change("e-visa", "2024-07-01"), change("visa-required", "2024-07-01"))
    tied = on("2024-07-01", *positions)
    assert (tied.regime, tied.disputed) == ("visa-required", True)


def test_a_change_superseded_by_a_later_start_is_no_dispute() -> None:
    found = on("2024-08-01", change("eta", "2024-05-01"), change("e-visa", "2024-07-01"))
    assert (found.regime, found.disputed, found.observed) == ("e-visa", False, None)


def test_a_change_for_some_people_is_listed_beside_and_sets_nothing() -> None:
    event = change("entry-ban", "2024-01-01", limits={"category": "sanctioned officials"})
    found = on("2024-02-01", change("visa-free", "2016-08-01"), event)
    assert (found.regime, found.disputed) == ("visa-free", False)
    (listed,) = found.category_changes
    assert (listed.category, listed.regime, listed.since) == (
        "sanctioned officials", "entry-ban", "2024-01-01",
    )  # fmt: skip


def test_a_fact_that_names_no_passport_or_purpose_matches_all_and_the_answer_says_so() -> None:
    loose = change("visa-free", "2016-08-01")
    exact: dict[str, Any] = {"passport_type": "ordinary", "purpose": "tourism"}
    assert on("2020-01-01", loose).rests_on_unspecified
    assert not on("2020-01-01", change("eta", "2016-08-01", limits=exact)).rests_on_unspecified
    diplomats = change("eta", "2016-08-01", limits={"passport_type": "diplomatic"})
    assert on("2020-01-01", diplomats).regime == "unknown"
    asked = answer(
        facts(diplomats), Cell("EC", "CN", "diplomatic"), date(2020, 1, 1), Known(HEAD_OF_LOG)
    )
    assert asked.regime == "eta"


def test_a_proposal_decides_nothing_and_replaces_nothing() -> None:
    proposed = PolicyProposed(
        jurisdiction="EC", kind="entry", effective_from="2024-01-01",
        replaces=(event_id(1),), rule=rule("visa-required"),
    )  # fmt: skip
    found = on("2024-06-01", change("visa-free", "2016-08-01"), proposed)
    assert (found.regime, found.replaced, found.pending) == ("visa-free", (), None)


def test_one_event_for_several_nationalities_answers_each_of_them_once() -> None:
    event = change("visa-free", "2016-08-01", "DE", "EU", "Schengen", "*")
    found = on("2020-01-01", event, nationality="DE")
    assert (found.level, found.overrode, found.disputed) == ("code", (), False)
    assert on("2020-01-01", event, nationality="FR").via == "Schengen"
    assert on("2020-01-01", event, nationality="PE").via == "*"
