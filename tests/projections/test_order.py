"""The order of rows, in which they are stored and hashed."""

from itertools import product
from random import Random
from typing import ClassVar

from hypothesis import given
from hypothesis import strategies as st

from projections.rows import in_order
from projections.view import Row


class Placed(Row, frozen=True, kw_only=True):
    """A row of which many share what its key begins with, or none."""

    table: ClassVar[str] = "placed"
    key: ClassVar[tuple[str, ...]] = ("destination", "nationality", "event", "since")

    destination: str
    nationality: str
    event: str
    since: int


def placed(destination: str, nationality: str, event: str, since: int) -> Placed:
    """A row of the key."""
    return Placed(destination=destination, nationality=nationality, event=event, since=since)


CODES = st.sampled_from(("EC", "CN", "*", "EU"))
ROWS = st.lists(
    st.builds(placed, CODES, CODES, st.text("ab", max_size=2), st.integers(0, 3)), max_size=60
)


@given(ROWS, st.integers(1, 4))
def test_rows_are_ordered_by_their_columns_whether_many_share_them_or_none(
    rows: list[Placed], width: int
) -> None:
    columns = Placed.key[:width]

    def of(row: Placed) -> tuple[str | int, ...]:
        return tuple(getattr(row, name) for name in columns)

    assert [of(row) for row in in_order(list(rows), columns)] == sorted(map(of, rows))
    assert sorted(map(id, in_order(list(rows), columns))) == sorted(map(id, rows))


def test_rows_that_share_what_they_begin_with_are_ordered_by_the_rest() -> None:
    rows = [placed(*some) for some in product(("PE", "EC"), ("EU", "CN"), "badc", (2, 1, 0))]
    shuffled = list(rows)
    Random(1).shuffle(shuffled)
    found = in_order(list(shuffled), Placed.key)
    assert [(r.destination, r.nationality, r.event, r.since) for r in found] == sorted(
        (r.destination, r.nationality, r.event, r.since) for r in rows
    )
