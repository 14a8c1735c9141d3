"""The rows that folds read and write, in memory: those of one batch, or of a whole view.

A batch begins with what was loaded from the tables; a look-up of what was not is `Missing`, and the
event is folded again once that was loaded. A whole view begins with nothing, and nothing is missing.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
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


class _Index:
    """The keys of rows by what the rows have in some columns."""

    def __init__(self, row: type[Row], columns: tuple[str, ...], rows: dict[Any, Row]) -> None:
        self.value_of = getter(columns)
        self._rows = rows
        self.keys: dict[Any, tuple[Any, ...] | dict[tuple[Any, ...], None]] = {}
        """The key, a tuple, where only one row has the value; otherwise a dict of keys."""
        width = len(columns)
        self.within_key = set(columns) <= set(row.key)
        """Whether rows of one key always have one value."""
        self.rest: Callable[[Any], Any] | None = None
        """What keys of one value are ordered by; None is all of the key."""
        if width < len(row.key) and columns == row.key[:width]:
            self.rest = itemgetter(*range(width, len(row.key)))

    def enter(self, value: Any, key: Any) -> None:
        """A row with a key has a value."""
        found = self.keys.setdefault(value, key)
        if found is key:
            return
        if isinstance(found, dict):
            found[key] = None
        elif found != key:
            self.keys[value] = {found: None, key: None}

    def leave(self, value: Any, key: Any) -> None:
        """The row with a key has the value no more."""
        found = self.keys[value]
        if isinstance(found, dict) and len(found) > 1:
            del found[key]
        else:
            del self.keys[value]

    def find(self, value: Any) -> Sequence[Row]:
        """The rows that have a value, by key."""
        found = self.keys.get(value)
        if found is None:
            return ()
        rows = self._rows
        if isinstance(found, dict):
            return [rows[key] for key in sorted(found, key=self.rest)]
        return (rows[found],)


class _Table:
    """The rows of one type by key, and by every column that was looked up."""

    def __init__(self, row: type[Row]) -> None:
        self.key_of = key_getter(row)
        self.rows: dict[Any, Row] = {}
        self._row = row
        self._indexes: dict[tuple[str, ...], _Index] = {}
        self._all: list[_Index] = []
        self._moving: list[_Index] = []
        """Those that a row may change its place in."""

    def index(self, columns: tuple[str, ...]) -> _Index:
        """Value → the keys of the rows that have it."""
        index = self._indexes.get(columns)
        if index is None:
            index = self._indexes[columns] = _Index(self._row, columns, self.rows)
            self._all.append(index)
            if not index.within_key:
                self._moving.append(index)
            for key, r in self.rows.items():
                index.enter(index.value_of(r), key)
        return index

    def by(self, columns: tuple[str, ...]) -> Callable[[Any], Sequence[Row]]:
        """Finds the rows that have a value in some columns, by key."""
        if columns != self._row.key:
            return self.index(columns).find
        rows, several = self.rows, len(columns) > 1

        def find(value: Any) -> Sequence[Row]:
            one = rows.get(value if several else (value,))
            return () if one is None else (one,)

        return find

    def store(self, key: Any, r: Row) -> None:
        """Put a row in the place of the one with its key."""
        old = self.rows.setdefault(key, r)
        if old is r:
            for index in self._all:
                index.enter(index.value_of(r), key)
            return
        self.rows[key] = r
        for index in self._moving:
            before, value = index.value_of(old), index.value_of(r)
            if before != value:
                index.leave(before, key)
                index.enter(value, key)

    def drop(self, key: Any) -> None:
        """Take the row with a key away, if there is one."""
        old = self.rows.pop(key, None)
        if old is not None:
            for index in self._all:
                index.leave(index.value_of(old), key)


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
        kept = self.final.get(row, ()) if row.final else self._table(row).rows.values()
        return in_order(kept, row.ordered_by())  # pyright: ignore[reportReturnType]  kept by type, which it cannot see

    def load(self, lookup: Lookup, found: Iterable[Row]) -> None:
        """Take in what the table has for a look-up; what a fold changed since stays as it is."""
        columns = _columns(lookup.column)
        self._loaded.add((lookup.row, columns, lookup.value))
        table = self._table(lookup.row)
        if columns != lookup.row.key:
            table.index(columns)
        changed = self.changed.get(lookup.row, {})
        known = self.known.setdefault(lookup.row, set())
        for r in found:
            key = table.key_of(r)
            known.add(key)
            if key not in table.rows and key not in changed:
                table.store(key, r)

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
            key = table.key_of(change)
            if self._noted:
                self.changed.setdefault(row, {})[key] = change
            table.store(key, change)

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
