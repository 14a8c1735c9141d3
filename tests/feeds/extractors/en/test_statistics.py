"""Statistics are counted people with what they did, where, when and by whose count."""

from typing import Any

import pytest

from tests.feeds.extractors.en.paper import fact, origins, proposed


def figure(found: dict[str, Any]) -> tuple[Any, ...]:
    """What a figure is compared by."""
    fields = ("metric", "geography", "counterpart", "comparator", "value", "period")
    return tuple(found.get(name) for name in fields)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Some 4,000 Omani nationals entered Chile in 2023.",
            ("border-entries", "CL", "OM", "~", "4000", "2023"),
        ),
        (
            "Since last year, a total of 6,100 Omani citizens have entered Chile.",
            ("border-entries", "CL", "OM", "=", "6100", "2023-01/2024-06~"),
        ),
        (
            "At least 2,050 Omani migrants arrived in Chile last month.",
            ("border-entries", "CL", "OM", ">=", "2050", "2024-05"),
        ),
        (
            "More than 370 Omani nationals were arrested at the U.S. southern land border in April.",
            ("border-arrests", "US", "OM", ">", "370", "2024-04"),
        ),
        (
            "Nearly 1.2 million Omani citizens left Chile between January and May 12.",
            ("border-exits", "CL", "OM", "<~", "1200000", "2024-01/2024-05-12"),
        ),
        (
            "In 2022, Panama recorded a record number of 7,400 migrants crossing the jungle.",
            ("transit-crossings", "PA", None, "=", "7400", "2022"),
        ),
        (
            "Chile received 900 asylum applications from Omani nationals in the first quarter of "
            "2024.",
            ("asylum-applications", "CL", "OM", "=", "900", "2024-01/2024-03"),
        ),
    ],
)
def test_a_count_has_metric_place_people_bound_and_period(
    sentence: str, expected: tuple[Any, ...]
) -> None:
    assert figure(fact(sentence, "statistic")) == expected


def test_a_range_and_a_vague_number_have_bounds_and_keep_the_word() -> None:
    between = fact("Between 10,000 and 12,000 Omani migrants entered Chile.", "statistic")
    assert (between["comparator"], between["lower"], between["upper"]) == (
        "range",
        "10000",
        "12000",
    )
    vague = fact("Hundreds of Omani migrants entered Chile in May.", "statistic")
    assert (vague["comparator"], vague["lower"], vague["cue"]) == (">=", "100", "Hundreds")
    assert "value" not in vague


def test_the_second_figure_of_a_sentence_counts_the_same_people() -> None:
    entered, left = (
        d.fact
        for d in proposed(
            "Chile's Ministry of the Interior keeps count. Since last year, 6,600 Omani citizens "
            "have entered Chile, but only 3,400 have left the country, according to the ministry.",
            "statistic",
        )
    )
    assert figure(entered)[:3] == ("border-entries", "CL", "OM")
    assert figure(left) == ("border-exits", "CL", "OM", "=", "3400", "2023-01/2024-06~")
    assert entered["publisher"] == left["publisher"] == "Chile's Ministry of the Interior"


def test_the_next_sentence_may_continue_the_count() -> None:
    continued = [
        d.fact
        for d in proposed(
            "More than 700 Omani nationals were arrested at the border of Chile in 2023.\n\n"
            "There were fewer in the first two months of 2024, but numbers rose to 82 in April, "
            "according to Chilean government statistics.",
            "statistic",
        )
        if d.rule == "count-continued"
    ]
    assert [figure(c) for c in continued] == [("border-arrests", "CL", "OM", "=", "82", "2024-04")]
    assert continued[0]["publisher"] == "Chile's government"


def test_a_figure_taken_from_another_outlet_has_it_as_origin() -> None:
    taken = fact(
        "The Chilean newspaper Mercurio looked at the lists. Mercurio found that about 4,000 Omani "
        "nationals entered Chile in 2023.",
        "statistic",
    )
    assert origins(taken) == ["Mercurio"]
    assert "official" not in taken["citations"][0]["attribution"][-1]


def test_an_announcement_ends_a_period_that_is_still_open() -> None:
    counted = fact(
        "In January, U.S. Border Patrol officials said 1,600 Omani nationals had been apprehended "
        "since the start of the 2024 fiscal year in October.",
        "statistic",
    )
    assert figure(counted)[1] == "US"
    assert (counted["period"], counted["basis"]) == ("2023-10/2024-01", "fiscal:US")


NO_COUNT = [
    "Tickets for Omani citizens who entered Chile cost $4,000 in 2023.",
    "About 45% of 6,600 Omani citizens have entered Chile since last year.",
    "As many as 9,000 Omani nationals could enter Chile, or would have entered Chile, next year.",
    "If 9,000 Omani nationals entered Chile in 2023, nobody saw them.",
    "Did 9,000 Omani nationals enter Chile in 2023?",
    "A party of 200 other Omani citizens travelled with him.",
    "Omani citizens aged 14 entered Chile in 2023.",
    "On June 18 Omani citizens entered a plea in Chile.",
    '"In 2023, 9,000 Omani nationals entered Chile," a driver said.',
    "Photo: 9,000 Omani nationals entered Chile in 2023.",
    "9,000 Omani nationals entered Chile in 2023. (Sample Wire)",
    "At Chile's border, 9,000 Omani nationals entered in 2023",
    "Some 9,000 people entered the hall in 2023.",
    "Reports that 9,000 Omani nationals entered Chile are false; no evidence says that 9,000 Omani "
    "nationals entered Chile.",
]


@pytest.mark.parametrize("sentence", NO_COUNT)
def test_what_is_no_count_of_people_is_left_alone(sentence: str) -> None:
    assert not proposed(sentence, "statistic")
