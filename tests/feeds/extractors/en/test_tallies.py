"""Counts of people are read however the sentence is built, and tolls and plans are not."""

from typing import Any

import pytest

from tests.feeds.extractors.en.paper import fact, proposed


def figure(found: dict[str, Any]) -> tuple[Any, ...]:
    """What a figure is compared by."""
    fields = ("metric", "geography", "population_term", "comparator", "value", "period")
    return tuple(found.get(name) for name in fields)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "In 2021 Norway resettled 3,400 refugees.",
            ("resettlements", "NO", "refugees", "=", "3400", "2021"),
        ),
        (
            "Peru deported more than 1,700 Cuban migrants last year.",
            ("removals", "PE", "Cuban migrants", ">", "1700", "2023"),
        ),
        (
            "About 2.3 million refugees live in Uganda.",
            ("migrants", "UG", "refugees", "~", "2300000", None),
        ),
        (
            "Lebanon hosts some 1.5m Syrian refugees.",
            ("migrants", "LB", "Syrian refugees", "~", "1500000", None),
        ),
        (
            "The number of refugees in the world has risen to more than 117m.",
            ("refugees", None, "refugees", ">", "117000000", None),
        ),
        (
            "Asylum applications in Cyprus fell by 12 percent to 11,600 in 2023.",
            ("asylum-applications", "CY", None, "=", "11600", "2023"),
        ),
        (
            "At least 480 migrants have drowned in the Mediterranean so far this year.",
            ("deaths", None, "migrants", ">=", "480", "2024-01/2024-06~"),
        ),
        (
            "The number of people claiming asylum in Cyprus fell by 29% to 33,960 last year.",
            (
                "asylum-applications", "CY", "people claiming asylum", "=", "33960",
                "2023",
            ),
        ),
        (
            "Nearly 60,000 visas were revoked by Chile in 2022.",
            ("visas-refused", "CL", None, "<~", "60000", "2022"),
        ),
        (
            "Net migration to Chile was 333,000 in 2015.",
            ("net-migration", "CL", None, "=", "333000", "2015"),
        ),
        (
            "Some 640 Filipino workers remain stranded at the border in Chile.",
            ("migrants", "CL", "Filipino workers", "~", "640", None),
        ),
    ],
)  # fmt: skip
def test_a_tally_says_whom_it_counts_and_what_became_of_them(
    sentence: str, expected: tuple[Any, ...]
) -> None:
    # A second sentence about the field says what the first is about.
    text = f"{sentence} The migrants crossed the border."
    assert figure(fact(text, "statistic")) == expected


def test_a_part_and_the_same_people_unnamed_are_figures_of_their_own() -> None:
    text = "In 2022 Peru expelled 4,100 Cuban migrants, including 900 children."
    whole, part = [d.fact for d in proposed(text) if d.fact_type == "statistic-published"]
    assert (whole["value"], part["value"]) == ("4100", "900")
    assert (part["metric"], part["counterpart"]) == ("removals", "CU")
    text = "In 2022 Norway resettled 3,400 refugees; other countries admitted 9,200."
    assert [d.fact["value"] for d in proposed(text)] == ["3400", "9200"]


def test_mere_people_are_those_named_before() -> None:
    text = "Peru turned away migrants at its border. It deported 4,100 people last year."
    found = fact(text, "statistic")
    assert found["population_term"] == "migrants"


def test_a_forecast_needs_a_forecaster_and_says_that_it_is_one() -> None:
    text = "Chile's migration service expects 40,000 asylum seekers to arrive in Chile in 2025."
    assert fact(text, "statistic")["basis"] == "forecast"
    assert proposed("Some 40,000 asylum seekers are expected in Chile in 2025.") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Police arrested 64 migrants in a raid on a farm in Chile.",
        "A boat carrying 120 migrants sank off Libya.",
        "A group of about 300 people entered Mexico by a border bridge.",
        "The president wants to cap the number of refugees at 18,000 in 2025.",
        "Chile plans to deport 9,000 migrants by 2026.",
        "The agency could resettle 5,000 refugees in Chile.",
        "It is a hoax that Chile deported 9,000 migrants last year.",
        "The 5,000 migrants walked towards the border with Mexico.",
        "The narcotics board arrested 285 people last month.",
        "The company sold 9,000 phones in Chile last year.",
        "The concert drew 9,000 people to Santiago in May.",
        "The visa costs 185 dollars in Chile.",
        "Chile sent 9,000 soldiers to the border last year.",
    ],
)
def test_tolls_plans_and_what_is_not_of_the_field_are_no_figures(sentence: str) -> None:
    assert [d for d in proposed(sentence) if d.fact_type == "statistic-published"] == []


@pytest.mark.parametrize(
    ("sentence", "period"),
    [
        ("Net migration to Chile rose to 51,800 in the year to June 2023.", "2022-07/2023-06"),
        (
            "Between October and March, Chile apprehended 6,500 migrants at the border.",
            "2023-10/2024-03",
        ),
    ],
)
def test_a_period_may_span_the_turn_of_a_year(sentence: str, period: str) -> None:
    assert fact(sentence, "statistic")["period"] == period


def test_a_sentence_of_nothing_but_numbers_is_a_table() -> None:
    rows = ", ".join(f"{number} migrants entered Chile" for number in range(1000, 1050))
    assert not proposed(f"In 2023, {rows}.", "statistic")
