"""Rows as lines, made by the chunk, which is much cheaper than value by value.

In a dump a row is an array of JSON: first what is plain, then its lists and nested values. For COPY
it is CSV whose escape is the backslash: the same without the brackets, with the control characters
of texts as they are, and with lists and nested values as the text of their type. So what is plain
is encoded once for both.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec

from projections.columns import columns
from projections.view import Row

_QUOTED = re.compile(r'["\\]').sub
_CONTROL = re.compile(rb"\\[bfnrtu]").search
_ESCAPE = re.compile(rb"\\u00([0-9a-f]{2})")
_CONTROLS = ((rb"\n", b"\n"), (rb"\t", b"\t"), (rb"\r", b"\r"), (rb"\b", b"\b"), (rb"\f", b"\f"))
_NULL = b"null"
# What is nested may be a dict, whose keys a database does not keep in order.
_encode_lines = msgspec.json.Encoder(order="sorted").encode_lines
_astuple = msgspec.structs.astuple
Values = tuple[Any, ...]
Form = Callable[[bytes, Sequence[Any]], list[bytes]]
"""The values of a column as lines of JSON, and themselves → their fields of CSV, but for null."""


class Lines(NamedTuple):
    """Some rows, a line each, by column: what they have in either form."""

    json: list[list[bytes]]
    fields: list[list[bytes]]

    def dump(self) -> bytes:
        """The lines of a dump."""
        return b"[%b]\n" % b"]\n[".join(_joined(self.json))

    def csv(self) -> bytes:
        """The lines for COPY."""
        return b"%b\n" % b"\n".join(_joined(self.fields))


class _Shape(NamedTuple):
    """How the rows of a type are written: first what goes in as it is, then what gets a form."""

    names: tuple[str, ...]
    plain: Callable[[Values], Values]
    all: Callable[[Values], Values]
    formed: tuple[tuple[Callable[[Values], Any], Form], ...]
    instants: tuple[int, ...]


def names(row: type[Row]) -> tuple[str, ...]:
    """The columns of a row type in the order in which lines have them."""
    return _shape(row).names


def dumped(row: type[Row], rows: Sequence[Row]) -> bytes:
    """The lines of rows in a dump."""
    shape = _shape(row)
    return _encode_lines(list(map(shape.all, _taken_apart(shape, rows))))


def written(row: type[Row], rows: Sequence[Row]) -> Lines:
    """The lines of rows, at least one, in both forms; UnicodeEncodeError for half a character."""
    shape = _shape(row)
    made = _taken_apart(shape, rows)
    text = _encode_lines(list(map(shape.plain, made)))
    # A line break is escaped within a text, so here it stands between two rows.
    plain = [line[1:-1] for line in _split(text)]
    lines = Lines([plain], [_with_controls(text, plain)])
    for of, form in shape.formed:
        json, fields = _both(list(map(of, made)), form)
        lines.json.append(json)
        lines.fields.append(fields)
    return lines


def read(row: type[Row], line: bytes) -> Row:
    """The row of a line of a dump; DecodeError where it is none of this type."""
    values, wanted = msgspec.json.decode(line, type=list[Any]), names(row)
    if len(values) != len(wanted):
        raise msgspec.DecodeError(f"{len(values)} values for {len(wanted)} columns")
    return msgspec.convert(dict(zip(wanted, values, strict=True)), row)


@cache
def _shape(row: type[Row]) -> _Shape:
    forms: dict[str, Form] = {"text[]": _arrays, "bigint[]": _numbers, "jsonb": _jsons}
    among = list(enumerate(columns(row)))
    plain = [place for place, column in among if column.sql_type not in forms]
    formed = [place for place, column in among if column.sql_type in forms]
    return _Shape(
        tuple(among[place][1].name for place in (*plain, *formed)),
        _values(plain),
        _values([*plain, *formed]),
        tuple((itemgetter(place), forms[among[place][1].sql_type]) for place in formed),
        tuple(place for place, column in among if column.is_instant),
    )


def _values(places: Sequence[int]) -> Callable[[Values], Values]:
    """What is at some places, a tuple even of one."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda made: tuple(made[place] for place in places)


def _taken_apart(shape: _Shape, rows: Sequence[Row]) -> list[Values]:
    """The values of rows, every time in UTC, whatever zone its source or its session has."""
    made: list[Values] = list(map(_astuple, rows))
    for place in shape.instants:
        for number, at in enumerate(map(itemgetter(place), made)):
            if at is not None and at.tzinfo is not UTC:
                one = made[number]
                made[number] = (*one[:place], at.astimezone(UTC), *one[place + 1 :])
    return made


def _split(text: bytes) -> list[bytes]:
    lines = text.split(b"\n")
    lines.pop()
    return lines


def _joined(parts: Sequence[list[bytes]]) -> Iterable[bytes]:
    """What the columns have of each row, as one."""
    return map(b",".join, zip(*parts, strict=True)) if len(parts) > 1 else parts[0]


def _both(values: Sequence[Any], form: Form) -> tuple[list[bytes], list[bytes]]:
    """The values of a column as JSON, and as fields of CSV."""
    first = values[0]
    if (first is None or first == ()) and values.count(first) == len(values):
        json, fields = _each([first], form)
        return json * len(values), fields * len(values)
    return _each(values, form)


def _each(values: Sequence[Any], form: Form) -> tuple[list[bytes], list[bytes]]:
    text = _encode_lines(values)
    json, fields = _split(text), form(text, values)
    if None in values:
        fields = [_NULL if one == _NULL else field for one, field in zip(json, fields, strict=True)]
    return json, fields


def _arrays(text: bytes, values: Sequence[Sequence[str]]) -> list[bytes]:
    if b"\\" in text:
        # Of the escapes of JSON an array knows the backslash before a quote and before itself.
        escaped = _encode_lines(list(map(_array, values)))
        return _with_controls(escaped, _split(escaped))
    return _numbers(text.replace(b'"', b'\\"'), values)


def _numbers(text: bytes, values: Sequence[Sequence[Any]]) -> list[bytes]:
    return [b'"{' + line[1:-1] + b'}"' for line in _split(text)]


def _jsons(text: bytes, values: Sequence[Any]) -> list[bytes]:
    return _split(_encode_lines(text.decode().split("\n")[:-1]))


def _array(values: Sequence[str] | None) -> str:
    return "{" + ",".join('"' + _QUOTED(r"\\\g<0>", value) + '"' for value in values or ()) + "}"


def _with_controls(text: bytes, fields: list[bytes]) -> list[bytes]:
    """The fields of a text with control characters as they are: CSV undoes only the escapes of
    quotes and backslashes."""
    if b"\\" not in text:
        return fields
    return [_raw(field) if _CONTROL(field) else field for field in fields]


def _raw(field: bytes) -> bytes:
    # A byte that is in no UTF-8 stands for a backslash meanwhile.
    field = field.replace(rb"\\", b"\xff")
    for escape, character in _CONTROLS:
        field = field.replace(escape, character)
    return _ESCAPE.sub(_character, field).replace(b"\xff", rb"\\")


def _character(escape: re.Match[bytes]) -> bytes:
    return bytes([int(escape[1], 16)])
