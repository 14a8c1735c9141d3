"""What a fold made of the rows so far, seen by itself: an event that touches a row more than once."""

from collections.abc import Sequence
from typing import Any

from projections.rows import getter, key_getter
from projections.view import Change, Gone, R, Row, State


class Overlay:
    """The rows of a view with the changes of the event being folded; `changes` yields these."""

    def __init__(self, state: State) -> None:
        self._find = state.find
        self._new: dict[type[Row], dict[tuple[Any, ...], Row | None]] = {}

    def find(self, row: type[R], column: str | tuple[str, ...], value: Any) -> Sequence[R]:
        """The rows whose column (or columns) have the value (or values), in the order of keys."""
        found = self._find(row, column, value)
        new = self._new.get(row)
        return self._seen(row, column, value, found, new) if new else found

    def first(self, row: type[R], column: str | tuple[str, ...], value: Any) -> R | None:
        """The first such row, if there is any."""
        found = self.find(row, column, value)
        return found[0] if found else None

    def _seen(
        self,
        row: type[R],
        column: str | tuple[str, ...],
        value: Any,
        found: Sequence[R],
        new: dict[tuple[Any, ...], Row | None],
    ) -> Sequence[R]:
        """What was found, but for what was put or dropped since."""
        value_of = getter((column,) if isinstance(column, str) else column)
        kept: list[Any] = [r for r in new.values() if r is not None and value_of(r) == value]
        if found:
            key_of = key_getter(row)
            kept += [r for r in found if key_of(r) not in new]
        return kept if len(kept) < 2 else sorted(kept, key=key_getter(row))

    def put(self, row: Row) -> None:
        """Insert a row, or replace the one with its key."""
        kind = type(row)
        new = self._new.get(kind)
        if new is None:
            new = self._new[kind] = {}
        new[key_getter(kind)(row)] = row

    def drop(self, row: Row) -> None:
        """Take a row away."""
        self._new.setdefault(type(row), {})[key_getter(type(row))(row)] = None

    def changes(self) -> list[Change]:
        """What becomes of the rows."""
        return [
            Gone(kind, key) if row is None else row
            for kind, rows in self._new.items()
            for key, row in rows.items()
        ]
