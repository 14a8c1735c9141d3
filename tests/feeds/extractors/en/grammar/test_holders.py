"""Who is in office depends on the day."""

from datetime import date

from feeds.extractors.en.grammar.holders import holder, titled


def test_an_office_is_held_for_a_term() -> None:
    in_office = holder("Tony Blair", date(2004, 6, 19))
    assert in_office is not None
    assert (in_office.country, in_office.office) == ("GB", "prime minister")
    assert holder("Tony Blair", date(2024, 6, 19)) is None


def test_a_surname_means_whoever_is_in_office_on_the_day() -> None:
    then, now = titled("Clarke", date(2005, 6, 19)), titled("Clarke", date(2024, 6, 19))
    assert then is not None
    assert (then.name, now) == ("Charles Clarke", None)


def test_without_a_day_a_surname_of_two_means_neither() -> None:
    assert titled("Brown", None) is not None
    assert titled("Johnson", None) is None


def test_an_office_of_several_states_has_no_country() -> None:
    grandi = holder("Filippo Grandi", date(2020, 6, 19))
    assert grandi is not None
    assert grandi.country is None
