"""Small values: their normal forms, and what is none."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.domain.strategies import BY_KIND, events
from tracker.domain.base import Event
from tracker.domain.errors import Refused
from tracker.domain.values import RULES, checked, instant, instant_text

NORMAL = [
    ("country", " ecu ", "EC"),
    ("nationality", "mercosur", "MERCOSUR"),
    ("nationality", " * ", "*"),
    ("day", "20240618", "2024-06-18"),
    ("instant", "2024-06-18T10:00:00-05:00", "2024-06-18T15:00:00.000000Z"),
    ("instant", "20240618", "2024-06-18"),
    ("instant", "0999-01-01T00:00:00Z", "0999-01-01T00:00:00.000000Z"),
    ("decimal", "066000.50", "66000.5"),
    ("decimal", "-0.0", "0"),
    ("decimal", "100", "100"),
    # More digits than a decimal context keeps.
    ("decimal", "123456789012345678901234567890.1", "123456789012345678901234567890.1"),
    ("id", "01A1FFCC-4F46-7C5C-9B71-7B90FA44B481", "01a1ffcc-4f46-7c5c-9b71-7b90fa44b481"),
    ("party", "01A1FFCC-4F46-7C5C-9B71-7B90FA44B481", "01a1ffcc-4f46-7c5c-9b71-7b90fa44b481"),
    ("party", "  Lin \n Jian ", "Lin Jian"),
]
WRONG = [
    ("country", "Ecuador"),
    ("nationality", "EUU"),
    ("day", "2024-02-30"),
    ("edtf", "٢٠٢٤"),
    ("instant", "2024-06"),
    ("instant", "2024-06-18T10:00:00"),
    ("instant", "0001-01-01T00:00:00+14:00"),
    ("decimal", "1,000"),
    ("decimal", "٣"),
    ("decimal", "NaN"),
    ("decimal", ".5"),
    ("id", "abc"),
    ("party", " "),
    ("party", "x" * 201),
    ("url", "javascript:alert(1)"),
    ("url", "https://example.org/a b"),
    ("sha256", "A" * 64),
    ("language", "english!"),
]


@pytest.mark.parametrize(("kind", "text", "normal"), NORMAL)
def test_a_value_has_one_normal_form(kind: str, text: str, normal: str) -> None:
    assert RULES[kind](text) == normal
    assert RULES[kind](normal) == normal


@pytest.mark.parametrize(("kind", "text"), WRONG)
def test_what_is_not_well_formed_is_refused(kind: str, text: str) -> None:
    with pytest.raises(Refused):
        RULES[kind](text)


@given(st.one_of(*(s.map(lambda text, kind=kind: (kind, text)) for kind, s in BY_KIND.items())))
def test_a_normal_form_is_its_own(drawn: tuple[str, str]) -> None:
    kind, text = drawn

    assert RULES[kind](RULES[kind](text)) == RULES[kind](text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=10, min_value=-(10**17)))
def test_a_number_is_never_changed_by_its_normal_form(number: Decimal) -> None:
    text = format(number, "f")
    if len(text.lstrip("-").partition(".")[0]) <= 30:
        assert Decimal(RULES["decimal"](text)) == number


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_moment_keeps_six_decimals_and_its_order(moment: datetime) -> None:
    text = instant_text(moment)

    assert len(text) == len("2024-06-18T10:00:00.000000Z")
    assert instant(text) == moment
    assert instant_text(moment.replace(microsecond=0)).endswith(".000000Z")


def test_a_bare_date_is_the_end_of_its_day() -> None:
    assert instant("2024-06-18") == datetime(2024, 6, 18, 23, 59, 59, 999999, UTC)
    assert instant("2024-06-18").date() == date(2024, 6, 18)


@given(events())
def test_checking_an_event_a_second_time_changes_nothing(event: Event) -> None:
    once = checked(event)

    assert checked(once) is once
