"""The rows that folds read and write, in memory: those of one batch, or of a whole view.

A batch begins with what was loaded from the tables; a look-up of what was not is `Missing`, and the
event is folded again once that was loaded. A whole view begins with nothing, and nothing is missing.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from projections.view import Change, Gone, Lookup, R, Row, View
from tracker.domain.base import Recorded


class Missing(Exception):
    """A fold looked up rows that were not loaded."""

    def __init__(self, lookup: Lookup) -> None:
        super().__init__(f"{lookup.row.table}.{lookup.column} = {lookup.value!r} was not loaded")
        self.lookup = lookup


class _Table:
    """The rows of one type by key, and by every column that was looked up."""

    def __init__(self, row: type[Row]) -> None:
        self.key_of = key_getter(row)
        self.rows: dict[Any, Row] = {}
        self._indexes: dict[tuple[str, ...], dict[Any, dict[Any, None]]] = {}
        self._places: list[tuple[Callable[[Any], Any], dict[Any, dict[Any, None]]]] = []

    def index(self, columns: tuple[str, ...]) -> dict[Any, dict[Any, None]]:
        """Value → the keys of the rows that have it."""
        index = self._indexes.get(columns)
        if index is None:
            index = self._indexes[columns] = {}
            value_of = getter(columns)
            self._places.append((value_of, index))
            for key, r in self.rows.items():
                index.setdefault(value_of(r), {})[key] = None
        return index

    def store(self, key: Any, r: Row) -> None:
        """Put a row in the place of the one with its key."""
        old = self.rows.get(key)
        self.rows[key] = r
        for value_of, index in self._places:
            value = value_of(r)
            if old is not None:
                before = value_of(old)
                if before == value:
                    continue
                _leave(index, before, key)
            keys = index.get(value)
            if keys is None:
                index[value] = {key: None}
            else:
                keys[key] = None

    def drop(self, key: Any) -> None:
        """Take the row with a key away, if there is one."""
        old = self.rows.pop(key, None)
        if old is not None:
            for value_of, index in self._places:
                _leave(index, value_of(old), key)


def _leave(index: dict[Any, dict[Any, None]], value: Any, key: Any) -> None:
    keys = index[value]
    del keys[key]
    if not keys:
        del index[value]


class Rows:
    """The rows so far, and what changed since they were loaded."""

    def __init__(self, *, whole: bool = False) -> None:
        self._whole = whole
        self._tables: dict[type[Row], _Table] = {}
        self._loaded: set[tuple[type[Row], tuple[str, ...], Any]] = set()
        self.changed: dict[type[Row], dict[Any, Row | None]] = {}
        """By key: the row as it became, None where it is gone."""
        self.final: dict[type[Row], list[Row]] = {}
        """Rows of final types, in the order in which they were put."""

    def of(self, row: type[R]) -> list[R]:
        """All rows of a type, by key."""
        kept = self._table(row).rows
        return [kept[k] for k in sorted(kept)] + self.final.get(row, [])  # pyright: ignore[reportReturnType]  kept by type, which it cannot see

    def load(self, lookup: Lookup, found: Iterable[Row]) -> None:
        """Take in what the table has for a look-up; what a fold changed since stays as it is."""
        columns = _columns(lookup.column)
        self._loaded.add((lookup.row, columns, lookup.value))
        table = self._table(lookup.row)
        if columns != lookup.row.key:
            table.index(columns)
        changed = self.changed.get(lookup.row, {})
        for r in found:
            key = table.key_of(r)
            if key not in table.rows and key not in changed:
                table.store(key, r)

    def fold(self, view: View, recorded: Recorded) -> None:
        """Fold one event; nothing is changed where the fold raises."""
        if isinstance(recorded.event, view.events):
            for change in list(view.fold(self, recorded)):
                self._apply(change)

    def _apply(self, change: Change) -> None:
        if isinstance(change, Gone):
            self.changed.setdefault(change.row, {})[change.key] = None
            self._table(change.row).drop(change.key)
            return
        row = type(change)
        if row.final:
            self.final.setdefault(row, []).append(change)
            return
        table = self._table(row)
        key = table.key_of(change)
        self.changed.setdefault(row, {})[key] = change
        table.store(key, change)

    def find(self, row: type[R], column: str | tuple[str, ...], value: Any) -> Sequence[R]:
        """The rows whose column has the value, by key; Missing where that was not loaded."""
        columns = _columns(column)
        if not self._whole and (row, columns, value) not in self._loaded:
            raise Missing(Lookup(row, columns, value))
        table = self._table(row)
        if columns == row.key:
            one = table.rows.get(value if len(columns) > 1 else (value,))
            return () if one is None else (one,)  # pyright: ignore[reportReturnType]
        keys = table.index(columns).get(value, ())
        kept = table.rows
        if len(keys) > 1:
            keys = sorted(keys)
        return [kept[k] for k in keys]  # pyright: ignore[reportReturnType]

    def _table(self, row: type[Row]) -> _Table:
        table = self._tables.get(row)
        if table is None:
            table = self._tables[row] = _Table(row)
        return table


def _columns(column: str | tuple[str, ...]) -> tuple[str, ...]:
    return (column,) if isinstance(column, str) else column


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
