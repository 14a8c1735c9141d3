"""Which of some facts goes first on a day."""

from datetime import date

import pytest

from projections.course import Course
from tests.projections.folding import change, facts
from tracker.domain.base import Event


def first(nationality: str, *events: Event) -> dict[str, str | None]:
    """Day → the regime that goes first, on some days of 2024."""
    course = Course(reversed(facts(*events)), nationality)
    found = {day: course.on(date.fromisoformat(f"2024-{day}")) for day in DAYS}
    return {day: fact.regime if fact else None for day, fact in found.items()}


DAYS = ("01-01", "03-01", "04-30", "05-01")


def test_what_is_said_of_a_nationality_goes_before_its_groups_and_these_before_everybody() -> None:
    events = (
        change("entry-ban", "2024-05-01", "*"),
        change("eta", "2024-03-01", "Schengen"),
        change("visa-free", "2024-01-01", "FR", effective_to="2024-04-30"),
    )
    assert first("FR", *events) == dict(zip(DAYS, ["visa-free"] * 3 + ["eta"], strict=True))
    assert first("CN", *events) == dict(zip(DAYS, [None] * 3 + ["entry-ban"], strict=True))


def test_what_holds_for_a_while_gives_way_to_what_held_before() -> None:
    events = (
        change("visa-free", "2024-01-01"),
        change("visa-required", "2024-03-01", effective_to="2024-04-30"),
    )
    told = ["visa-free", "visa-required", "visa-required", "visa-free"]
    assert first("CN", *events) == dict(zip(DAYS, told, strict=True))


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_that_start_on_a_day_the_one_announced_last_goes_first(order: int) -> None:
    announced = [
        change("eta", "2024-03-01", announced_on="2024-01-05"),
        change("e-visa", "2024-03-01", announced_on="2024-01-09"),
    ]
    assert first("CN", *announced[::order])["03-01"] == "e-visa"


def test_of_two_alike_the_later_one_in_the_log_goes_first() -> None:
    alike = (change("eta", "2024-03-01"), change("e-visa", "2024-03-01"))
    assert first("CN", *alike)["03-01"] == "e-visa"


def test_what_ends_before_it_starts_or_has_no_start_never_goes_first() -> None:
    nothing = (change("eta"), change("e-visa", "2024-03-01", effective_to="2024-02-01"))
    assert set(first("CN", *nothing).values()) == {None}
    lasting = (change("visa-free", "2024-01-01"), change("visa-required", "2024-02-10"))
    told = ["visa-free", "visa-required", "visa-required", "visa-required"]
    assert first("CN", *lasting, *nothing) == dict(zip(DAYS, told, strict=True))
