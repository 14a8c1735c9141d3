"""What holds of every reading of entry rules, whatever the facts are."""

import random
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, get_args

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.answers import answer
from projections.histories import segment_at, segment_on, segments, timeline, transition
from projections.regimes import Cell, Known, covering, decide, see, selectors
from tests.projections.folding import (
    START,
    change,
    correction,
    corroboration,
    event_id,
    facts,
    observation,
    rejection,
    retraction,
)
from tracker.domain.base import Event
from tracker.domain.fact import Fact
from tracker.domain.policy import PolicyChanged, PolicyObserved, PolicyRejected
from tracker.domain.values import Regime

FIRST, LAST = date(2019, 11, 1), date(2020, 5, 1)
DAYS = st.dates(FIRST, LAST)
DATES = st.one_of(
    DAYS.map(str),
    DAYS.map(lambda d: str(d)[:7]),
    DAYS.map(lambda d: f"{d}~"),
    st.sampled_from(["2020", "../2020-01-15", "2020-01-20/..", "2019-12/2020-02", "0001-01-01"]),
)
REGIMES = st.sampled_from(get_args(Regime))
WHO = st.lists(st.sampled_from(["GB", "EU", "*", "FR"]), min_size=1, max_size=3)
LIMITS = st.fixed_dictionaries(
    {},
    optional={
        "max_stay_days": st.sampled_from([30, 90]),
        "passport_type": st.sampled_from(["ordinary", "diplomatic"]),
        "category": st.just("officials"),
    },
)
KNOWN_SINCE = st.one_of(st.none(), DAYS.map(str))
CELLS = (Cell("EC", "GB"), Cell("EC", "FR"), Cell("EC", "PE", "diplomatic"))


@st.composite
def changes(draw: st.DrawFn, position: int) -> PolicyChanged:
    """A change that may lack its start, end with a month, be immediate or replace what was."""
    basis = draw(st.sampled_from(["stated", "stated", "immediate", "unknown"]))
    more: dict[str, Any] = {
        "effective_basis": basis,
        "announced_on": draw(DATES if basis == "immediate" else st.none() | DATES),
        "effective_to": draw(st.none() | DATES | st.just("9999-12-31")),
        "known_since": draw(KNOWN_SINCE),
        "replaces": tuple(event_id(p) for p in draw(st.sets(st.integers(1, position), max_size=1))),
    }
    start = draw(DATES) if basis == "stated" else None
    return change(draw(REGIMES), start, *draw(WHO), limits=draw(LIMITS), **more)


@st.composite
def amendments(draw: st.DrawFn, log: list[Event | None]) -> Event | None:
    """A correction, retraction or corroboration of an earlier event; None where there is none."""
    stated = [i for i, e in enumerate(log, 1) if isinstance(e, Fact)]
    if not stated:
        return None
    target = draw(st.sampled_from(stated))
    fact = log[target - 1]
    if draw(st.booleans()):
        return retraction(target, known_since=draw(KNOWN_SINCE))
    if isinstance(fact, PolicyChanged):
        return correction(target, draw(changes(len(log) + 1)))
    if isinstance(fact, PolicyObserved):
        return correction(target, draw(observations()))
    if isinstance(fact, PolicyRejected):
        return correction(target, rejection(draw(st.integers(1, len(log)))))
    return corroboration(target, "Ministry", known_since=draw(KNOWN_SINCE))


@st.composite
def observations(draw: st.DrawFn) -> PolicyObserved:
    """What somebody saw on some day."""
    return observation(draw(REGIMES), str(draw(DAYS)), *draw(WHO), known_since=draw(KNOWN_SINCE))


@st.composite
def events(draw: st.DrawFn) -> list[Event | None]:
    """A short log of changes, observations, rejections, what amends them, and erased events."""
    log: list[Event | None] = []
    for position in range(1, draw(st.integers(0, 8)) + 1):
        kind = draw(
            st.sampled_from(
                ["change", "change", "observation", "rejection", "amendment", "bears out", "erased"]
            )
        )
        if kind == "change":
            log.append(draw(changes(position)))
        elif kind == "observation":
            log.append(draw(observations()))
        elif kind == "rejection":
            log.append(rejection(draw(st.integers(1, position)), known_since=draw(KNOWN_SINCE)))
        elif kind == "amendment":
            log.append(draw(amendments(log)))
        elif kind == "bears out":
            target = draw(st.integers(1, position))
            log.append(corroboration(target, "Ministry", known_since=draw(KNOWN_SINCE)))
        else:
            log.append(None)
    return log


@st.composite
def knowledge(draw: st.DrawFn) -> Known:
    """A reach of knowledge on either clock."""
    moment = START + timedelta(days=draw(st.integers(-1800, 1)))
    return Known(draw(st.integers(0, 8)), draw(st.none() | st.just(moment)))


