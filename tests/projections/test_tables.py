"""Rows of every type of column go into a table and come back as they were."""

import asyncio
from datetime import date, datetime
from typing import Any, ClassVar, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections import layout, tables
from projections.columns import columns
from projections.tables import Views
from projections.view import Row
from tests.place import Place
from tests.tracker.domain.strategies import MOMENTS, TEXT
from tracker.domain.values import Country


class Part(msgspec.Struct, frozen=True):
    """A value within a row."""

    name: str
    day: date
    more: tuple[str, ...] = ()


class Everything(Row, frozen=True, kw_only=True):
    """One column of every type, with and without null."""

    table: ClassVar[str] = "everything"
    key: ClassVar[tuple[str, ...]] = ("text", "number")
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("texts",),
        ("many",),
        ("part",),
        ("day", "flag"),
    )

    text: str
    number: int
    flag: bool
    day: date
    moment: datetime
    choice: Literal["a", "b"]
    country: Country
    texts: tuple[str, ...]
    many: tuple[int, ...]
    countries: tuple[Country, ...]
    pair: tuple[str, int]
    part: Part
    parts: tuple[Part, ...]
    anything: dict[str, Any]
    maybe_text: str | None
    maybe_number: int | None
    maybe_day: date | None
    maybe_texts: tuple[str, ...] | None
    maybe_many: tuple[int, ...] | None
    maybe_part: Part | None
    maybe_choice: Literal["a", "b"] | None


DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
PARTS = st.builds(Part, TEXT, DAYS, TEXTS)
CHOICES = st.sampled_from(["a", "b"])
ROWS = st.builds(
    Everything,
    text=TEXT,
    number=INTEGERS,
    flag=st.booleans(),
    day=DAYS,
    moment=MOMENTS,
    choice=CHOICES,
    country=TEXT,
    texts=TEXTS,
    many=st.lists(INTEGERS, max_size=3).map(tuple),
    countries=TEXTS,
    pair=st.tuples(TEXT, INTEGERS),
    part=PARTS,
    parts=st.lists(PARTS, max_size=2).map(tuple),
    anything=st.dictionaries(TEXT, st.none() | TEXT | st.booleans() | INTEGERS, max_size=2),
    maybe_text=st.none() | TEXT,
    maybe_number=st.none() | INTEGERS,
    maybe_day=st.none() | DAYS,
    maybe_texts=st.none() | TEXTS,
    maybe_many=st.none() | st.lists(INTEGERS, max_size=3).map(tuple),
    maybe_part=st.none() | PARTS,
    maybe_choice=st.none() | CHOICES,
)


async def test_a_row_comes_back_as_it_was(place: Place) -> None:
    loop = asyncio.get_running_loop()
    async with place.open("tracker_view") as database:
        async with database.transaction() as connection:
            await layout.create(connection, Everything)

        async def there_and_back(row: Everything) -> None:
            async with database.transaction() as connection:
                await tables.put(connection, Everything, [row])
                await tables.put(connection, Everything, [row])
                found = await tables.fetch(connection, Everything, ["text"], [row.text])
            assert row in found
            key = {"text": row.text, "number": row.number}
            assert await Views(database).select(Everything, equal=key) == [row]

        @settings(max_examples=60, deadline=None)
        @given(ROWS)
        def drawn(row: Everything) -> None:
            asyncio.run_coroutine_threadsafe(there_and_back(row), loop).result()

        await asyncio.to_thread(drawn)


class Counted(Row, frozen=True, kw_only=True):
    """A row that no dump could hold."""

    table: ClassVar[str] = "counted"
    key: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    times: dict[int, str]


def test_a_dict_with_keys_that_are_no_text_is_no_column() -> None:
    with pytest.raises(TypeError, match="times: the keys of a dict are text"):
        columns(Counted)


class Entry(Row, frozen=True, kw_only=True):
    """A row to be chosen among others."""

    table: ClassVar[str] = "entry"
    key: ClassVar[tuple[str, ...]] = ("number",)

    number: int
    kind: str
    tags: tuple[str, ...] = ()
    day: date | None = None


ENTRIES = [
    Entry(number=1, kind="a", tags=("x", "y"), day=date(2024, 6, 18)),
    Entry(number=2, kind="b", tags=("y",), day=date(2024, 6, 19)),
    Entry(number=3, kind="a", tags=(), day=None),
    Entry(number=4, kind="c", tags=("z",), day=date(2024, 6, 18)),
]


async def test_rows_are_chosen_by_every_condition_at_once(place: Place) -> None:
    async with place.open("tracker_view") as database:
        async with database.transaction() as connection:
            await layout.create(connection, Entry)
            await tables.put(connection, Entry, ENTRIES)
        views = Views(database)

        async def numbers(**conditions: Any) -> list[int]:
            return [r.number for r in await views.select(Entry, **conditions)]

        assert await numbers() == [1, 2, 3, 4]
        assert await numbers(equal={"kind": "a"}) == [1, 3]
        assert await numbers(within={"kind": ["b", "c"]}) == [2, 4]
        assert await numbers(overlap={"tags": ["x", "z"]}) == [1, 4]
        assert await numbers(equal={"kind": "a"}, overlap={"tags": ["y"]}) == [1]
        assert await numbers(order=["day"], descending=True) == [2, 4, 1, 3]
        assert await numbers(before={"number": 3}, descending=True, limit=1) == [2]
        behind = {"day": date(2024, 6, 18), "number": 4}
        assert await numbers(before=behind, order=["day"], descending=True) == [1]
        assert await numbers(within={"kind": []}) == []
        assert await views.counts(Entry, "kind") == {"a": 2, "b": 1, "c": 1}


async def test_the_doors_may_read_a_view_and_not_write_it(place: Place) -> None:
    async with place.open("tracker_view") as database, database.transaction() as connection:
        await layout.create(connection, Entry)
        await tables.put(connection, Entry, ENTRIES)
    for role in ("tracker_append", "tracker_deliver"):
        async with place.open(role) as reader:
            assert len(await Views(reader).select(Entry)) == 4
