"""Claims and positions: what each must say, under the names in which it is written."""

from typing import Any

import pytest

from tests.tracker.domain.telling import decided
from tracker.domain.catalog import encode, fact_from
from tracker.domain.claim import ClaimMade, Leg
from tracker.domain.errors import Refused
from tracker.domain.fact import Fact, RecordFact
from tracker.domain.forms import fields_of
from tracker.domain.position import PositionAnnounced
from tracker.domain.values import checked


def claim(**more: Any) -> ClaimMade:
    fields: dict[str, Any] = {"kind": "route", "text": "By land.", "first_hand": "told"}
    return ClaimMade(**{**fields, **more})


def position(**more: Any) -> PositionAnnounced:
    fields: dict[str, Any] = {"person": "A", "office": "minister", "first_hand": "told"}
    return PositionAnnounced(**{**fields, **more})


def test_the_legs_of_a_route_may_say_all_of_it() -> None:
    fact = claim(text="", legs=(Leg(from_country="CN", to_place="Quito"),))

    assert decided(RecordFact(fact=fact)) == [fact]


@pytest.mark.parametrize(
    ("fact", "field", "reason"),
    [
        (claim(text=""), "text", "words, or the legs of the route"),
        (
            claim(kind="motive", text=" ", legs=(Leg(to_country="EC"),)),
            "text",
            "a claim needs words",
        ),
        (claim(legs=(Leg(to_country="EC"), Leg(by="air"))), "legs[1]", "where it begins or ends"),
        (claim(legs=(Leg(to_country="XX"),)), "legs[0].to_country", "not a country code"),
        (position(office=" "), "office", "is empty"),
        (position(start="2024", end="2023-12"), "to", "2023-12 is before from 2024"),
        (position(start="soon"), "from", "is not a date"),
        (position(end="2024-13"), "to", "is not a date that exists"),
    ],
)
def test_what_is_wrong_is_refused_under_its_written_name(
    fact: Fact, field: str, reason: str
) -> None:
    with pytest.raises(Refused, match=reason) as refused:
        decided(RecordFact(fact=fact))

    assert refused.value.field == field


@pytest.mark.parametrize(("start", "end"), [("2024", "2024-03"), (None, "2024"), ("2024/..", None)])
def test_a_position_may_begin_and_end_within_the_same_year(
    start: str | None, end: str | None
) -> None:
    assert decided(RecordFact(fact=position(start=start, end=end)))


def test_a_position_is_written_read_and_asked_for_with_from_and_to() -> None:
    written = {"person": "A", "office": "o", "from": "2024", "first_hand": "x"}

    fact = checked(fact_from("position", written))

    assert b'"from":"2024"' in encode(fact)
    names = [field.name for field in fields_of(PositionAnnounced)]
    assert names[-2:] == ["from", "to"]
    with pytest.raises(Refused, match=r"^start: unknown field"):
        fact_from("position", {**written, "start": "2024"})
