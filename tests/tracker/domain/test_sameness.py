"""Which facts say the same, and which only look alike."""

from typing import Any

import pytest

from tracker.domain.catalog import fact_from
from tracker.domain.sameness import bucket, same

RULE = {"nationalities": ["CN"], "regime": "visa-free-suspended"}
POLICY = {"jurisdiction": "EC", "action": "suspended", "rule": RULE}
SAID = {"speaker": "Lin Jian", "verbatim": "verbatim", "text": "we follow the matter closely"}
FIGURE = {"metric": "entries", "comparator": "~", "value": "50000", "geography": "EC"}
ATTACK = {"incident_type": "robbery", "place": {"country": "EC", "name": "near Quito"}}


@pytest.mark.parametrize(
    ("kind", "fields", "one", "other", "alike"),
    [
        ("policy", POLICY, {"effective_from": "2024-07-01"}, {"effective_from": "2024-07"}, True),
        ("policy", POLICY, {"effective_from": "2024-07-01"}, {}, True),
        ("policy", POLICY, {"effective_from": "2024-07-01"}, {"effective_from": "2024-08"}, False),
        ("policy", POLICY, {}, {"rule": {**RULE, "nationalities": ["CN", "HK"]}}, False),
        ("policy", POLICY, {}, {"action": "introduced"}, False),
        ("policy", {**POLICY, "rule": None, "kind": "other"}, {"title": "Exit tax"},
         {"title": "The exit tax"}, True),
        ("policy", {**POLICY, "rule": None, "kind": "other"}, {"title": "Exit tax"},
         {"title": "Curfew"}, False),
        ("statement", SAID, {"said_on": "2024-05-21"}, {"text": "We follow the matter"}, True),
        ("statement", SAID, {"said_on": "2024-05-21"}, {"said_on": "2024-05-22"}, False),
        ("statement", SAID, {}, {"text": "nothing of the kind was said"}, False),
        ("statement", SAID, {}, {"speaker": "Mao Ning"}, False),
        ("statistic", FIGURE, {"period": "2023"}, {"period": "2023"}, True),
        ("statistic", FIGURE, {"period": "2023"}, {"period": "2022"}, False),
        ("statistic", FIGURE, {}, {"value": "66000"}, False),
        ("incident", ATTACK, {"occurred": "2024-05-01"}, {"occurred": "2024-05-03"}, True),
        ("incident", ATTACK, {"occurred": "2024-05-01"}, {"occurred": "2024-05-09"}, False),
        ("incident", ATTACK, {"occurred": "2024-05-01"}, {"occurred": "2024"}, False),
        ("incident", ATTACK, {"occurred": "2024-05-01"},
         {"occurred": "2024-05-01", "place": {"country": "EC", "name": "Guayaquil"}}, False),
    ],
)  # fmt: skip
def test_two_facts_say_the_same_where_all_that_both_say_fits(
    kind: str, fields: dict[str, Any], one: dict[str, Any], other: dict[str, Any], alike: bool
) -> None:
    made = [{k: v for k, v in {**fields, **more}.items() if v} for more in (one, other)]
    first, second = (fact_from(kind, each) for each in made)
    key = bucket(first)

    assert key is not None
    found = same(first, second) if key == bucket(second) else None
    assert (found is not None) == alike


def test_what_has_nothing_to_be_told_by_is_compared_with_nothing() -> None:
    claim = fact_from("claim", {"kind": "driver", "text": "x"})
    undated = fact_from("incident", ATTACK)

    assert bucket(claim) is None
    assert bucket(undated) is None
    assert same(claim, claim) is None
