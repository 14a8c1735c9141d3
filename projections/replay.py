"""Walking the history: what each event changed, as the rows before and after it.

event ─ fold of every view ─→ rows put, replaced or gone ─→ the same with what they were
                               └ entry facts ─→ the answers of their cells, known before and at
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import msgspec

from projections.answers import Answer, answer
from projections.regimes import Cell, Known, selectors
from projections.rows import Rows, key_getter
from projections.view import R, Row, View
from projections.views.entry_rules import EntryFact
from tracker.domain.base import Recorded
from tracker.domain.countries import COUNTRIES

_PLACE = ("destination", "nationality")


class Altered(msgspec.Struct, frozen=True):
    """A row that an event changed; None is a row that is not there."""

    view: str
    row: type[Row]
    key: tuple[Any, ...]
    before: Row | None
    after: Row | None


class Answered(msgspec.Struct, frozen=True):
    """The answer for a cell, as known just before an event and at it."""

    before: Answer
    after: Answer


class Step(msgspec.Struct, frozen=True):
    """An event and what became of the views by it."""

    recorded: Recorded
    changes: tuple[Altered, ...]
    answers: tuple[Answered, ...]
    """Of the cells of single countries that the event touched, where the answer differs."""
    failed: tuple[str, ...]
    """Views whose fold could not take the event."""


class _Kept:
    """The rows of one view, and what they were before the event at hand."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.rows = Rows(whole=True)
        self._last: dict[tuple[type[Row], tuple[Any, ...]], Row] = {}

    def fold(self, recorded: Recorded) -> Iterator[Altered]:
        self.rows.changed.clear()
        self.rows.final.clear()
        self.rows.fold(self.view, recorded)
        for row in self.view.rows:
            for key, after in self.rows.changed.get(row, {}).items():
                before = self._last.pop((row, key), None)
                if after is not None:
                    self._last[row, key] = after
                if before != after:
                    yield Altered(self.view.name, row, key, before, after)
            for after in self.rows.final.get(row, ()):
                yield Altered(self.view.name, row, key_getter(row)(after), None, after)


class Replay:
    """Folds events one by one, with nothing there before the first."""

    def __init__(self, views: Sequence[View], valid_at: date) -> None:
        """`valid_at` is the day for which cells are answered."""
        self._kept = [_Kept(view) for view in views]
        self._day = valid_at

    def step(self, recorded: Recorded) -> Step:
        """What the next event changes."""
        changes: list[Altered] = []
        failed: list[str] = []
        for one in self._kept:
            try:
                changes += one.fold(recorded)
            except Exception:  # noqa: BLE001  as in the runner: one view stumbles, the others go on
                failed.append(one.view.name)
        answers = tuple(self._answers(changes, recorded.position))
        return Step(recorded, tuple(changes), answers, tuple(failed))

    def find(self, row: type[R], columns: str | tuple[str, ...], value: Any) -> list[R]:
        """The rows as they are now whose columns have the value."""
        return [
            found
            for one in self._kept
            if row in one.view.rows
            for found in one.rows.find(row, columns, value)
        ]

    def _answers(self, changes: Sequence[Altered], position: int) -> Iterator[Answered]:
        facts = [r for c in changes for r in (c.before, c.after) if isinstance(r, EntryFact)]
        cells = {(f.destination, f.nationality): None for f in facts if f.nationality in COUNTRIES}
        for destination, nationality in cells:
            known = [
                fact
                for who in selectors(nationality)
                for fact in self.find(EntryFact, _PLACE, (destination, who))
            ]
            cell = Cell(destination, nationality)
            before = answer(known, cell, self._day, Known(position - 1))
            after = answer(known, cell, self._day, Known(position))
            if before != after:
                yield Answered(before, after)


def differing(
    before: msgspec.Struct | None, after: msgspec.Struct | None
) -> list[tuple[str, Any, Any]]:
    """Field, value before and value after, wherever the two differ; None has no values."""
    fields = dict.fromkeys((*_fields(before), *_fields(after)))
    sides = ((name, getattr(before, name, None), getattr(after, name, None)) for name in fields)
    return [side for side in sides if side[1] != side[2]]


def _fields(of: msgspec.Struct | None) -> tuple[str, ...]:
    return of.__struct_fields__ if of is not None else ()
