"""Cursors: taken on as they are, for the question that they came from."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.cursors import Place, cursor, place_of
from tracker.domain.errors import Refused

ASKED = ["/api/v1/alerts", "status", "dead"]
ENDS = (
    (7, Place),
    ((7, 2**62), tuple[Place, Place]),
    ((7, "EC|CN@7"), tuple[Place, str]),
    ((7, UUID(int=7)), tuple[Place, UUID]),
)


def refused(given: str, asked: list[str], kind: object = Place) -> bool:
    with pytest.raises(Refused, match="before: is not what a page of this question gave") as fault:
        place_of(given, asked, kind, "before")
    return fault.value.field == "before"


@pytest.mark.parametrize(("place", "kind"), ENDS)
def test_a_cursor_leads_back_to_its_place(place: object, kind: object) -> None:
    assert place_of(cursor(ASKED, place), ASKED, kind, "before") == place


def test_a_cursor_is_of_one_question() -> None:
    given = cursor(ASKED, 7)
    for other in ([], ASKED[:2], [*ASKED, ""], ["/api/v1/alerts", "statusdead", ""]):
        assert refused(given, other)
    assert refused(given, ASKED, tuple[Place, str])


@given(place=st.integers(0, 2**62), data=st.data())
def test_a_cursor_with_any_letter_changed_is_refused(place: int, data: st.DataObject) -> None:
    given = cursor(ASKED, place)
    at = data.draw(st.integers(0, len(given) - 1))
    letter = data.draw(st.characters().filter(lambda other: other != given[at]))
    assert refused(given[:at] + letter + given[at + 1 :], ASKED)
    assert refused(given[:at], ASKED)
    assert refused(given + letter, ASKED)


def test_a_place_out_of_bounds_is_refused_even_where_it_was_computed_by_hand() -> None:
    for place in (-1, 2**63, None, [7]):
        assert refused(cursor(ASKED, place), ASKED)
