"""The canonical text of a view's rows, whose SHA-256 is the hash of its state.

Each table of the view is a line with its name and columns, then a line for each row in its order:
an array of JSON with what the row has in those columns. Rows that were folded in memory and
rows that were read back from tables give the same lines, so the hash of a file of these lines is
the hash of the state.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from projections.lines import dumped, names, read
from projections.rows import Rows
from projections.view import Row, View
from tracker.domain.errors import Refused

Tables = Iterable[tuple[type[Row], Iterable[Row]]]
"""Row types in the order of `View.rows`, each with its rows in their order."""

_CHUNK_ROWS = 1000
_encode = msgspec.json.Encoder(order="sorted").encode


class _Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The line before the rows of a table."""

    columns: tuple[str, ...]
    table: str


_decode_head = msgspec.json.Decoder(_Head).decode


class Dump:
    """Takes rows table by table, hashes and counts them, and hands their lines on."""

    def __init__(self, write: Callable[[bytes], object] | None = None) -> None:
        self._write = write
        self._hash = hashlib.sha256()
        self.rows = 0

    def table(self, row: type[Row]) -> None:
        """Begin a table."""
        self.take(table_line(row), 0)

    def add(self, row: type[Row], rows: Sequence[Row]) -> None:
        """Take the next rows of the table, in their order."""
        if rows:
            self.take(dumped(row, rows), len(rows))

    def take(self, lines: bytes, rows: int) -> None:
        """Take lines that were made elsewhere, of so many rows."""
        self._hash.update(lines)
        self.rows += rows
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
    return ((row, rows.of(row)) for row in view.rows)


def load(lines: Iterable[bytes], rows: Sequence[type[Row]]) -> Iterator[tuple[type[Row], Row]]:
    """The rows of a dump; Refused names the first line that no dump of these tables has."""
    tables, table = {row.table: row for row in rows}, None
    for number, line in enumerate(lines, 1):
        try:
            if line.startswith(b"{"):
                table = _begun(tables, _decode_head(line))
            elif table is None:
                raise Refused("a row stands before the name of its table")
            else:
                yield table, read(table, line)
        except (Refused, msgspec.DecodeError) as wrong:
            raise Refused(f"line {number}: {wrong}") from None


def _begun(tables: Mapping[str, type[Row]], head: _Head) -> type[Row]:
    row = tables.get(head.table)
    if row is None:
        raise Refused("the view has no such table")
    if head.columns != names(row):
        raise Refused(f"the table {head.table} has other columns: {', '.join(names(row))}")
    return row


def table_line(row: type[Row]) -> bytes:
    """The line before the rows of a table."""
    return _encode(_Head(table=row.table, columns=names(row))) + b"\n"


def row_line(row: Row) -> bytes:
    """The line of a row."""
    return dumped(type(row), [row])
