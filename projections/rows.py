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

_Place = tuple[type[Row], tuple[str, ...]]


class Missing(Exception):
    """A fold looked up rows that were not loaded."""

    def __init__(self, lookup: Lookup) -> None:
        super().__init__(f"{lookup.row.table}.{lookup.column} = {lookup.value!r} was not loaded")
        self.lookup = lookup


class Rows:
    """The rows so far, and what changed since they were loaded."""

    def __init__(self, *, whole: bool = False) -> None:
        self._whole = whole
        self._rows: dict[type[Row], dict[Any, Row]] = {}
        self._index: dict[_Place, dict[Any, dict[Any, None]]] = {}
        self._loaded: set[tuple[type[Row], tuple[str, ...], Any]] = set()
        self.changed: dict[type[Row], dict[Any, Row | None]] = {}
        """By key: the row as it became, None where it is gone."""
        self.final: dict[type[Row], list[Row]] = {}
        """Rows of final types, in the order in which they were put."""

    def of(self, row: type[R]) -> list[R]:
        """All rows of a type, by key."""
        kept = self._rows.get(row, {})
        return [kept[k] for k in sorted(kept)] + self.final.get(row, [])  # pyright: ignore[reportReturnType]  kept by type, which it cannot see

    def load(self, lookup: Lookup, found: Iterable[Row]) -> None:
        """Take in what the table has for a look-up; what a fold changed since stays as it is."""
        columns = _columns(lookup.column)
        self._loaded.add((lookup.row, columns, lookup.value))
        self._indexed((lookup.row, columns))
        kept = self._rows.setdefault(lookup.row, {})
        changed = self.changed.get(lookup.row, {})
        key_of = key_getter(lookup.row)
        for r in found:
            key = key_of(r)
            if key not in kept and key not in changed:
                self._store(lookup.row, key, r)

    def fold(self, view: View, recorded: Recorded) -> None:
        """Fold one event; nothing is changed where the fold raises."""
        if isinstance(recorded.event, view.events):
            for change in list(view.fold(self, recorded)):
                self._apply(change)

    def _apply(self, change: Change) -> None:
        if isinstance(change, Gone):
            self.changed.setdefault(change.row, {})[change.key] = None
            self._drop(change.row, change.key)
            return
        row = type(change)
        if row.final:
            self.final.setdefault(row, []).append(change)
            return
        key = key_getter(row)(change)
        self.changed.setdefault(row, {})[key] = change
        self._store(row, key, change)

    def find(self, row: type[R], column: str | tuple[str, ...], value: Any) -> Sequence[R]:
        """The rows whose column has the value, by key; Missing where that was not loaded."""
        columns = _columns(column)
        if not self._whole and (row, columns, value) not in self._loaded:
            raise Missing(Lookup(row, columns, value))
        kept = self._rows.get(row, {})
        if columns == row.key:
            one = kept.get(value if len(columns) > 1 else (value,))
            return () if one is None else (one,)  # pyright: ignore[reportReturnType]
        keys = self._indexed((row, columns)).get(value, ())
        return [kept[k] for k in sorted(keys)]  # pyright: ignore[reportReturnType]

    def _indexed(self, place: _Place) -> dict[Any, dict[Any, None]]:
        index = self._index.get(place)
        if index is None:
            row, columns = place
            index = self._index[place] = {}
            value_of = getter(columns)
            for key, r in self._rows.get(row, {}).items():
                index.setdefault(value_of(r), {})[key] = None
        return index

    def _store(self, row: type[Row], key: Any, r: Row) -> None:
        kept = self._rows.setdefault(row, {})
        if key in kept:
            self._drop(row, key)
        kept[key] = r
        for (indexed, columns), index in self._index.items():
            if indexed is row:
                index.setdefault(getter(columns)(r), {})[key] = None

    def _drop(self, row: type[Row], key: Any) -> None:
        old = self._rows.get(row, {}).pop(key, None)
        if old is None:
            return
        for (indexed, columns), index in self._index.items():
            if indexed is row:
                value = getter(columns)(old)
                keys = index[value]
                del keys[key]
                if not keys:
                    del index[value]


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
