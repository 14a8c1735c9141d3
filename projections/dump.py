"""The canonical text of a view's rows, whose SHA-256 is the hash of its state.

Each table of the view is a line with its name, then a line of JSON (keys sorted) for each row in
the order of keys. Rows that were folded in memory and rows that were read back from tables give
the same lines, so the hash of a file of these lines is the hash of the state.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from typing import Any, get_args, get_type_hints

import msgspec

from projections.rows import Rows, key_getter
from projections.view import Row, View
from tracker.domain.errors import Refused

Tables = Iterable[tuple[type[Row], Iterable[Row]]]
"""Row types in the order of `View.rows`, each with its rows in the order of keys."""

_CHUNK_ROWS = 1000
_encoder = msgspec.json.Encoder(order="sorted")


class Dump:
    """Takes rows table by table, hashes and counts them, and hands their lines on."""

    def __init__(self, write: Callable[[bytes], object] | None = None) -> None:
        self._write = write
        self._hash = hashlib.sha256()
        self.rows = 0

    def table(self, row: type[Row]) -> None:
        """Begin a table."""
        self._take(table_line(row))

    def add(self, row: type[Row], rows: Sequence[Row]) -> None:
        """Take the next rows of the table, in the order of keys."""
        if rows:
            self._take(_encoder.encode_lines(_in_utc(row, rows)))
            self.rows += len(rows)

    def _take(self, lines: bytes) -> None:
        self._hash.update(lines)
        if self._write is not None:
            self._write(lines)

    def hexdigest(self) -> str:
        """The hash of the state so far."""
        return self._hash.hexdigest()


def dump(tables: Tables, write: Callable[[bytes], object] | None = None) -> Dump:
    """Dump some tables at once."""
    made = Dump(write)
    for row, rows in tables:
        made.table(row)
        left = iter(rows)
        while some := list(islice(left, _CHUNK_ROWS)):
            made.add(row, some)
    return made


def state_hash(tables: Tables) -> str:
    """The hash of a state in hexadecimal: equal rows in equal tables, equal hash."""
    return dump(tables).hexdigest()


def tables_of(view: View, rows: Rows) -> Iterator[tuple[type[Row], list[Row]]]:
    """The tables of a view that was folded in memory, as they are dumped."""
    for row in view.rows:
        found = rows.of(row)
        # Final rows stand in the order in which they were put.
        yield row, sorted(found, key=key_getter(row)) if row.final else found


def load(lines: Iterable[bytes], rows: Sequence[type[Row]]) -> Iterator[tuple[type[Row], Row]]:
    """The rows of a dump; Refused names the first line that no dump of these tables has."""
    decoders = {row.table: (row, msgspec.json.Decoder(row)) for row in rows}
    table: tuple[type[Row], msgspec.json.Decoder[Row]] | None = None
    for number, line in enumerate(lines, 1):
        try:
            if line.startswith(b'"'):
                table = decoders[msgspec.json.decode(line, type=str)]
            elif table is None:
                raise Refused(f"line {number}: a row stands before the name of its table")
            else:
                yield table[0], table[1].decode(line)
        except KeyError:
            raise Refused(f"line {number}: the view has no such table") from None
        except msgspec.DecodeError as wrong:
            raise Refused(f"line {number}: {wrong}") from None


def table_line(row: type[Row]) -> bytes:
    """The line before the rows of a table."""
    return _encoder.encode(row.table) + b"\n"


def row_line(row: Row) -> bytes:
    """The line of a row."""
    return _encoder.encode_lines(_in_utc(type(row), [row]))


def _in_utc(row: type[Row], rows: Sequence[Row]) -> Sequence[Row]:
    """The rows with every time in UTC, whatever time zone a session of the database had."""
    names = _instants(row)
    return [_at_zero(r, names) for r in rows] if names else rows


def _at_zero(row: Row, names: tuple[str, ...]) -> Row:
    local: dict[str, Any] = {}
    for name in names:
        value: datetime | None = getattr(row, name)
        if value is not None and value.tzinfo is not UTC and value.utcoffset():
            local[name] = value.astimezone(UTC)
    return msgspec.structs.replace(row, **local) if local else row


@cache
def _instants(row: type[Row]) -> tuple[str, ...]:
    hints = get_type_hints(row)
    return tuple(
        name for name in row.__struct_fields__ if datetime in (hints[name], *get_args(hints[name]))
    )
