"""One batch of events into the tables of views: look-ups beforehand, changes in sets.

    events ─ wants ─→ rows loaded ─ fold ─→ changes ─→ one statement a table

Of several views the rows of one are loaded and stored while another is folded, so that both sides
have work. An event that cannot be folded, or whose rows the database refuses, is found by halving.
"""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

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
_SLICE = 20


class FoldFailed(TrackerError):
    """A view cannot take an event: its fold raised, or its rows were refused."""

    def __init__(self, position: int, reason: str, *, lasting: bool = False) -> None:
        super().__init__(reason)
        self.position = position
        self.reason = reason
        self.lasting = lasting
        """Whether the tables are at fault and not the event, so that none would do."""
        self.view = ""
        """The name of the view, where several are folded."""

    @property
    def line(self) -> str:
        """The reason in one line."""
        return f"event {self.position}: {self.reason.strip().splitlines()[-1]}"


async def fold_into(
    connection: AsyncConnection[TupleRow], view: View, events: Sequence[Recorded], suffix: str = ""
) -> None:
    """Fold events into the tables of a view; FoldFailed where it cannot take one of them."""
    await fold_all(connection, [(view, events)], suffix)


async def fold_all(
    connection: AsyncConnection[TupleRow],
    work: Iterable[tuple[View, Sequence[Recorded]]],
    suffix: str = "",
) -> None:
    """Fold events into the tables of several views; FoldFailed says which could not take one."""
    place = _Tables(connection, suffix, asyncio.Lock())
    batches = [_Batch(place, view, events) for view, events in work]
    folded: asyncio.Queue[_Batch] = asyncio.Queue()
    loading: list[asyncio.Task[None]] = []
    for batch in batches:
        loading.append(asyncio.create_task(_after(loading[-1:], batch.load)))
    storing = asyncio.create_task(_store_all(folded, len(batches)))
    beside = (*loading, storing)
    try:
        for batch, loaded in zip(batches, loading, strict=True):
            await loaded
            await batch.fold()
            folded.put_nowait(batch)
            if storing.done():
                break  # it failed, and says why
        await storing
    except errors.InFailedSqlTransaction as aborted:
        # The statement at fault was that of another view, which is told of in its place.
        raise next(_causes(beside), aborted) from None
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


def _causes(tasks: Iterable[asyncio.Task[None]]) -> Generator[BaseException]:
    """What went wrong in tasks before the transaction was of no more use."""
    for task in tasks:
        fault = task.exception() if task.done() and not task.cancelled() else None
        if fault is not None and not isinstance(fault, errors.InFailedSqlTransaction):
            yield fault


async def _after(before: Sequence[asyncio.Task[None]], work: Callable[[], Awaitable[None]]) -> None:
    if before:
        await asyncio.wait(before)
    await work()


async def _store_all(folded: asyncio.Queue["_Batch"], count: int) -> None:
    for _ in range(count):
        await (await folded.get()).store()


class _Tables(NamedTuple):
    """Where the rows are; whoever has the turn may use the connection."""

    connection: AsyncConnection[TupleRow]
    suffix: str
    turn: asyncio.Lock


class _Batch:
    """The events of one view on their way."""

    def __init__(self, place: _Tables, view: View, events: Sequence[Recorded]) -> None:
        self._place = place
        self._view = view
        self._events = [e for e in events if isinstance(e.event, view.events)]
        self._rows = Rows()

    async def load(self) -> None:
        """Look up what the folds announce."""
        with self._naming_it():
            wanted: list[Lookup] = []
            for recorded in self._events:
                try:
                    wanted += self._view.wants(recorded)
                except Exception:  # noqa: BLE001  as for a fold
                    raise FoldFailed(recorded.position, traceback.format_exc()) from None
            await _load(self._place, self._rows, wanted)

    async def fold(self) -> None:
        """Fold in memory; what was not announced is looked up now."""
        with self._naming_it():
            for number, recorded in enumerate(self._events):
                if not number % _SLICE:
                    await asyncio.sleep(0)  # what is stored meanwhile goes on its way
                while lookup := self._missing(recorded):
                    await _load(self._place, self._rows, [lookup])

    def _missing(self, recorded: Recorded) -> Lookup | None:
        """What has to be looked up before the event can be folded; None once it is."""
        try:
            self._rows.fold(self._view, recorded)
        except Missing as missing:
            return missing.lookup
        except Exception:  # noqa: BLE001  whatever a fold raises halts its view and no other
            raise FoldFailed(recorded.position, traceback.format_exc()) from None
        return None

    async def store(self) -> None:
        """Write what became of the rows."""
        with self._naming_it():
            await _store(self._place, self._rows)

    @contextmanager
    def _naming_it(self) -> Generator[None]:
        """Say of a failure whose it is."""
        try:
            yield
        except errors.InsufficientPrivilege:
            raise  # whoever runs the database can mend that, and then it goes on
        except FoldFailed as failed:
            failed.view = self._view.name
            raise
        except REFUSED as fault:
            failed = refusal(self._events, fault)
            failed.view = self._view.name
            raise failed from None


def refusal(events: Sequence[Recorded], fault: Exception) -> FoldFailed:
    """What is told of rows that could not be stored."""
    first, last = events[0].position, events[-1].position
    which = f"event {first}" if first == last else f"events {first} to {last}"
    reason = " ".join(f"the rows of {which} cannot be kept: {fault}".split())
    lasting = isinstance(fault, psycopg.ProgrammingError)
    return FoldFailed(first, reason, lasting=lasting)


async def _store(place: _Tables, rows: Rows) -> None:
    connection, suffix, turn = place
    for row, final in rows.final.items():
        async with turn:
            await copy_in(connection, row, final, suffix)
    for row, changed in rows.changed.items():
        gone = [key for key, r in changed.items() if r is None]
        known = rows.known.get(row, set()) if row.found_first else changed
        new = [r for key, r in changed.items() if r and key not in known]
        replaced = [r for key, r in changed.items() if r and key in known]
        async with turn:
            await tables.take(connection, row, gone, suffix)
            if new:
                await copy_in(connection, row, new, suffix)
            await tables.put(connection, row, replaced, suffix)


async def _load(place: _Tables, rows: Rows, lookups: Iterable[Lookup]) -> None:
    by_place: dict[tuple[type[Row], tuple[str, ...]], dict[Any, None]] = {}
    for lookup in lookups:
        columns = (lookup.column,) if isinstance(lookup.column, str) else lookup.column
        by_place.setdefault((lookup.row, columns), {})[lookup.value] = None
    for (row, columns), values in by_place.items():
        async with place.turn:
            found = await tables.fetch(place.connection, row, columns, list(values), place.suffix)
        value_of = getter(columns)
        by_value: dict[Any, list[Row]] = {}
        for r in found:
            by_value.setdefault(value_of(r), []).append(r)
        for value in values:
            rows.load(Lookup(row, columns, value), by_value.get(value, ()))


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
