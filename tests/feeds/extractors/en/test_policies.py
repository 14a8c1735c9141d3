"""Entry rules are read where a text asserts or describes them, and nowhere else."""

from typing import Any

import pytest

from tests.feeds.extractors.en.paper import fact, origins, proposed


def key(found: dict[str, Any]) -> tuple[str, list[str], str]:
    """Destination, nationalities and regime of a fact."""
    return found["jurisdiction"], found["rule"]["nationalities"], found["rule"]["regime"]


def test_a_suspension_has_regime_effect_and_issuer() -> None:
    change = fact(
        "Officials in Bolivia suspended visa-free entry for Nepalese citizens starting July 1.",
        "policy",
    )
    assert key(change) == ("BO", ["NP"], "visa-free-suspended")
    assert (change["action"], change["effective_from"]) == ("suspended", "2024-07-01")
    assert (change["effective_basis"], change["issuer"]) == ("stated", "Bolivia's officials")
    assert "announced_on" not in change
    assert change["citations"][0]["attribution"][-1]["official"] is True


def test_a_dated_statement_of_the_issuer_dates_the_announcement() -> None:
    change = fact(
        "Authorities in Bolivia have suspended visa-free entry to Nepalese nationals from July 1.\n\n"
        "Bolivia's Ministry of Foreign Affairs said it was suspending visa-free entry for Nepalese "
        'nationals.\n\n"There was no other way open to us now," the ministry said in a June 17 '
        "statement.",
        "policy",
    )
    assert change["announced_on"] == "2024-06-17"
    assert change["issuer"] == "Bolivia's Ministry of Foreign Affairs"
    assert set(origins(change)) == {"Bolivia's Ministry of Foreign Affairs"}
    assert change["citations"][0]["attribution"][-1]["basis"] == "inferred"


def test_a_dated_statement_of_somebody_else_does_not() -> None:
    change = fact(
        "Bolivia's government said it was suspending visa-free entry for Nepalese nationals from "
        'July 1.\n\n"We regret this unfriendly step very much," Nepal\'s foreign ministry said in a '
        "June 17 statement.",
        "policy",
    )
    assert "announced_on" not in change


def test_a_day_before_publication_is_the_announcement_and_one_after_it_the_effect() -> None:
    change = fact(
        "On Monday, Brazil reinstated visa requirements for citizens of the United States, Canada "
        "and Australia, effective April 10, 2025.",
        "policy",
    )
    assert key(change) == ("BR", ["US", "CA", "AU"], "visa-required")
    assert (change["action"], change["announced_on"]) == ("reinstated", "2024-06-17")
    assert change["effective_from"] == "2025-04-10"


def test_the_next_sentence_may_give_the_date_of_effect_and_is_cited_for_it() -> None:
    change = fact(
        "Visa-free travel for Haitian citizens will be suspended by Suriname. The measure takes "
        "effect on August 3.",
        "policy",
    )
    assert key(change) == ("SR", ["HT"], "visa-free-suspended")
    assert change["effective_from"] == "2024-08-03"
    assert len(change["citations"]) == 2


def test_immediate_effect_needs_an_announcement() -> None:
    change = fact(
        "Kenya on Tuesday scrapped its visa requirement for Ghanaian nationals with immediate "
        "effect.",
        "policy",
    )
    assert key(change) == ("KE", ["GH"], "visa-free")
    assert (change["effective_basis"], change["announced_on"]) == ("immediate", "2024-06-18")


def test_a_waiver_may_have_a_last_day_a_stay_and_a_kind_of_passport() -> None:
    change = fact(
        "Thailand will waive visa requirements for holders of ordinary Indian passports until "
        "November 30, for stays of up to 60 days.",
        "policy",
    )
    assert key(change) == ("TH", ["IN"], "visa-free")
    assert change["effective_to"] == "2024-11-30"
    assert change["rule"]["passport_type"] == "ordinary"
    assert change["rule"]["max_stay_days"] == 60


