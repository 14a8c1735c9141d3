"""What the fold of entry rules makes of policy events."""

from datetime import date

from projections.view import Lookup
from projections.views.entry_rules import VIEW, EntryFact, RuleSpan
from tests.projections.folding import (
    START,
    change,
    cited,
    event_id,
    facts,
    observation,
    recorded,
    rejection,
)
from tracker.domain.policy import PolicyChanged
from tracker.domain.values import instant


def test_a_change_gives_one_row_for_each_nationality_that_it_names() -> None:
    rows = facts(change("visa-free", "2024-07-01", "CN", "EU", "*", "CN"))
    assert [(r.event, r.nationality) for r in rows] == [
        (event_id(1), "*"), (event_id(1), "CN"), (event_id(1), "EU"),
    ]  # fmt: skip


def test_a_row_says_what_the_fact_states_and_when_it_was_known() -> None:
    (row,) = facts(
        change(
            "visa-free-suspended", "2024-07", announced_on="2024-06-18", action="suspended",
            effective_to="2024-12", known_since="2024-06-19",
            citations=(cited("RFA", "Ministry"), cited("AP", "Ministry"), cited(document=7)),
        )
    )  # fmt: skip
    assert (row.kind, row.action, row.regime) == ("change", "suspended", "visa-free-suspended")
    assert (row.passport_type, row.purpose, row.category) == ("unspecified", "unspecified", None)
    assert (row.starts, row.starts_upper) == (date(2024, 7, 1), date(2024, 7, 31))
    assert (row.ends_lower, row.ends) == (date(2024, 12, 1), date(2024, 12, 31))
    assert (row.announced_on, row.effective_text) == (date(2024, 6, 18), "2024-07")
    assert row.known_since == instant("2024-06-19")
    assert row.origins == ("Ministry", event_id(7))


def test_a_certain_start_has_no_upper_bound_and_without_a_date_known_is_known_when_recorded() -> (
    None
):
    (row,) = facts(change("visa-free", "2024-07-01"))
    assert (row.starts, row.starts_upper, row.ends) == (date(2024, 7, 1), None, None)
    assert row.known_since == row.recorded_at > START


def test_an_approximate_day_has_itself_as_its_upper_bound() -> None:
    (row,) = facts(change("visa-free", "2024-07-01~"))
    assert (row.starts, row.starts_upper) == (date(2024, 7, 1), date(2024, 7, 1))


def test_an_observation_starts_on_its_day_whatever_else_it_says() -> None:
    (row,) = facts(observation("visa-free", "2024-05-20", effective_from="2016-08"))
    assert (row.kind, row.action) == ("observation", None)
    assert (row.starts, row.effective_text) == (date(2024, 5, 20), "2024-05-20")


def test_all_rows_of_a_replaced_event_say_since_when() -> None:
    rows = facts(
        change("visa-free", "2024-07-01", "CN", "*"),
        change("eta", "2024-09-01", replaces=(event_id(1),), known_since="2024-06-25"),
        change("e-visa", "2024-10-01", replaces=(event_id(1),), known_since="2024-06-20"),
    )
    old = [r for r in rows if r.event == event_id(1)]
    assert {r.nationality for r in old} == {"CN", "*"}
    assert {r.known_to for r in old} == {2}
    assert {r.ended_since for r in old} == {instant("2024-06-20")}


def test_a_rejection_sets_an_observation_aside_and_has_no_row_of_its_own() -> None:
    (row,) = facts(observation("eta", "2024-05-20"), rejection(1, known_since="2024-06-01"))
    assert (row.known_to, row.ended_since) == (2, instant("2024-06-01"))


def test_a_change_without_a_rule_has_no_row_but_still_replaces() -> None:
    withdrawn = PolicyChanged(
        jurisdiction="EC", kind="entry", action="withdrawn", effective_basis="unknown",
        replaces=(event_id(1),),
    )  # fmt: skip
    (row,) = facts(change("eta", "2024-07-01"), withdrawn)
    assert (row.known_to, row.ended_how) == (2, "replaced")


def test_an_erased_event_is_passed_over_and_so_is_what_replaces_it() -> None:
    (row,) = facts(None, change("eta", "2024-07-01", replaces=(event_id(1),)))
    assert (row.event, row.known_to) == (event_id(2), None)


def test_the_fold_wants_the_facts_that_are_replaced_and_the_last_span_of_its_key() -> None:
    event = change("eta", "2024-07-01", replaces=(event_id(1),))
    last = ("EC", "CN", "unspecified", "unspecified", "change", date.max)
    assert list(VIEW.wants(recorded(2, event))) == [
        Lookup(EntryFact, "event", event_id(1)),
        Lookup(RuleSpan, RuleSpan.key, last),
    ]


def test_what_was_recorded_was_known_although_its_day_is_not_over() -> None:
    (row,) = facts(change("visa-free", "2024-07-01", known_since="2024-06-25"))
    assert row.known_since == row.recorded_at < instant("2024-06-25")
