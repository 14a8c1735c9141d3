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

_AT_ONCE = 1_000
_ODD = re.compile(r'["\\]').search
# CSV undoes only the escapes of quotes and backslashes.
_ESCAPE = re.compile(rb"\\(?:u00([0-9a-f]{2})|(.))")
_CONTROLS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f"}
_encoder = msgspec.json.Encoder()
_encode, _encode_lines = _encoder.encode, _encoder.encode_lines
_astuple = msgspec.structs.astuple
Form = Callable[[Any], str]


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
        made = [_with_texts(values, formed) for values in made]
    # A line break is escaped within a text, so here it stands between two rows.
    text = _encode_lines(made)[1:-2].replace(b"]\n[", b"\n")
    if b"\\" in text:
        text = _ESCAPE.sub(_raw, text)
    return text + b"\n"


def _with_texts(values: tuple[Any, ...], formed: Sequence[tuple[int, Form]]) -> list[Any]:
    """The values, lists and nested ones as texts."""
    given = list(values)
    for place, form in formed:
        if given[place] is not None:
            given[place] = form(given[place])
    return given


@cache
def _formed(row: type[Row]) -> tuple[tuple[int, Form], ...]:
    forms: dict[str, Form] = {"text[]": _array, "bigint[]": _numbers, "jsonb": _json}
    return tuple(
        (place, forms[column.sql_type])
        for place, column in enumerate(columns(row))
        if column.sql_type in forms
    )


def _array(values: Sequence[str]) -> str:
    if not values:
        return "{}"
    if _ODD("".join(values)):
        values = [value.replace("\\", r"\\").replace('"', r"\"") for value in values]
    return '{"' + '","'.join(values) + '"}'


def _numbers(values: Sequence[int]) -> str:
    return "{" + _encode(values)[1:-1].decode() + "}"


def _json(value: Any) -> str:
    return _encode(value).decode()


def _raw(escape: re.Match[bytes]) -> bytes:
    """The character of an escape, but for those that CSV undoes."""
    code, letter = escape.groups()
    return bytes([int(code, 16)]) if code else _CONTROLS.get(letter, escape[0])
