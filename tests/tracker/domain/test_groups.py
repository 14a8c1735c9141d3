"""Groups of countries by the day, and codes."""

from datetime import date

import pytest

from tracker.domain.countries import COUNTRIES, country_code, country_name
from tracker.domain.errors import Refused
from tracker.domain.groups import (
    GROUPS,
    group_name,
    groups_ever,
    groups_of,
    members,
    membership_days,
)

DAYS: list[tuple[str, str, set[str], set[str]]] = [
    ("GB", "2020-01-31", {"EU"}, {"Schengen"}),
    ("GB", "2020-02-01", set(), {"EU"}),
    ("HR", "2013-06-30", set(), {"EU", "Schengen"}),
    ("HR", "2023-01-01", {"EU", "Schengen"}, set()),
    ("RO", "2024-03-30", {"EU"}, {"Schengen"}),
    ("RO", "2024-03-31", {"EU", "Schengen"}, set()),
    ("CH", "2024-01-01", {"Schengen"}, {"EU"}),
    ("EC", "2024-07-01", {"CAN"}, {"MERCOSUR"}),
    ("VE", "2018-01-01", set(), {"MERCOSUR"}),
    ("SA", "2024-01-01", {"GCC"}, {"ASEAN"}),
]


@pytest.mark.parametrize(("code", "day", "inside", "outside"), DAYS)
def test_membership_begins_on_its_first_day_and_ends_before_the_first_day_out(
    code: str, day: str, inside: set[str], outside: set[str]
) -> None:
    groups = set(groups_of(code, date.fromisoformat(day)))

    assert inside <= groups
    assert not outside & groups


def test_groups_change_only_on_the_days_of_membership() -> None:
    for code in COUNTRIES:
        for day in membership_days(code):
            before = date.fromordinal(day.toordinal() - 1)
            assert groups_of(code, day) != groups_of(code, before)
        assert set(groups_of(code, date(2024, 1, 1))) <= set(groups_ever(code))


def test_every_member_is_a_country_and_every_country_has_a_name_of_its_own() -> None:
    members = {c for c in COUNTRIES if groups_ever(c)}

    assert {g for c in members for g in groups_ever(c)} == set(GROUPS)
    assert len({c.name for c in COUNTRIES.values()}) == len(COUNTRIES)
    assert len({c.alpha3 for c in COUNTRIES.values()}) == len(COUNTRIES) >= 249


def test_codes_and_names_are_found_in_any_case_and_nothing_else_is() -> None:
    assert (country_code("ecu"), country_name("EC"), country_name("?")) == ("EC", "Ecuador", "?")
    assert group_name(" schengen ") == "Schengen"
    for unknown in ("XX", "", "Ecuador"):
        with pytest.raises(Refused):
            country_code(unknown)
    with pytest.raises(Refused, match="known are EU, Schengen"):
        group_name("NATO")


def test_the_members_of_a_group_are_those_of_the_day() -> None:
    assert "GB" in members("EU", date(2020, 1, 31))
    assert "GB" not in members("EU", date(2020, 2, 1))
    assert len(members("EU", date(2024, 7, 1))) == 27
    assert members("GCC", date(2024, 7, 1)) == ("AE", "BH", "KW", "OM", "QA", "SA")
