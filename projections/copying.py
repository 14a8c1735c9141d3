"""Rows as the CSV of COPY, made from JSON by the chunk: much cheaper than value by value.

A row as an array of JSON is a line of CSV whose escape is the backslash, but for its brackets and
for the control characters of texts; lists and nested values go in as the text of their type.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from operator import add, itemgetter
from typing import Any, NamedTuple

import msgspec
from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from projections.tables import columns, named, table_name
from projections.view import Row

_AT_ONCE = 250
_QUOTED = re.compile(r'["\\]').sub
_CONTROL = re.compile(rb"\\[bfnrtu]").search
_ESCAPE = re.compile(rb"\\u00([0-9a-f]{2})")
_CONTROLS = ((rb"\n", b"\n"), (rb"\t", b"\t"), (rb"\r", b"\r"), (rb"\b", b"\b"), (rb"\f", b"\f"))
_encoder = msgspec.json.Encoder()
_encode_lines = _encoder.encode_lines
_astuple = msgspec.structs.astuple
Form = Callable[[Sequence[Any]], Sequence[str]]


async def copy_in(
    connection: AsyncConnection[TupleRow], row: type[Row], rows: Sequence[Row], suffix: str = ""
) -> None:
    """Append rows to a table; their keys are new."""
    statement = sql.SQL(
        "copy {} ({}) from stdin (format csv, null 'null', escape '\\', encoding 'utf8')"
    ).format(table_name(row, suffix), named(_shape(row).names))
    async with connection.cursor().copy(statement) as copy:
        for low in range(0, len(rows), _AT_ONCE):
            await copy.write(lines(row, rows[low : low + _AT_ONCE]))


def lines(row: type[Row], rows: Sequence[Row]) -> bytes:
    """The rows, at least one, a line each; UnicodeEncodeError for half a character."""
    shape = _shape(row)
    made: list[Any] = list(map(_astuple, rows))
    if shape.formed:
        # Column by column, so that a call makes the texts of all rows.
        formed = [_texts(list(map(of, made)), form) for of, form in shape.formed]
        made = list(map(add, map(shape.plain, made), zip(*formed, strict=True)))
    # A line break is escaped within a text, so here it stands between two rows.
    text = _encode_lines(made)[1:-2].replace(b"]\n[", b"\n")
    return (_with_controls(text) if _CONTROL(text) else text) + b"\n"


class _Shape(NamedTuple):
    """How the rows of a type are written: first what goes in as it is, then what gets a form."""

    names: tuple[str, ...]
    plain: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    formed: tuple[tuple[Callable[[tuple[Any, ...]], Any], Form], ...]


@cache
def _shape(row: type[Row]) -> _Shape:
    forms: dict[str, Form] = {"text[]": _arrays, "bigint[]": _numbers, "jsonb": _jsons}
    among = list(enumerate(columns(row)))
    plain = [place for place, column in among if column.sql_type not in forms]
    formed = [place for place, column in among if column.sql_type in forms]
    names = [among[place][1].name for place in (*plain, *formed)]
    return _Shape(
        tuple(names),
        _values(plain),
        tuple((itemgetter(place), forms[among[place][1].sql_type]) for place in formed),
    )


def _values(places: Sequence[int]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """What is at some places, a tuple even of one or none."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda made: tuple(made[place] for place in places)


def _texts(values: Sequence[Any], form: Form) -> Sequence[str | None]:
    """The texts of the values of a column; what is null stays so."""
    first = values[0]
    if (first is None or first == ()) and values.count(first) == len(values):
        return [first if first is None else form([first])[0]] * len(values)
    if None not in values:
        return form(values)
    made = iter(form([value for value in values if value is not None]))
    return [None if value is None else next(made) for value in values]


def _arrays(values: Sequence[Sequence[str]]) -> Sequence[str]:
    text = _encode_lines(values)
    # Of the escapes of JSON an array knows the backslash before a quote and before itself.
    return [_array(value) for value in values] if _CONTROL(text) else _braced(text)


def _array(values: Sequence[str]) -> str:
    return "{" + ",".join('"' + _QUOTED(r"\\\g<0>", value) + '"' for value in values) + "}"


def _numbers(values: Sequence[Sequence[int]]) -> Sequence[str]:
    return _braced(_encode_lines(values))


def _braced(text: bytes) -> Sequence[str]:
    return _separate(b"{%b}\n" % text[1:-2].replace(b"]\n[", b"}\n{"))


def _jsons(values: Sequence[Any]) -> Sequence[str]:
    return _separate(_encode_lines(values))


def _separate(text: bytes) -> Sequence[str]:
    return text.decode().split("\n")[:-1]


def _with_controls(text: bytes) -> bytes:
    """The text with control characters as they are: CSV undoes only the escapes of quotes and
    backslashes."""
    # A byte that is in no UTF-8 stands for a backslash meanwhile.
    text = text.replace(rb"\\", b"\xff")
    for escape, character in _CONTROLS:
        text = text.replace(escape, character)
    return _ESCAPE.sub(_raw, text).replace(b"\xff", rb"\\")


def _raw(escape: re.Match[bytes]) -> bytes:
    return bytes([int(escape[1], 16)])
