"""The rows that folds read and write, in memory: those of one batch, or of a whole view.

A batch begins with what was loaded from the tables; a look-up of what was not is `Missing`, and the
event is folded again once that was loaded. A whole view begins with nothing, and nothing is missing.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any

import msgspec

from projections.view import Gone, Lookup, R, Row, View
from tracker.domain.base import Recorded

_SHARED_BY = 4
"""From so many rows a heap on, it pays to deal them out."""


class Missing(Exception):
    """A fold looked up rows that were not loaded."""

    def __init__(self, lookup: Lookup) -> None:
        super().__init__(f"{lookup.row.table}.{lookup.column} = {lookup.value!r} was not loaded")
        self.lookup = lookup


class _Kept:
    """Rows by what they have in some columns, and where several share that, by the rest."""

    def __init__(self, columns: tuple[str, ...], rest: tuple[str, ...]) -> None:
        """Without a `rest` no two rows have the same in the columns."""
        self.columns = columns
        self.value_of = getter(columns)
        self._alone = not rest
        self._rest_of = getter(rest) if rest else _nothing
        self._rows: dict[Any, Any] = {}
        """By value: the row itself where it alone has it, otherwise a dict of rows by the rest."""

    def put(self, r: Row) -> Row | None:
        """Take in a row; gives the one whose place it takes, if there was one."""
        value = self.value_of(r)
        found = self._rows.setdefault(value, r)
        if found is r:
            return None
        rest = self._rest_of(r)
        if found.__class__ is dict:
            before = found.get(rest)
            found[rest] = r
            return before
        other = self._rest_of(found)
        if other == rest:
            self._rows[value] = r
            return found
        self._rows[value] = {other: found, rest: r}
        return None

    def drop(self, r: Row) -> None:
        """Take a row away, which is there."""
        value = self.value_of(r)
        found = self._rows[value]
        if found.__class__ is dict and len(found) > 1:
            del found[self._rest_of(r)]
        else:
            del self._rows[value]

    def get(self, value: Any, rest: Any) -> Any:
        """The row that has the value and the rest, None where there is none."""
        found: Any = self._rows.get(value)
        if found.__class__ is dict:
            return found.get(rest)
        return found if found is not None and self._rest_of(found) == rest else None

    def find(self, value: Any) -> Sequence[Row]:
        """The rows that have the value, by the rest."""
        found = self._rows.get(value)
        if found is None:
            return ()
        if found.__class__ is dict:
            return [found[rest] for rest in sorted(found)]
        return (found,)

    def all(self) -> Collection[Row]:
        """All rows, in no order."""
        if self._alone:
            return self._rows.values()
        parts = (f.values() if f.__class__ is dict else (f,) for f in self._rows.values())
        return list(chain.from_iterable(parts))

    def ordered(self) -> list[Row]:
        """All rows by value, then by the rest."""
        values = sorted(self._rows)
        if self._alone:
            return list(map(self._rows.__getitem__, values))
        return list(chain.from_iterable(map(self.find, values)))


class _Table:
    """The rows of one type by key, and by all else that they were looked up by.

    Once they are looked up by what their key begins with, they are kept by that, and then by the
    rest of the key.
    """

    def __init__(self, row: type[Row]) -> None:
        self.key_of = key_getter(row)
        self._row = row
        self._indexes: list[_Kept] = []
        """By other columns, then by key."""
        self._keep_by(len(row.key))

    def _keep_by(self, width: int) -> None:
        key = self._row.key
        self._kept = _Kept(key[:width], key[width:])
        self._value = itemgetter(*range(width))
        self._rest = itemgetter(*range(width, len(key))) if width < len(key) else _nothing

    def by(self, columns: tuple[str, ...]) -> Callable[[Any], Sequence[Row]]:
        """Finds the rows that have a value in some columns, by key."""
        key, width = self._row.key, len(columns)
        if columns == key and width > 1:
            return self._one
        if self._kept.columns == key and columns == key[:width] != key:
            rows = self._kept.all()
            self._keep_by(width)
            for r in rows:
                self._kept.put(r)
        for kept in (self._kept, *self._indexes):
            if kept.columns == columns:
                return kept.find
        index = _Kept(columns, key)
        self._indexes.append(index)
        for r in self._kept.all():
            index.put(r)
        return index.find

    def _one(self, key: Any) -> Sequence[Row]:
        found = self.get(key)
        return () if found is None else (found,)

    def get(self, key: Any) -> Any:
        """The row with a key, None where there is none."""
        return self._kept.get(self._value(key), self._rest(key))

    def put(self, r: Row) -> None:
        """Put a row in the place of the one with its key."""
        before = self._kept.put(r)
        for index in self._indexes:
            if before is not None and index.value_of(before) != index.value_of(r):
                index.drop(before)
            index.put(r)

    def drop(self, key: Any) -> None:
        """Take the row with a key away, if there is one."""
        row = self.get(key)
        if row is not None:
            for kept in (self._kept, *self._indexes):
                kept.drop(row)

    def of(self, columns: tuple[str, ...]) -> list[Row]:
        """All rows, in the order of columns that tell them apart."""
        if columns == self._row.key:
            return self._kept.ordered()
        return in_order(self._kept.all(), columns)


def _nothing(of: Any) -> None:
    """What is left of a whole key."""


class Rows:
    """The rows so far, and what changed since they were loaded."""

    def __init__(self, *, whole: bool = False, noted: bool = True) -> None:
        """Unless `noted`, nobody asks what changed, and that is not kept."""
        self._whole = whole
        self._noted = noted
        self._tables: dict[type[Row], _Table] = {}
        self._ways: dict[
            tuple[type[Row], str | tuple[str, ...]], Callable[[Any], Sequence[Row]]
        ] = {}
        """What finds the rows of a type by a column, or some."""
        self._loaded: set[tuple[type[Row], tuple[str, ...], Any]] = set()
        self.changed: dict[type[Row], dict[Any, Row | None]] = {}
        """By key: the row as it became, None where it is gone."""
        self.known: dict[type[Row], set[Any]] = {}
        """The keys of rows that were loaded."""
        self.final: dict[type[Row], list[Row]] = {}
        """Rows of final types, in the order in which they were put."""

    def of(self, row: type[R]) -> list[R]:
        """All rows of a type, in their order."""
        order = row.ordered_by()
        if row.final:
            return in_order(self.final.get(row, ()), order)  # pyright: ignore[reportReturnType]  kept by type, which it cannot see
        return self._table(row).of(order)  # pyright: ignore[reportReturnType]  as above

    def load(self, lookup: Lookup, found: Iterable[Row]) -> None:
        """Take in what the table has for a look-up; what a fold changed since stays as it is."""
        columns = _columns(lookup.column)
        self._loaded.add((lookup.row, columns, lookup.value))
        table = self._table(lookup.row)
        table.by(columns)
        changed = self.changed.get(lookup.row, {})
        known = self.known.setdefault(lookup.row, set())
        for r in found:
            key = table.key_of(r)
            known.add(key)
            if key not in changed and table.get(key) is None:
                table.put(r)

    def fold(self, view: View, recorded: Recorded) -> None:
        """Fold one event; nothing is changed where the fold raises."""
        if isinstance(recorded.event, view.events):
            self.apply(list(view.fold(self, recorded)))

    def apply(self, changes: Iterable[Any]) -> None:
        """Take in what a fold made of an event: each a `Change`."""
        tables = self._tables
        for change in changes:
            row = change.__class__
            # To ask whether it is an instance costs several times as much.
            if row is Gone:
                self._drop(change)
                continue
            if row.final:
                self.final.setdefault(row, []).append(change)
                continue
            table = tables.get(row) or self._table(row)
            if self._noted:
                self.changed.setdefault(row, {})[table.key_of(change)] = change
            table.put(change)

    def _drop(self, gone: Gone) -> None:
        if self._noted:
            self.changed.setdefault(gone.row, {})[gone.key] = None
        self._table(gone.row).drop(gone.key)

    def find(self, row: type[R], column: str | tuple[str, ...], value: Any) -> Sequence[R]:
        """The rows whose column has the value, by key; Missing where that was not loaded."""
        if not self._whole and (row, _columns(column), value) not in self._loaded:
            raise Missing(Lookup(row, _columns(column), value))
        way = self._ways.get((row, column))
        if way is None:
            way = self._ways[row, column] = self._table(row).by(_columns(column))
        return way(value)  # pyright: ignore[reportReturnType]  of the type that was asked for

    def _table(self, row: type[Row]) -> _Table:
        table = self._tables.get(row)
        if table is None:
            table = self._tables[row] = _Table(row)
        return table


def _columns(column: str | tuple[str, ...]) -> tuple[str, ...]:
    return (column,) if isinstance(column, str) else column


def in_order(rows: Collection[R], columns: tuple[str, ...]) -> list[R]:
    """Rows in the order of what they have in the columns, of which the last ones tell them apart.

    Where several rows share the first two they are dealt out by those, which takes less than to
    compare all with each other.
    """
    if len(columns) > 2:
        values = list(map(attrgetter(*columns[:2]), rows))
        different = set(values)
        if len(different) * _SHARED_BY <= len(rows):
            parts: dict[Any, list[R]] = {value: [] for value in sorted(different)}
            for value, row in zip(values, rows, strict=True):
                parts[value].append(row)
            rest = getter(columns[2:])
            return [row for part in parts.values() for row in sorted(part, key=rest)]
    return sorted(rows, key=attrgetter(*columns))


def blank(row: type[R]) -> R:
    """A row that says nothing where it has to say something, for one that is made in parts.

    Python gathers more than fifteen arguments by name in a dict, which takes longer than the rest.
    """
    needed = (field.name for field in msgspec.structs.fields(row) if field.required)
    return row(**dict.fromkeys(needed))


@cache
def getter(columns: tuple[str, ...]) -> Callable[[Any], Any]:
    """What a row has in the columns: the value of one, the values of several."""
    return attrgetter(*columns)


@cache
def key_getter(row: type[Row]) -> Callable[[Any], tuple[Any, ...]]:
    """A row's key, always a tuple."""
    if len(row.key) > 1:
        return attrgetter(*row.key)
    only = attrgetter(*row.key)
    return lambda r: (only(r),)
