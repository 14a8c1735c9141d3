"""Rows in memory: what is put, replaced and dropped is found by key and by any columns."""

from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.rows import Rows, getter, key_getter
from projections.view import Gone, Lookup, Row


class Stay(Row, frozen=True, kw_only=True):
    """A row with a key of three columns, and one that may change."""

    table: ClassVar[str] = "stay"
    key: ClassVar[tuple[str, ...]] = ("place", "guest", "night")

    place: str
    guest: str
    night: int
    state: str


class Bed(Stay, frozen=True, kw_only=True):
    """The same, ordered by more than its key."""

    table: ClassVar[str] = "bed"
    near: ClassVar[tuple[str, ...]] = ("state",)


class Guest(Stay, frozen=True, kw_only=True):
    """The same with a key of one column."""

    table: ClassVar[str] = "guest"
    key: ClassVar[tuple[str, ...]] = ("guest",)


FEW = st.sampled_from("abc")
VALUES = st.fixed_dictionaries(
    {"place": FEW, "guest": FEW, "night": st.integers(0, 3), "state": st.sampled_from("xy")}
)
COLUMNS = st.lists(
    st.sampled_from(("place", "guest", "night", "state")), min_size=1, max_size=4, unique=True
).map(tuple)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), VALUES),
        st.tuples(st.just("drop"), VALUES),
        st.tuples(st.just("find"), st.tuples(COLUMNS, VALUES)),
    ),
    max_size=60,
)


@pytest.mark.parametrize("kind", [Stay, Bed, Guest])
@given(steps=STEPS)
def test_rows_are_found_by_whatever_columns_whenever_these_are_first_asked_for(
    kind: type[Row], steps: list[tuple[str, Any]]
) -> None:
    rows, key_of = Rows(whole=True), key_getter(kind)
    there: dict[Any, Row] = {}
    for step, given_ in steps:
        if step == "find":
            columns, values = given_
            value_of, wanted = getter(columns), msgspec.convert(values, kind)
            column = columns if len(columns) > 1 else columns[0]
            found = rows.find(kind, column, value_of(wanted))
            assert list(found) == [
                there[key] for key in sorted(there) if value_of(there[key]) == value_of(wanted)
            ]
            continue
        row = msgspec.convert(given_, kind)
        if step == "put":
            rows.apply([row])
            there[key_of(row)] = row
        else:
            rows.apply([Gone(kind, key_of(row))])
            there.pop(key_of(row), None)
    assert rows.of(kind) == sorted(there.values(), key=getter(kind.ordered_by()))


def stay(night: int, state: str = "x") -> Stay:
    """One of some rows that share what their key begins with."""
    return Stay(place="a", guest="b", night=night, state=state)


def test_what_is_loaded_does_not_undo_what_was_folded_since() -> None:
    rows = Rows()
    rows.load(Lookup(Stay, ("place", "guest"), ("a", "b")), [stay(1), stay(2), stay(3)])
    rows.apply([stay(1, "y"), Gone(Stay, ("a", "b", 2))])

    rows.load(Lookup(Stay, "state", "x"), [stay(1), stay(2), stay(3)])

    assert rows.find(Stay, ("place", "guest"), ("a", "b")) == [stay(1, "y"), stay(3)]
    assert list(rows.find(Stay, "state", "x")) == [stay(3)]