@settings(max_examples=150, deadline=None)
@given(events(), knowledge(), st.sampled_from(CELLS))
def test_the_timeline_agrees_with_the_answer_on_every_day(
    log: list[Event | None], known: Known, cell: Cell
) -> None:
    rows = facts(*log)
    history = timeline(rows, cell, known)
    assert history[0].start in (None, date.min)
    for earlier, later in pairwise(history):
        assert earlier.until is not None
        assert later.start == earlier.until + timedelta(days=1)
    for day in [FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 40)]:
        segment, deciding = segment_at(history, day), decide(see(rows, cell, known), day)
        assert segment.regime == (deciding.regime if deciding else "unknown")
        assert segment.max_stay_days == (deciding.max_stay_days if deciding else None)
    for day in (FIRST, date(2020, 1, 31), date(2020, 2, 1), LAST, date.min, date(9999, 12, 30)):
        found, segment = answer(rows, cell, day, known), segment_at(history, day)
        assert (found.regime, found.max_stay_days) == (segment.regime, segment.max_stay_days)
        assert found.until == segment.until


@settings(max_examples=150, deadline=None)
@given(events(), knowledge(), st.sampled_from(CELLS))
def test_what_decides_is_the_first_of_all_that_count_on_the_day(
    log: list[Event | None], known: Known, cell: Cell
) -> None:
    sight = see(facts(*log), cell, known)

    days = [FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 40)]
    for day in (*days, date.min, date(9999, 12, 30), date.max):
        changes, seen = (covering(f, cell, day) for f in (sight.changes, sight.standalone))
        assert decide(sight, day) == next(iter((*changes, *seen)), None)


@settings(max_examples=150, deadline=None)
@given(events(), knowledge(), DAYS, st.sampled_from(CELLS), st.randoms(use_true_random=False))
def test_the_order_of_the_facts_does_not_matter(
    log: list[Event | None], known: Known, day: date, cell: Cell, shuffle: random.Random
) -> None:
    rows = facts(*log)
    shuffled = list(rows)
    shuffle.shuffle(shuffled)
    assert answer(shuffled, cell, day, known) == answer(rows, cell, day, known)
    assert timeline(shuffled, cell, known) == timeline(rows, cell, known)
    wanted = [r for r in rows if r.nationality in selectors(cell.nationality)]
    assert answer(wanted, cell, day, known) == answer(rows, cell, day, known)


@settings(max_examples=150, deadline=None)
@given(events(), DAYS, st.sampled_from(CELLS))
def test_what_decides_stands_at_that_position(
    log: list[Event | None], day: date, cell: Cell
) -> None:
    rows = facts(*log)
    for head in range(len(log) + 1):
        found = answer(rows, cell, day, Known(head))
        standing = {r.event for r in rows if r.known_from <= head < (r.known_to or head + 1)}
        assert found.decided_by is None or found.decided_by in standing
        assert not standing & set(found.replaced)


@settings(max_examples=150, deadline=None)
@given(events(), DAYS, st.sampled_from(CELLS))
def test_nothing_recorded_later_changes_an_answer_of_an_earlier_position(
    log: list[Event | None], day: date, cell: Cell
) -> None:
    whole = facts(*log)
    for head in range(len(log)):
        then = facts(*log[:head])
        assert answer(whole, cell, day, Known(head)) == answer(then, cell, day, Known(head))
        assert timeline(whole, cell, Known(head)) == timeline(then, cell, Known(head))


@settings(max_examples=150, deadline=None)
@given(events(), knowledge())
def test_no_two_versions_of_a_fact_stand_at_once_on_either_clock(
    log: list[Event | None], known: Known
) -> None:
    rows = facts(*log)
    for code in ("GB", "FR", "PE"):
        sight = see(rows, Cell("EC", code, "diplomatic"), known)
        seen = [(f.event, f.nationality) for f in (*sight.changes, *sight.observations)]
        assert len(seen) == len(set(seen))


@settings(max_examples=100, deadline=None)
@given(events(), DAYS, st.sampled_from(CELLS))
def test_a_transition_is_found_exactly_where_two_timelines_differ(
    log: list[Event | None], today: date, cell: Cell
) -> None:
    rows = facts(*log)
    histories = [timeline(rows, cell, Known(head)) for head in range(len(log) + 1)]
    for before, after in pairwise(histories):
        assert transition(before, before, today, include_first=True) is None
        found = transition(before, after, today)
        if found:
            old, new = segment_at(before, found.on), segment_at(after, found.on)
            assert (old.regime, new.regime) == (found.before, found.after)
            assert found.before != "unknown"
            assert found.on >= today


@settings(max_examples=300, deadline=None)
@given(events(), st.one_of(DAYS, st.sampled_from([date.min, date.max])), knowledge())
def test_the_segment_on_a_day_is_that_of_the_whole_timeline(
    log: list[Event | None], day: date, known: Known
) -> None:
    rows = facts(*log)
    for cell in CELLS:
        sight = see(rows, cell, known)
        whole = segment_at(segments(sight), day)
        found = segment_on(sight, day)
        assert msgspec.structs.replace(found, decided_by=None) == msgspec.structs.replace(
            whole, decided_by=None
        )
        assert whole.start is None or found.decided_by == whole.decided_by
