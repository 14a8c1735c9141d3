"""Codes of nationality as passports bear them."""

import pytest

from tracker.domain.errors import Refused
from tracker.domain.travel_codes import travel_code


@pytest.mark.parametrize(
    ("text", "code"),
    [("D", "DE"), ("D<<", "DE"), ("deu", "DE"), ("GBR", "GB"), ("RKS", "XK"), ("cn", "CN")],
)
def test_a_code_of_a_passport_is_that_of_its_country(text: str, code: str) -> None:
    assert travel_code(text) == code


@pytest.mark.parametrize("text", ["GBD", "GBN", "gbo", "GBP", "GBS", "XXA", "XXB", "UNO", "EUE"])
def test_whoever_is_no_national_of_a_country_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(Refused, match=rf"{text.upper()} is an? .*rules for nationals do not tell"):
        travel_code(text)


@pytest.mark.parametrize("text", ["", "<<<", "ZZZ", "D D", "Ï"])
def test_a_code_of_nobody_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="is not a country code"):
        travel_code(text)
