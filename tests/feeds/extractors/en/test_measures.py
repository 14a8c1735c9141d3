"""Acts of states on who may enter or leave, and what only looks like one."""

from typing import Any

import pytest

from tests.feeds.extractors.en.paper import fact, proposed


def act(found: dict[str, Any]) -> tuple[Any, ...]:
    """Whose act, what it is, and whom it concerns."""
    rule: dict[str, Any] = found.get("rule") or {}
    return (
        found["jurisdiction"],
        found["title"],
        found["action"],
        rule.get("regime"),
        rule.get("nationalities"),
        rule.get("category"),
    )


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Peru bars citizens of Haiti, Cuba and Chad from entering the country.",
            ("PE", "Entry ban", "introduced", "entry-ban", ["HT", "CU", "TD"], None),
        ),
        (
            "The government of Peru imposed an entry ban on Haitian nationals.",
            ("PE", "Entry ban", "introduced", "entry-ban", ["HT"], None),
        ),
        (
            "Peru lifted its travel ban on Cuban nationals.",
            ("PE", "Entry ban lifted", "repealed", None, None, None),
        ),
        (
            "Peru suspended visa-free entry for Chinese students from July 1.",
            (
                "PE", "Visa-free entry suspended", "suspended", "visa-free-suspended", ["CN"],
                "Chinese students",
            ),
        ),
        (
            "Peru revoked all visas of Cuban passport holders.",
            ("PE", "Visas revoked", "introduced", "conditional", ["CU"], "holders of visas"),
        ),
        (
            "Peru imposes visa restrictions on Cuban officials.",
            ("PE", "Visa restrictions", "introduced", "conditional", ["CU"], "Cuban officials"),
        ),
        (
            "Peru has suspended its refugee resettlement programme.",
            ("PE", "Programme suspended", "suspended", None, None, None),
        ),
        (
            "Peru resumed visa processing on Monday.",
            ("PE", "Programme resumed", "reinstated", None, None, None),
        ),
        (
            "Peru will allow nationals of Cuba and Haiti to enter without a visa.",
            ("PE", "Visa-free entry", "introduced", "visa-free", ["CU", "HT"], None),
        ),
        (
            "Peru raised its visa fees for tourists.",
            ("PE", "Fee changed", "amended", None, None, None),
        ),
        (
            "Peru closed its border with Chile.",
            ("PE", "Border closed", "introduced", None, None, None),
        ),
        (
            "Peru reintroduced border controls.",
            ("PE", "Border checks", "introduced", None, None, None),
        ),
        (
            "Peru's president signed a decree that tightens immigration.",
            ("PE", "New rules", "introduced", None, None, None),
        ),
    ],
)  # fmt: skip
def test_an_act_has_a_state_a_title_and_those_concerned(
    sentence: str, expected: tuple[Any, ...]
) -> None:
    assert act(fact(sentence, "policy")) == expected


def test_a_state_may_keep_its_own_people_from_going_somewhere() -> None:
    found = fact("Peru bans its citizens from travelling to Chile.", "policy")
    assert (found["jurisdiction"], found["kind"]) == ("CL", "exit")


def test_what_is_only_planned_is_proposed() -> None:
    found = proposed("Peru plans to ban Cuban nationals from entering the country.", "policy")
    assert [d.fact_type for d in found] == ["policy-proposed"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Peru banned imports of Chilean beef from entering the country.",
        "FIFA banned Cuban nationals from entering the stadium in Peru.",
        "Peru may ban Cuban nationals from entering the country.",
        "Lawyers urged Peru to ban Cuban nationals from entering the country.",
        "A court ruled against the order in which Peru bars Cuban nationals from entering.",
        "Peru blocked two British MPs from entering the country.",
        "Peru ended its visa-free regime for 30 Chinese nationals accused of fraud.",
        "Peru bans smoking for visitors in parks.",
        "Peru warned its citizens against travel to Chile, where visas are revoked.",
        "Did Peru ban Cuban nationals from entering the country?",
        "The club banned Chilean supporters from its stadium.",
        "Peru has never closed its border with Chile.",
    ],
)
def test_what_only_looks_like_an_act_is_left_alone(sentence: str) -> None:
    assert not proposed(sentence, "policy")
