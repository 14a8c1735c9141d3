"""What a fact says now, and what a patch of it would say."""

from typing import Any

import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st

from tests.tracker.domain.corrections import (
    FACT,
    RETRACTED,
    RULE,
    TYPING,
    change,
    earlier,
    fact_of,
)  # fmt: skip
from tests.tracker.domain.strategies import struct
from tests.tracker.domain.telling import past, received, uid
from tracker.domain.catalog import FACTS
from tracker.domain.correcting import correction, patched
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import Refused
from tracker.domain.fact import Fact
from tracker.domain.incident import IncidentReported
from tracker.domain.policy import PolicyChanged
from tracker.domain.standing import latest
from tracker.domain.statistic import StatisticPublished


def test_the_latest_correction_counts_and_a_retraction_ends_it() -> None:
    first, second = earlier(change(title="First")), earlier(change(title="Second"))
    log = past(change(), first, second, RETRACTED)

    assert latest(log[0], []) == change()
    assert latest(log[0], log[1:3]) == fact_of(second)
    assert latest(log[0], log[1:]) is None
    assert latest(log[1], []) is None
    assert latest(past(received())[0], []) is None
    assert latest(log[0], past(PayloadErased(legal_basis="x", targets=(FACT,)))) is None
    other = msgspec.structs.replace(second, target=uid(9))
    assert latest(log[0], past(change(), other)) == change()


@pytest.mark.parametrize(
    ("patch", "after"),
    [
        ({"title": "T"}, change(title="T", note="n")),
        ({"note": None}, change()),
        ({"rule": {"max_stay_days": 90}}, change(
            note="n", rule=msgspec.structs.replace(RULE, max_stay_days=90))),
        ({"rule": None}, change(note="n", rule=None)),
        ({"replaces": [uid(3)]}, change(note="n", replaces=(uid(3),))),
    ],
)  # fmt: skip
def test_a_patch_says_only_what_changes(patch: dict[str, Any], after: Fact) -> None:
    assert patched(change(note="n"), patch) == after


def test_a_patch_may_begin_a_nested_value_and_names_the_field_that_is_wrong() -> None:
    report = IncidentReported(incident_type="killing", first_hand="x")

    made: Any = patched(report, {"killed": {"best": 2, "low": None}})

    assert (made.killed.best, made.killed.low) == (2, None)
    with pytest.raises(Refused, match=r"^killed.best: Expected"):
        patched(report, {"killed": {"best": "two"}})


def test_a_correction_is_made_of_the_whole_fact_of_changes_or_of_both() -> None:
    target, *after = past(change(), earlier(change(title="First", note="n")))
    whole = {"jurisdiction": "PE", "kind": "exit", "action": "amended", "first_hand": "x"}

    def made(**more: Any) -> PolicyChanged:
        fact = correction(target, after, TYPING, **more).replacement
        assert isinstance(fact, PolicyChanged)
        return fact

    assert made(changes={"note": None}).title == "First"
    assert made(fact=whole).jurisdiction == "PE"
    assert made(fact=whole, changes={"title": "T"}).title == "T"
    with pytest.raises(Refused, match="give the whole fact, or what changes"):
        made()
    figure = StatisticPublished(metric="border-entries", comparator="=", value="1", first_hand="x")
    with pytest.raises(Refused, match="unknown field"):
        correction(past(figure)[0], [], TYPING, fact=whole)


@hypothesis.given(st.sampled_from(tuple(FACTS.values())).flatmap(struct))
def test_a_patch_of_nothing_leaves_every_kind_of_fact_as_it_is(fact: Fact) -> None:
    assert patched(fact, {}) == fact
