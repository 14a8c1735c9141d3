"""Names of countries are told from longer names, surnames and states of the same spelling."""

import pytest

from feeds.extractors.en.grammar.places import pattern_text, places
from tracker.domain.values import nationality


def codes(text: str) -> list[str]:
    """The codes of the places that a text names."""
    return [place.code for place in places(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ecuador’s capital and Chinese nationals", ["EC", "CN"]),
        ("the U.S. border and US law", ["US", "US"]),
        ("South Sudanese and Sudanese citizens", ["SS", "SD"]),
        ("Nigerians in Niger", ["NG", "NE"]),
        ("the European Union and the Schengen area", ["EU", "Schengen"]),
        ("from New Mexico across Central America to the South China Sea", []),
        ("non-Chinese, China-bound and U.S.-born", []),
        ("Michael Jordan in Jordan", ["JO"]),
        ("Atlanta, Georgia", []),
        ("Tbilisi is the capital of Georgia", ["GE"]),
        ("some china on the table", []),
        ("Armenia, Georgia and Azerbaijan", ["AM", "GE", "AZ"]),
        ("Florida, Georgia and Texas", []),
        ("Guinea and Guinea-Bissau, but not New Guinea", ["GN", "GW"]),
        ("the Republic of Congo and the Democratic Republic of Congo", ["CG", "CD"]),
        ("North Korea, South Korea and the Republic of Korea", ["KP", "KR", "KR"]),
        ("people from Gaza and Gazans", ["PS", "PS"]),
    ],
)
def test_a_name_counts_only_where_it_means_a_country(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_every_code_of_the_gazetteer_is_one_that_facts_may_hold() -> None:
    names = pattern_text().replace("\\", "")
    for place in places(names.replace("|", ". Tbilisi. "), 0, len(names) * 12):
        assert nationality(place.code) == place.code
