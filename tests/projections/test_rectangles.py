"""Rectangles of days × positions: what holds of them whatever the facts are."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings

from projections.rectangles import KEY, PastRuleSpan, RuleSpan, key_of
from projections.rows import getter
from projections.spans import OPEN, derived, rank
from projections.views.entry_rules import VIEW, EntryFact
from tests.projections.folding import change, correction, folded, observation, retraction
from tests.projections.test_regimes_hold import DAYS, events
from tracker.domain.base import Event

EXAMPLES = settings(max_examples=200, deadline=None)
Key = tuple[str, ...]


def known_at(log: list[Event | None], position: int) -> dict[Key, list[RuleSpan | PastRuleSpan]]:
    """The spans of each key as the whole log says they were known at a position."""
    rows = folded(VIEW, log)
    then: dict[Key, list[RuleSpan | PastRuleSpan]] = {}
    spans: Iterable[RuleSpan | PastRuleSpan] = (*rows.of(RuleSpan), *rows.of(PastRuleSpan))
    for span in spans:
        ended = isinstance(span, PastRuleSpan) and span.known_to <= position
        if span.known_from <= position and not ended:
            then.setdefault(getter(KEY)(span), []).append(span)
    return {key: sorted(found, key=lambda s: s.valid_from) for key, found in then.items()}


def standing(log: list[Event | None], position: int) -> dict[Key, list[EntryFact]]:
    """The facts of each key that stand after the events up to a position."""
    found: dict[Key, list[EntryFact]] = {}
    for fact in folded(VIEW, log[:position]).of(EntryFact):
        if fact.known_to is None and fact.category is None and fact.starts:
            found.setdefault(key_of(fact), []).append(fact)
    return found


@EXAMPLES
@given(events())
def test_the_spans_of_a_key_leave_no_hole_and_never_overlap_at_any_position(
    log: list[Event | None],
) -> None:
    for position in range(len(log) + 1):
        for spans in known_at(log, position).values():
            for earlier, later in pairwise(spans):
                assert earlier.valid_to == later.valid_from
                assert earlier.position != later.position
            assert spans[-1].valid_to == OPEN
            assert spans[0].position > 0


@EXAMPLES
@given(events())
def test_what_is_altered_event_by_event_is_what_is_derived_from_the_facts_that_stand(
    log: list[Event | None],
) -> None:
    for position in range(len(log) + 1):
        expected = {key: derived(facts) for key, facts in standing(log, position).items()}
        expected = {key: spans for key, spans in expected.items() if spans}
        found = known_at(log, position)
        assert {
            key: [(s.valid_from, s.valid_to, s.regime, *rank(s)) for s in spans]
            for key, spans in found.items()
        } == {
            key: [
                (s.start, s.stop, s.fact.regime if s.fact else "-", *rank(s.fact))
                for s in spans
            ]
            for key, spans in expected.items()
        }  # fmt: skip


@EXAMPLES
@given(events(), DAYS)
def test_on_each_day_the_fact_of_the_highest_rank_that_covers_it_decides(
    log: list[Event | None], day: date
) -> None:
    now = known_at(log, len(log))
    for key, facts in standing(log, len(log)).items():
        covering = [
            f for f in facts if f.starts and f.starts <= day and (f.ends is None or day <= f.ends)
        ]
        best = max(covering, key=rank, default=None)
        here = [s for s in now.get(key, ()) if s.valid_from <= day < s.valid_to]
        assert (here[0].position if here else 0) == (best.position if best else 0)


@EXAMPLES
@given(events())
def test_no_rectangle_is_empty(log: list[Event | None]) -> None:
    rows = folded(VIEW, log)
    assert all(r.known_from < r.known_to for r in rows.of(PastRuleSpan))
    spans = (*rows.of(RuleSpan), *rows.of(PastRuleSpan))
    assert all(r.valid_from < r.valid_to for r in spans)


def days(*log: Event) -> list[tuple[str, str | None, int, str | None]]:
    """From, until, known from and regime of each span now."""
    return [
        (str(r.valid_from), str(r.valid_to - timedelta(days=1)) if r.valid_to < OPEN else None,
         r.known_from, r.regime)
        for r in folded(VIEW, log).of(RuleSpan)
    ]  # fmt: skip


def test_a_new_fact_alters_the_span_that_it_ends_and_adds_its_own() -> None:
    log = (change("visa-free", "2016-08-01"), change("eta", "2024-07-01"))
    assert days(*log) == [
        ("2016-08-01", "2024-06-30", 2, "visa-free"), ("2024-07-01", None, 2, "eta"),
    ]  # fmt: skip
    (past,) = folded(VIEW, log).of(PastRuleSpan)
    assert (past.valid_to, past.known_from, past.known_to) == (OPEN, 1, 2)


def test_after_a_fact_that_ends_what_held_before_holds_again_and_else_there_is_a_gap() -> None:
    ban = change("entry-ban", "2020-03-16", effective_to="2020-06-30")
    assert days(ban) == [
        ("2020-03-16", "2020-06-30", 1, "entry-ban"), ("2020-07-01", None, 1, "-"),
    ]  # fmt: skip
    assert days(ban, change("visa-free", "2016-08-01")) == [
        ("2016-08-01", "2020-03-15", 2, "visa-free"),
        ("2020-03-16", "2020-06-30", 1, "entry-ban"),
        ("2020-07-01", None, 2, "visa-free"),
    ]


def test_a_correction_that_states_the_same_days_and_regime_opens_no_rectangle() -> None:
    free = change("visa-free", "2016-08-01")
    reworded = correction(1, change("visa-free", "2016-08-01", note="Clearer."))
    assert days(free, reworded) == days(free)


def test_a_retracted_fact_gives_back_its_days() -> None:
    log = (change("visa-free", "2016-08-01"), change("eta", "2024-07-01"), retraction(2))
    assert days(*log) == [("2016-08-01", None, 3, "visa-free")]
    assert days(change("eta", "2024"), retraction(1)) == []


def test_changes_and_observations_keys_and_passports_have_spans_of_their_own() -> None:
    rows = folded(
        VIEW,
        (
            change("visa-free", "2016", "CN", "EU"),
            observation("eta", "2024-01-01"),
            change("e-visa", "2020", limits={"passport_type": "diplomatic"}),
            change("entry-ban", "2020", limits={"category": "officials"}),
        ),
    ).of(RuleSpan)
    assert [(r.nationality, r.passport_type, r.kind, r.position) for r in rows] == [
        ("CN", "diplomatic", "change", 3),
        ("CN", "unspecified", "change", 1),
        ("CN", "unspecified", "observation", 2),
        ("EU", "unspecified", "change", 1),
    ]
