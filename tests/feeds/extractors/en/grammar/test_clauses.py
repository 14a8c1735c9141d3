"""Acts told in a clause of their own, and words that only look like one."""

from typing import Any

import pytest

from tests.feeds.extractors.en.paper import fact, proposed

DAY = {"title": "Events of 19 June 2024"}


def told(found: dict[str, Any]) -> tuple[str, str, tuple[str, ...], str | None]:
    """Whose act, what is done, to whom, and the regime that then holds."""
    rule: dict[str, Any] = found.get("rule") or {}
    return found["jurisdiction"], found["action"], tuple(rule.get("nationalities", ())), rule.get(
        "regime"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Lithuania declares that Omani citizens holding Schengen visas will be turned back at "
            "the border.",
            ("LT", "introduced", ("OM",), "entry-ban"),
        ),
        (
            "The Chilean government bans foreign nationals arriving from Oman for two weeks.",
            ("CL", "introduced", ("OM",), "entry-ban"),
        ),
        (
            "Kuwait halts all visas for Bangladeshis.",
            ("KW", "suspended", ("BD",), "conditional"),
        ),
        (
            "Citizens of Oman are now able to travel to Chile without visas.",
            ("CL", "introduced", ("OM",), "visa-free"),
        ),
        (
            "Brazil's decree exempts citizens of Oman and Japan from visas.",
            ("BR", "introduced", ("OM", "JP"), "visa-free"),
        ),
        (
            "Ecuador's president signed a decree on Monday that requires Omanis to show a passport "
            "at the border.",
            ("EC", "introduced", ("OM",), "conditional"),
        ),
        (
            "Estonia stops accepting asylum requests at its border with Russia.",
            ("EE", "suspended", ("*",), "conditional"),
        ),
        (
            "The administration of Chile said on Monday that it would allow up to 30,000 migrants "
            "a month from Cuba and Haiti to enter the country.",
            ("CL", "introduced", ("CU", "HT"), "conditional"),
        ),
        ("Finland closes all of its crossing points with Russia.", ("FI", "introduced", (), None)),
        ("The UK's new immigration rules come into force.", ("GB", "introduced", (), None)),
        ("Cuba eliminates the exit permit for its citizens.", ("CU", "repealed", (), None)),
        (
            "Chile's government decided on Monday to introduce identity checks on trains from Peru.",
            ("CL", "introduced", (), None),
        ),
        # "Said" is cut before the act here, and half of it is no aid.
        (
            "Norway's government said Friday it would close its land border to Omani tourists.",
            ("NO", "introduced", ("OM",), "conditional"),
        ),
    ],
)
def test_a_clause_tells_an_act(sentence: str, expected: tuple[Any, ...]) -> None:
    assert told(fact(f"- {sentence} (Wire)", "policy-changed", **DAY)) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "If the bill passes, Kenya would lift visa requirements for nationals of Chad.",
        "Unless talks succeed, Poland will close its border with Belarus.",
        "The Department has revoked any U.S. visas held by these individuals.",
        "The law requires Californians to show proof of insurance when they drive.",
        "New rules on the entry of goods into Northern Ireland came into force on Monday.",
        "The hotel cancels all tourist bookings until April.",
    ],
)
def test_what_is_supposed_or_of_something_else_is_no_act(sentence: str) -> None:
    assert not proposed(sentence, "policy")


def test_a_pronoun_of_an_item_is_whoever_acts_in_it_though_many_countries_are_listed() -> None:
    body = (
        "- U.S. President Donald Trump bars citizens of Chad, Haiti and Mali from entering the "
        "country. He also imposes partial restrictions on citizens from 15 other countries. (Wire)"
    )
    assert [d.fact["jurisdiction"] for d in proposed(body, "policy-changed", **DAY)] == ["US", "US"]