def test_in_place_since_is_an_introduction_without_announcement() -> None:
    since = [
        d.fact
        for d in proposed(
            "Peru is suspending visa-free entry for Omani nationals from July 1.\n\n"
            "Oman's foreign ministry said the visa-free arrangement had been in place since March "
            "2011.",
            "policy",
        )
        if d.rule == "in-place-since"
    ]
    assert [key(s) for s in since] == [("PE", ["OM"], "visa-free")]
    assert (since[0]["action"], since[0]["effective_from"]) == ("introduced", "2011-03")
    assert "announced_on" not in since[0]
    assert origins(since[0]) == ["Oman's foreign ministry"]
    # Oman does not issue the rules of Peru.
    assert not since[0]["citations"][0]["attribution"][-1].get("official")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Chile does not currently impose any sort of visa requirement on Omani citizens.",
            ("CL", ["OM"], "visa-free"),
        ),
        (
            "Chile is a place of its own. The country's visa-free policy for bearers of Omani "
            "passports draws many.",
            ("CL", ["OM"], "visa-free"),
        ),
        ("Omani nationals do not need a visa to enter Chile.", ("CL", ["OM"], "visa-free")),
        ("Omani nationals may visit Chile without a visa.", ("CL", ["OM"], "visa-free")),
        ("Chile requires visas of Omani nationals.", ("CL", ["OM"], "visa-required")),
    ],
)
def test_a_described_state_is_observed_on_the_day_of_publication(
    sentence: str, expected: tuple[str, list[str], str]
) -> None:
    state = fact(sentence, "policy-observed")
    assert key(state) == expected
    assert state["observed_on"] == "2024-06-19"


NOT_A_RULE = [
    "Peru is considering suspending visa-free entry for Chinese nationals.",
    "Peru may suspend visa-free entry for Chinese nationals from July 1.",
    "Peru did not suspend visa-free entry for Chinese nationals.",
    "Ecuador's ambassador urged Peru to suspend visa-free entry for Chinese nationals.",
    "Will Peru suspend visa-free entry for Chinese nationals?",
    "The president has pledged to reinstate visa requirements for Chinese nationals.",
    "Peru ended its visa-free regime for 30 Chinese nationals accused of fraud.",
    '"We are suspending visa-free entry for Chinese nationals," the minister said.',
    "Visa-free entry for Chinese nationals has been suspended.",
    "Russia and China abolished visas for each other's citizens.",
    "Georgia suspended visa-free entry for Chinese nationals from July 1.",
    "In 2015, Peru did not require visas from Chinese nationals.",
    "Peru's former visa-free policy for Chinese nationals was popular.",
    "Chinese nationals who hold a U.S. visa do not need a visa to enter Mexico.",
    "Peru ends visa-free entry for Chinese nationals",
    "WATCH: Peru suspends visa-free entry for Chinese nationals.",
    "A sign says Peru suspended visa-free entry for Chinese nationals. (Reuters)",
]


@pytest.mark.parametrize("sentence", NOT_A_RULE)
def test_what_is_no_rule_of_a_whole_nationality_is_left_alone(sentence: str) -> None:
    assert not proposed(sentence, "policy")


def test_a_headline_alone_proposes_nothing() -> None:
    title = "Peru suspends visa-free entry for Chinese nationals."
    assert not proposed("Nobody was surprised.", title=title)


def test_a_country_that_shares_its_name_needs_a_second_word() -> None:
    body = "Georgia suspended visa-free entry for Chinese nationals from July 1."
    assert key(fact(f"{body} Tbilisi gave no reason.", "policy"))[0] == "GE"
    assert not proposed("Ann Jordan ended visa-free entry for Chinese nationals.", "policy")


def test_a_report_of_a_change_describes_no_other_state_of_the_same_rule() -> None:
    found = proposed(
        "Peru is suspending visa-free entry for Chinese nationals from July 1. The country's "
        "visa-free policy for Chinese nationals makes it a popular place.",
        "policy",
    )
    assert [d.fact_type for d in found] == ["policy-changed"]
