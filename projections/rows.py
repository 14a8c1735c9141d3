"""The rows of one batch: as the tables had them, and as the folds changed them since."""

from collections.abc import Iterable, Sequence
from typing import Any

from projections.view import R, Row


class Rows:
    """The rows that the folds of one batch read and write."""

    def __init__(self) -> None:
        self._rows: dict[tuple[type[Row], Any], Row] = {}
        self._index: dict[tuple[type[Row], str], dict[Any, set[Any]]] = {}
        self.changed: dict[type[Row], dict[Any, Row]] = {}

    def load(self, row: type[Row], column: str, found: Iterable[Row]) -> None:
        """Take in rows as they stand in the table."""
        self._index.setdefault((row, column), {})
        for r in found:
            self._store(r)

    def put(self, r: Row) -> None:
        """Take in a row that a fold made."""
        self._store(r)
        self.changed.setdefault(type(r), {})[_key(r)] = r

    def find(self, row: type[R], column: str, value: Any) -> Sequence[R]:
        """The rows whose column has the value, by key."""
        keys = self._index.get((row, column), {}).get(value, set())
        # Kept by type, which the type checker cannot see.
        return [self._rows[(row, k)] for k in sorted(keys)]  # pyright: ignore[reportReturnType]

    def _store(self, r: Row) -> None:
        row, key = type(r), _key(r)
        old = self._rows.get((row, key))
        self._rows[(row, key)] = r
        for (indexed, column), by_value in self._index.items():
            if indexed is row:
                if old is not None:
                    by_value.get(getattr(old, column), set()).discard(key)
                by_value.setdefault(getattr(r, column), set()).add(key)


def _key(r: Row) -> tuple[Any, ...]:
    return tuple(getattr(r, name) for name in r.key)
