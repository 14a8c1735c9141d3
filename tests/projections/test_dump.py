"""A state has one text and one hash, wherever its rows are."""

import io
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections import VIEWS, layout, tables
from projections.dump import Dump, dump, load, row_line, state_hash, table_line, tables_of
from projections.lines import dumped, written
from projections.runner import fold_into
from projections.view import Row
from tests.place import Place
from tests.projections.folding import fold_all, recorded
from tests.projections.test_view_tables import LOG
from tracker.domain.errors import Refused


class Pair(msgspec.Struct, frozen=True):
    """What a jsonb column may hold."""

    name: str
    on: date | None


class Odd(Row, frozen=True, kw_only=True):
    """A row with a column of every kind."""

    table: ClassVar[str] = "odd"
    key: ClassVar[tuple[str, ...]] = ("name", "number", "day")

    name: str
    number: int
    day: date
    at: datetime
    again: datetime | None
    certain: bool
    words: tuple[str, ...]
    pairs: tuple[Pair, ...]
    free: dict[str, Any]


TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
ZONES = [UTC, timezone(timedelta(hours=8)), timezone(-timedelta(minutes=210))]
SINCE = st.timedeltas(timedelta(days=-700_000), timedelta(days=2_900_000))


def instant(since: timedelta, zone: timezone) -> datetime:
    """A time in a zone."""
    return (datetime(2024, 6, 18, tzinfo=UTC) + since).astimezone(zone)


INSTANTS = st.builds(instant, SINCE, st.sampled_from(ZONES))
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))
ODD = st.builds(
    Odd,
    name=TEXT, number=st.integers(-(2**63), 2**63 - 1), day=DAYS, at=INSTANTS,
    again=st.none() | INSTANTS, certain=st.booleans(), words=st.lists(TEXT).map(tuple),
    pairs=st.lists(st.builds(Pair, TEXT, st.none() | DAYS)).map(tuple),
    free=st.dictionaries(TEXT, st.integers(-9, 9) | TEXT | st.lists(st.booleans()) | st.none()),
)  # fmt: skip


ROW = b'["a",1,"2024-06-18","2024-06-18T00:00:00Z",null,false,[],[],{}]\n'


def keyed(rows: list[Odd]) -> list[Odd]:
    """The rows in the order of keys, one a key."""
    by_key = {(r.name, r.number, r.day): r for r in rows}
    return [by_key[key] for key in sorted(by_key)]


@given(st.lists(ODD).map(keyed))
def test_a_dump_that_is_loaded_is_the_same_state(rows: list[Odd]) -> None:
    file = io.BytesIO()
    made = dump([(Odd, rows)], file.write)
    file.seek(0)

    loaded = [row for _, row in load(file, [Odd])]

    assert loaded == rows
    assert state_hash([(Odd, loaded)]) == made.hexdigest()
    assert made.rows == len(rows)


@given(st.lists(ODD, min_size=1).map(keyed))
def test_rows_that_are_written_for_copy_have_the_lines_of_a_dump(rows: list[Odd]) -> None:
    assert written(Odd, rows).dump() == dumped(Odd, rows) == b"".join(map(row_line, rows))


def test_a_line_names_no_column_and_is_read_by_those_of_its_table() -> None:
    head = b'{"columns":["name","number","day","at","again","certain","words","pairs","free"],'

    assert table_line(Odd) == head + b'"table":"odd"}\n'
    assert [row_line(row) for _, row in load([table_line(Odd), ROW], [Odd])] == [ROW]


@given(st.lists(ODD).map(keyed), st.integers(1, 5))
def test_the_hash_does_not_depend_on_how_rows_come_in(rows: list[Odd], size: int) -> None:
    pieces = Dump()
    pieces.table(Odd)
    for at in range(0, len(rows), size):
        pieces.add(Odd, rows[at : at + size])

    assert pieces.hexdigest() == state_hash([(Odd, rows)])


@given(ODD)
def test_a_time_has_the_same_line_in_every_zone(row: Odd) -> None:
    east = timezone(timedelta(hours=14))
    moved = msgspec.structs.replace(row, at=row.at.astimezone(east))

    assert row_line(moved) == row_line(row)
    assert row_line(row).count(b"\n") == 1


def test_every_row_that_differs_or_is_missing_changes_the_hash() -> None:
    day = datetime(2024, 6, 18, tzinfo=UTC)
    one = Odd(
        name="a", number=1, day=day.date(), at=day, again=None, certain=True, words=(), pairs=(),
        free={},
    )  # fmt: skip
    other = msgspec.structs.replace(one, again=day)
    second = msgspec.structs.replace(one, name="b")
    states = [[], [one], [other], [second], [one, second]]

    assert len({state_hash([(Odd, rows)]) for rows in states} | {state_hash([])}) == 6


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([b'["a"]\n'], "line 1: a row stands before the name of its table"),
        ([b'{"columns":[],"table":"even"}\n'], "line 1: the view has no such table"),
        (
            [b'{"columns":["name"],"table":"odd"}\n'],
            "line 1: the table odd has other columns: name",
        ),
        ([b'{"table":"odd"}\n'], "line 1: Object missing required field `columns`"),
        ([table_line(Odd), b'["a"]\n'], "line 2: 1 values for 9 columns"),
        ([table_line(Odd), ROW.replace(b"false", b"0")], "line 2: Expected `bool`, got `int`"),
        ([table_line(Odd), b"[\n"], "line 2: Input data was truncated"),
    ],
)
def test_what_is_no_dump_is_refused_with_its_line(lines: list[bytes], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        list(load(lines, [Odd]))


async def test_rows_in_memory_and_in_tables_have_the_same_lines(place: Place) -> None:
    events = [recorded(i, event) for i, event in enumerate(LOG, 1)]
    async with place.open("tracker_view") as database, database.transaction() as connection:
        await connection.execute("set local timezone to 'Asia/Shanghai'")
        for view in VIEWS:
            for row in view.rows:
                await layout.create(connection, row)
            await fold_into(connection, view, events)
            stored = Dump()
            for row in view.rows:
                stored.table(row)
                async for some in tables.scan(connection, row):
                    stored.add(row, some)

            folded = dump(tables_of(view, fold_all(view, events)))

            assert stored.rows == folded.rows > 0, view.name
            assert stored.hexdigest() == folded.hexdigest(), view.name


async def test_tables_give_odd_rows_back_in_the_order_of_a_dump(place: Place) -> None:
    day = datetime(2024, 6, 18, 1, 2, 3, 4, tzinfo=UTC)
    names = ["", "Z", "a", "a b", "ab", "Å", "é", "e\u0301", "林剑", "\uffff", "\U0001f600", "-1"]
    rows = keyed(
        [
            Odd(
                name=name, number=number, day=date(1, 1, 1), at=day, again=day, certain=False,
                words=(name, ""), pairs=(Pair(name, None), Pair("", date(9999, 12, 31))),
                free={"z": [1, {"b": None, "a": name}], "": "x"},
            )
            for name in names
            for number in (-10, 9, 10)
        ]
    )  # fmt: skip
    async with place.open("tracker_view") as database, database.transaction() as connection:
        await connection.execute("set local timezone to 'America/Guayaquil'")
        await layout.create(connection, Odd)
        await tables.put(connection, Odd, rows)

        found = [row async for some in tables.scan(connection, Odd) for row in some]

    assert state_hash([(Odd, found)]) == state_hash([(Odd, rows)])
