"""Rectangles of what is stated: days in the world × positions of the log, for each stated key.

A key is a destination, a nationality (or group, or `*`), passport and purpose as stated, and
whether changes or observations are meant. Its spans now stand in one table; when a fact alters
them, only those that differ are closed, into a table of what was known before, and opened again.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar

from projections.entry_facts import EntryFact
from projections.spans import Span, derived, insert
from projections.view import Change, Gone, Row, State

KEY = ("destination", "nationality", "passport_type", "purpose", "kind")


class RuleSpan(Row, frozen=True, kw_only=True):
    """The days from `valid_from` until just before `valid_to` on which one fact decides its key.

    It stands since the position `known_from`. Without `event` it is a gap: nothing counts there
    any more.
    """

    table: ClassVar[str] = "entry_span"
    key: ClassVar[tuple[str, ...]] = (*KEY, "valid_from")

    destination: str
    nationality: str
    passport_type: str
    purpose: str
    kind: str
    valid_from: date
    valid_to: date | None
    """None is open."""
    known_from: int
    regime: str | None
    max_stay_days: int | None
    starts: date | None
    """Of the fact, with the two below what it is ranked by."""
    announced_on: date | None
    position: int
    event: str | None


class PastRuleSpan(Row, frozen=True, kw_only=True):
    """A span as the log knew it from the position `known_from` until just before `known_to`."""

    table: ClassVar[str] = "entry_span_past"
    key: ClassVar[tuple[str, ...]] = (*KEY, "valid_from", "known_from")
    final: ClassVar[bool] = True

    destination: str
    nationality: str
    passport_type: str
    purpose: str
    kind: str
    valid_from: date
    valid_to: date | None
    known_from: int
    known_to: int
    regime: str | None
    max_stay_days: int | None
    starts: date | None
    announced_on: date | None
    position: int
    event: str | None


_Key = tuple[str, str, str, str, str]


def key_of(row: EntryFact) -> _Key:
    """The key that a fact is stated for."""
    return row.destination, row.nationality, row.passport_type, row.purpose, row.kind


def rectangles(state: State, versions: Iterable[EntryFact], at: int) -> Iterable[Change]:
    """What becomes of the spans by the versions that the event at a position opens and ends."""
    touched: dict[_Key, tuple[list[EntryFact], list[EntryFact]]] = {}
    for row in versions:
        if row.category is None and row.starts is not None:
            if row.known_to is None:
                touched.setdefault(key_of(row), ([], []))[0].append(row)
            elif row.known_to == at != row.known_from:
                touched.setdefault(key_of(row), ([], []))[1].append(row)
    for key, (opened, ended) in touched.items():
        yield from _altered(state, key, opened, ended, at)


def _altered(
    state: State, key: _Key, opened: Sequence[EntryFact], ended: Sequence[EntryFact], at: int
) -> Iterable[Change]:
    rows = state.find(RuleSpan, KEY, key)
    gone = {row.event for row in ended}
    if any(row.event in gone for row in rows):
        standing = (
            f
            for f in state.find(EntryFact, KEY, key)
            if f.known_to is None and f.category is None and f.event not in gone
        )
        spans = derived((*standing, *opened))
    else:
        spans = [Span(r.valid_from, r.valid_to, r if r.event else None) for r in rows]
        for fact in opened:
            spans = insert(spans, fact)
    yield from _difference(rows, spans, key, at)


def _difference(
    rows: Sequence[RuleSpan], spans: Sequence[Span], key: _Key, at: int
) -> Iterable[Change]:
    before = {row.valid_from: row for row in rows}
    for span in spans:
        old = before.pop(span.start, None)
        if old is not None and _same(old, span):
            continue
        if old is not None:
            yield _past(old, at)
        yield _row(span, key, at)
    for row in before.values():
        yield _past(row, at)
        yield Gone(RuleSpan, (*key, row.valid_from))


def _same(row: RuleSpan, span: Span) -> bool:
    fact = span.fact
    if row.valid_to != span.stop:
        return False
    if fact is row or fact is None:
        return fact is row or row.event is None
    return (row.event, row.regime, row.max_stay_days, row.starts, row.announced_on) == (
        fact.event, fact.regime, fact.max_stay_days, fact.starts, fact.announced_on,
    )  # fmt: skip


def _row(span: Span, key: _Key, at: int) -> RuleSpan:
    destination, nationality, passport_type, purpose, kind = key
    fact = span.fact
    return RuleSpan(
        destination=destination,
        nationality=nationality,
        passport_type=passport_type,
        purpose=purpose,
        kind=kind,
        valid_from=span.start,
        valid_to=span.stop,
        known_from=at,
        regime=fact.regime if fact else None,
        max_stay_days=fact.max_stay_days if fact else None,
        starts=fact.starts if fact else None,
        announced_on=fact.announced_on if fact else None,
        position=fact.position if fact else 0,
        event=fact.event if fact else None,
    )


def _past(row: RuleSpan, at: int) -> PastRuleSpan:
    return PastRuleSpan(
        destination=row.destination,
        nationality=row.nationality,
        passport_type=row.passport_type,
        purpose=row.purpose,
        kind=row.kind,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        known_from=row.known_from,
        known_to=at,
        regime=row.regime,
        max_stay_days=row.max_stay_days,
        starts=row.starts,
        announced_on=row.announced_on,
        position=row.position,
        event=row.event,
    )
