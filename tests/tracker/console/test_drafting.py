"""The form of a proposed fact is made from its type and read back without a loss."""

from typing import Any

import pytest

from tracker.console.drafting import edited, form_of
from tracker.domain.catalog import FACTS
from tracker.domain.errors import Refused

PROPOSED: dict[str, Any] = {
    "jurisdiction": "EC",
    "kind": "entry",
    "action": "suspended",
    "effective_from": "2024-07-01",
    "rule": {"nationalities": ["CN", "VN"], "regime": "visa-free-suspended"},
    "citations": [{"document": "d", "quote": "q"}],
}


def sent(**changes: str) -> dict[str, str]:
    """What a browser sends of the untouched form, with changes by path (`__` for a dot)."""
    shown = {f"field.{f.path}": f.value for f in form_of("policy-changed", PROPOSED)}
    return shown | {f"field.{k.replace('__', '.')}": v for k, v in changes.items()}


def test_an_untouched_form_is_no_edit() -> None:
    assert edited("policy-changed", PROPOSED, sent()) is None
    assert edited("policy-changed", PROPOSED, {}) is None


def test_a_change_keeps_all_that_the_form_does_not_ask() -> None:
    found = edited("policy-changed", PROPOSED, sent(rule__nationalities="CN", title="A decree"))
    rule = {"nationalities": ["CN"], "regime": "visa-free-suspended"}
    assert found == {**PROPOSED, "rule": rule, "title": "A decree"}


def test_emptying_a_field_takes_it_out() -> None:
    found = edited("policy-changed", PROPOSED, sent(effective_from=" "))
    assert found == {k: v for k, v in PROPOSED.items() if k != "effective_from"}


def test_a_number_must_be_one() -> None:
    with pytest.raises(Refused, match=r"rule\.max_stay_days: 'many' is not a whole number"):
        edited("policy-changed", PROPOSED, sent(rule__max_stay_days="many"))


@pytest.mark.parametrize("name", FACTS)
def test_every_kind_of_fact_has_a_form(name: str) -> None:
    fields = form_of(name, {})
    assert len({f.path for f in fields}) == len(fields) > 3
    assert all(f.shape != "choice" or f.choices for f in fields)
    assert not any(f.path.startswith("citations") for f in fields)


def test_a_number_or_a_yes_that_is_chosen_is_read_as_one() -> None:
    sent_with = {"field.severity": "4", "field.direction": "tighter"}
    found = edited("policy-changed", PROPOSED, sent_with)
    assert found == {**PROPOSED, "severity": 4, "direction": "tighter"}

    incident = {"incident_type": "extortion", "pattern": False, "killed": {"best": 0}}
    said = {"field.pattern": "yes", "field.place.country": "CO", "field.killed.best": "2"}
    assert edited("incident-reported", incident, said) == {
        "incident_type": "extortion", "pattern": True, "killed": {"best": 2},
        "place": {"country": "CO"},
    }  # fmt: skip


def test_the_legs_of_a_route_are_kept_and_not_asked() -> None:
    claim = {"kind": "route", "text": "By land.", "legs": [{"to_country": "EC"}]}
    paths = {field.path for field in form_of("claim-made", claim)}
    assert not any(path.startswith("legs") for path in paths)
    found = edited("claim-made", claim, {"field.text": "By air."})
    assert found == {**claim, "text": "By air."}
