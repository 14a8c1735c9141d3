"""One batch of events into the tables of one view: look-ups beforehand, changes in sets.

    events ─ wants ─→ rows loaded ─ fold ─→ changes ─→ one statement a table

An event that cannot be folded, or whose rows the database refuses, is found by halving.
"""

import traceback
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import psycopg
from psycopg import AsyncConnection, errors
from psycopg.rows import TupleRow

from projections import tables
from projections.copying import copy_in
from projections.rows import Missing, Rows, getter
from projections.view import Lookup, Row, View
from tracker.domain.base import Recorded
from tracker.domain.errors import TrackerError

REFUSED = (
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.ProgrammingError,
    errors.ProgramLimitExceeded,
    # What JSON cannot say: an integer of more than 64 bits, half a character.
    OverflowError,
    UnicodeEncodeError,
)


class FoldFailed(TrackerError):
    """A view cannot take an event: its fold raised, or its rows were refused."""

    def __init__(self, position: int, reason: str, *, lasting: bool = False) -> None:
        super().__init__(reason)
        self.position = position
        self.reason = reason
        self.lasting = lasting
        """Whether the tables are at fault and not the event, so that none would do."""

    @property
    def line(self) -> str:
        """The reason in one line."""
        return f"event {self.position}: {self.reason.strip().splitlines()[-1]}"


async def fold_into(
    connection: AsyncConnection[TupleRow], view: View, events: Sequence[Recorded], suffix: str = ""
) -> None:
    """Fold events into the tables of a view; FoldFailed where it cannot take one of them."""
    events = [e for e in events if isinstance(e.event, view.events)]
    try:
        await _store(connection, await _folded(connection, view, events, suffix), suffix)
    except errors.InsufficientPrivilege:
        raise  # whoever runs the database can mend that, and then it goes on
    except REFUSED as fault:
        raise refusal(events, fault) from None


async def _folded(
    connection: AsyncConnection[TupleRow], view: View, events: Sequence[Recorded], suffix: str
) -> Rows:
    rows = Rows()
    await _load(connection, rows, _wanted(view, events), suffix)
    for recorded in events:
        while True:
            try:
                rows.fold(view, recorded)
                break
            except Missing as missing:
                lookup = missing.lookup
            except Exception:  # noqa: BLE001  whatever a fold raises halts its view and no other
                raise FoldFailed(recorded.position, traceback.format_exc()) from None
            await _load(connection, rows, [lookup], suffix)
    return rows


def refusal(events: Sequence[Recorded], fault: Exception) -> FoldFailed:
    """What is told of rows that could not be stored."""
    first, last = events[0].position, events[-1].position
    which = f"event {first}" if first == last else f"events {first} to {last}"
    reason = " ".join(f"the rows of {which} cannot be kept: {fault}".split())
    lasting = isinstance(fault, psycopg.ProgrammingError)
    return FoldFailed(first, reason, lasting=lasting)


async def _store(connection: AsyncConnection[TupleRow], rows: Rows, suffix: str) -> None:
    for row, final in rows.final.items():
        await copy_in(connection, row, final, suffix)
    for row, changed in rows.changed.items():
        gone = [key for key, r in changed.items() if r is None]
        await tables.take(connection, row, gone, suffix)
        await tables.put(connection, row, [r for r in changed.values() if r], suffix)


async def _load(
    connection: AsyncConnection[TupleRow], rows: Rows, lookups: Iterable[Lookup], suffix: str
) -> None:
    by_place: dict[tuple[type[Row], tuple[str, ...]], dict[Any, None]] = {}
    for lookup in lookups:
        columns = (lookup.column,) if isinstance(lookup.column, str) else lookup.column
        by_place.setdefault((lookup.row, columns), {})[lookup.value] = None
    for (row, columns), values in by_place.items():
        found = await tables.fetch(connection, row, columns, list(values), suffix)
        value_of = getter(columns)
        by_value: dict[Any, list[Row]] = {}
        for r in found:
            by_value.setdefault(value_of(r), []).append(r)
        for value in values:
            rows.load(Lookup(row, columns, value), by_value.get(value, ()))


def _wanted(view: View, events: Sequence[Recorded]) -> list[Lookup]:
    wanted: list[Lookup] = []
    for recorded in events:
        try:
            wanted += view.wants(recorded)
        except Exception:  # noqa: BLE001  as for a fold
            raise FoldFailed(recorded.position, traceback.format_exc()) from None
    return wanted


async def halving(
    events: Sequence[Recorded],
    attempt: Callable[[Sequence[Recorded]], Awaitable[None]],
    give_up: Callable[[FoldFailed], Awaitable[bool]],
) -> bool:
    """Apply all events but those that cannot be; each attempt stands and falls by itself.

    `give_up` is told of each single event that failed and says whether to go on without it.
    False where it does not; the events from there on are left.
    """
    try:
        await attempt(events)
    except FoldFailed as failed:
        if len(events) == 1 or failed.lasting:
            return await give_up(failed)
        half = len(events) // 2
        return await halving(events[:half], attempt, give_up) and await halving(
            events[half:], attempt, give_up
        )
    return True
