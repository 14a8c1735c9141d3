"""Rows as the CSV of COPY, made from JSON by the chunk: much cheaper than value by value.

A row as an array of JSON is a line of CSV whose escape is the backslash, but for its brackets and
for the control characters of texts; lists and nested values go in as the text of their type.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import msgspec
from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from projections.tables import columns, table_name
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
    ).format(
        table_name(row, suffix), sql.SQL(", ").join(sql.Identifier(c.name) for c in columns(row))
    )
    async with connection.cursor().copy(statement) as copy:
        for low in range(0, len(rows), _AT_ONCE):
            await copy.write(lines(row, rows[low : low + _AT_ONCE]))


def lines(row: type[Row], rows: Sequence[Row]) -> bytes:
    """The rows, at least one, a line each; UnicodeEncodeError for half a character."""
    made: list[Any] = list(map(_astuple, rows))
    if formed := _formed(row):
        # Column by column, so that a call makes the texts of all rows.
        by_column: list[Any] = list(zip(*made, strict=True))
        for place, form in formed:
            by_column[place] = _texts(by_column[place], form)
        made = list(zip(*by_column, strict=True))
    # A line break is escaped within a text, so here it stands between two rows.
    text = _encode_lines(made)[1:-2].replace(b"]\n[", b"\n")
    return (_with_controls(text) if _CONTROL(text) else text) + b"\n"


def _texts(values: Sequence[Any], form: Form) -> Sequence[str | None]:
    """The texts of the values of a column; what is null stays so."""
    if None not in values:
        return form(values)
    made = iter(form([value for value in values if value is not None]))
    return [None if value is None else next(made) for value in values]


@cache
def _formed(row: type[Row]) -> tuple[tuple[int, Form], ...]:
    forms: dict[str, Form] = {"text[]": _arrays, "bigint[]": _numbers, "jsonb": _jsons}
    return tuple(
        (place, forms[column.sql_type])
        for place, column in enumerate(columns(row))
        if column.sql_type in forms
    )


def _arrays(values: Sequence[Sequence[str]]) -> Sequence[str]:
    text = _encode_lines(values)
    # Of the escapes of JSON an array knows the backslash before a quote and before itself.
    return [_array(value) for value in values] if _CONTROL(text) else _braced(text)


def _array(values: Sequence[str]) -> str:
    return "{" + ",".join('"' + _QUOTED(r"\\\g<0>", value) + '"' for value in values) + "}"


def _numbers(values: Sequence[Sequence[int]]) -> Sequence[str]:
    return _braced(_encode_lines(values))


def _braced(text: bytes) -> Sequence[str]:
    return [f"{{{line[1:-1]}}}" for line in _separate(text)]


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
