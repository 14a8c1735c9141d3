"""What a view is: row types and a pure fold from events to changes of rows.

A view holds no SQL, no clock and no randomness. `fold` reads rows through the state that it is
given and yields what becomes of them: a row to put (insert, or replace by key), or `Gone`. `wants`
names beforehand what the fold of an event will look up, so that a batch asks the database once;
what it leaves out is looked up when the fold comes to it. Everything about tables, transactions
and checkpoints is the runner's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec

from tracker.domain.base import Event, Recorded


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One row of a view's table; the fields are the columns."""

    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Columns to index besides the key, which serves those too that it begins with; a text[], bigint[] or jsonb column alone gets a GIN index."""
    near: ClassVar[tuple[str, ...]] = ()
    """Columns, none null, whose rows are read together: rows are in their order, then in that of
    keys. They are stored and hashed so, and others make another version of the view."""
    generated: ClassVar[Mapping[str, str]] = {}
    """Columns that only indexes need: numbers that the database works out from others, in SQL."""
    found_first: ClassVar[bool] = False
    """Whether the fold looks a row up before it replaces it, so that any other that it puts is new."""
    final: ClassVar[bool] = False
    """Whether a row, once put, is never looked up, replaced or taken away by the fold: it is only
    ever copied in, and what is generated of it stands before its key."""

    @classmethod
    def ordered_by(cls) -> tuple[str, ...]:
        """The columns that all rows are ordered by: no two have the same in them."""
        return tuple(dict.fromkeys((*cls.near, *cls.key)))


R = TypeVar("R", bound=Row)


class Gone(msgspec.Struct, frozen=True, gc=False):
    """A row that is no longer there; its key in the order of `Row.key`."""

    row: type[Row]
    key: tuple[Any, ...]


Change = Row | Gone


class Lookup(msgspec.Struct, frozen=True, gc=False):
    """The rows of a table whose columns have these values; one column is written as such."""

    row: type[Row]
    column: str | tuple[str, ...]
    value: Any


class State(Protocol):
    """The rows of the view, with all changes of earlier events."""

    def find(self, row: type[R], column: str | tuple[str, ...], value: Any) -> Sequence[R]:
        """The rows whose column (or columns) have the value (or values), in the order of keys."""
        ...


def _nothing(recorded: Recorded) -> Iterable[Lookup]:
    return ()


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A named, versioned read model; a changed version is folded again from the first event."""

    name: str
    version: int
    rows: tuple[type[Row], ...]
    events: tuple[type[Event], ...]
    """Of which kinds its fold is given events; those that were erased are not among them."""
    fold: Callable[[State, Recorded], Iterable[Change]]
    wants: Callable[[Recorded], Iterable[Lookup]] = _nothing
    effort: int = 25
    """About how long an event takes that it folds, from its fold to the last index: so views are
    dealt out to processes. The fold of the timeline is 45."""
    skips: bool = False
    """Whether it goes on without an event that its fold cannot take; otherwise it halts there."""
