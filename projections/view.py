"""What a view is: row types and a pure fold from events to rows.

A view holds no SQL, no clock and no randomness. `wants` names the rows that the fold of one event
may read; `fold` returns the rows to put (insert, or replace by key). Everything about tables,
transactions and checkpoints is the runner's.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec

from tracker.domain.base import Recorded


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a view's table; the fields are the columns."""

    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Columns to index besides the key; a text[] or jsonb column alone gets a GIN index."""


R = TypeVar("R", bound=Row)


class Lookup(msgspec.Struct, frozen=True):
    """The rows of a table whose column has a value."""

    row: type[Row]
    column: str
    value: Any


class State(Protocol):
    """The rows that a fold may read: those wanted, with all changes of earlier events."""

    def find(self, row: type[R], column: str, value: Any) -> Sequence[R]:
        """The rows whose column has the value."""
        ...


def _nothing(recorded: Recorded) -> Iterable[Lookup]:
    return ()


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A named, versioned read model; a changed version is folded again from the first event."""

    name: str
    version: int
    rows: tuple[type[Row], ...]
    fold: Callable[[State, Recorded], Iterable[Row]]
    wants: Callable[[Recorded], Iterable[Lookup]] = _nothing
