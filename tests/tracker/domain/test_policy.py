"""Policies: what an analyst may say against what follows from a change, and what one replaces."""

from datetime import date

import pytest

from tests.tracker.domain.telling import uid
from tests.tracker.domain.test_fact import change, recorded
from tracker.domain.correction import FactCorrected, Reason
from tracker.domain.errors import NotFound, Refused
from tracker.domain.groups import members
from tracker.domain.policy import EntryRule, PolicyChanged


def test_direction_and_severity_are_overridden_with_a_reason() -> None:
    fact = change(policy=uid(7), direction="looser", severity=1, override_reason="transit ends too")

    said = recorded(fact, change(policy=uid(7), first_hand="x"))

    assert isinstance(said, PolicyChanged)
    assert (said.direction, said.severity, said.override_reason) == (
        "looser",
        1,
        "transit ends too",
    )


def test_a_correction_is_not_what_a_policy_replaces() -> None:
    corrected = FactCorrected(
        target=uid(9), target_position=9, fact_type="policy-changed", fact={},
        reason=Reason("other", "why"), same_tags=(f"policy:{uid(7)}",),
    )  # fmt: skip

    with pytest.raises(NotFound, match="no policy event"):
        recorded(change(policy=uid(7), replaces=(uid(1002),)), corrected)


def test_an_act_of_a_union_concerns_whoever_is_a_member_on_its_day() -> None:
    fact = change(jurisdiction="eu", title="Visa fee", effective_from="2020-01-31")

    said = recorded(fact)

    assert isinstance(said, PolicyChanged)
    assert said.jurisdiction == "EU"
    assert "GB" in said.facets().countries
    left = change(jurisdiction="EU", effective_from="2020-02-01")
    assert "GB" not in left.facets().countries
    assert len(left.facets().countries) == 27
    undated = change(jurisdiction="EU", effective_from=None, effective_basis="unknown")
    assert undated.facets().countries == members("EU", date(2026, 1, 1))


def test_the_rule_of_entry_is_a_countrys_and_not_a_unions() -> None:
    rule = EntryRule(nationalities=("VU",), regime="visa-required")
    with pytest.raises(Refused, match="rule: name the country whose rule it is, not EU"):
        recorded(change(jurisdiction="EU", rule=rule))


def test_a_group_that_makes_no_rules_has_no_policies() -> None:
    with pytest.raises(Refused, match="jurisdiction"):
        recorded(change(jurisdiction="ASEAN"))
