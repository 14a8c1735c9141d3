"""Rectangles of what is stated: days in the world × positions of the log, for each stated key.

A key is a destination, a nationality (or group, or `*`), passport and purpose as stated, and
whether changes or observations are meant. Its spans now stand in one table; when a fact alters
them, only those that differ are closed, into a table of what was known before, and opened again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

import msgspec

from projections.entry_facts import EntryFact
from projections.forks import fork
from projections.spans import OPEN, Span, Stating, after, derived, insert, rank
from projections.view import Change, Gone, Row, State
from tracker.domain.policy import PolicyChanged, PolicyObserved

KEY = ("destination", "nationality", "passport_type", "purpose", "kind")
SHOWN = ("destination", "nationality", "kind", "regime", "starts", "announced_on", "position")
GAP = "-"


def _day(column: str) -> str:
    """A day as its number, from 0 on."""
    return f"({column} - date '0001-01-01')::bigint"


class RuleSpan(Row, frozen=True, kw_only=True):
    """The days from `valid_from` until just before `valid_to` on which one fact decides its key.

    It stands since the position `known_from`. Where `position` is 0 it is a gap: nothing counts
    there any more. The last span of a key is open.
    """

    table: ClassVar[str] = "entry_span"
    found_first: ClassVar[bool] = True
    key: ClassVar[tuple[str, ...]] = (*KEY, "valid_to")
    # By its fork those are found that hold a day (`projections.forks`).
    generated: ClassVar[Mapping[str, str]] = {
        "fork": fork(_day("valid_from"), _day("valid_to - 1"))
    }
    # All that a matrix reads, so that it reads nothing else.
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("fork", "passport_type", "purpose", "valid_to", "valid_from", "known_from", *SHOWN),
    )

    valid_from: date
    valid_to: date
    """The last day of the calendar is open."""
    known_from: int
    position: int
    """Of the fact that decides."""
    starts: date
    """Of the fact; with what follows and the position it is what facts are ranked by."""
    announced_on: date
    """The first day of the calendar where it was not announced."""
    destination: str
    nationality: str
    passport_type: str
    purpose: str
    kind: str
    regime: str
    """`-` in a gap."""
    max_stay_days: int | None


class PastRuleSpan(Row, frozen=True, kw_only=True):
    """A span as the log knew it from the position `known_from` until just before `known_to`."""

    table: ClassVar[str] = "entry_span_past"
    # Nobody looks one up by its key; so the one index that it needs serves a matrix.
    key: ClassVar[tuple[str, ...]] = (
        "passport_type", "purpose", "known_to", "valid_to", "valid_from", "known_from", *SHOWN,
    )  # fmt: skip
    # As for spans that stand, but of the positions at which it was known.
    generated: ClassVar[Mapping[str, str]] = {"fork": fork("known_from", "known_to - 1")}
    final: ClassVar[bool] = True

    valid_from: date
    valid_to: date
    known_from: int
    known_to: int
    position: int
    starts: date
    announced_on: date
    destination: str
    nationality: str
    passport_type: str
    purpose: str
    kind: str
    regime: str
    max_stay_days: int | None


_FIRST = date.min
_Key = tuple[str, str, str, str, str]


def key_of(row: EntryFact) -> _Key:
    """The key that a fact is stated for."""
    return row.destination, row.nationality, row.passport_type, row.purpose, row.kind


def last_of(event: PolicyChanged | PolicyObserved) -> Iterable[tuple[Any, ...]]:
    """The keys of the last spans that a new fact may follow on."""
    rule = event.rule
    if rule is None or rule.category is not None:
        return
    kind = "observation" if isinstance(event, PolicyObserved) else "change"
    passport_type, purpose = rule.passport_type or "unspecified", rule.purpose or "unspecified"
    for nationality in rule.nationalities:
        yield event.jurisdiction, nationality, passport_type, purpose, kind, OPEN


def rectangles(state: State, versions: Iterable[EntryFact], at: int) -> list[Change]:
    """What becomes of the spans by the versions that the event at a position opens and ends."""
    touched: dict[_Key, tuple[list[EntryFact], list[EntryFact]]] = {}
    for row in versions:
        if row.category is None and row.starts is not None:
            if row.known_to is None:
                touched.setdefault(key_of(row), ([], []))[0].append(row)
            elif row.known_to == at != row.known_from:
                touched.setdefault(key_of(row), ([], []))[1].append(row)
    changes: list[Change] = []
    for key, (opened, ended) in touched.items():
        if ended or len(opened) > 1:
            changes += _altered(state, key, opened, ended, at)
        else:
            changes += _continued(state, key, opened[0], at)
    return changes


def continued(state: State, facts: Iterable[EntryFact], at: int) -> list[Change]:
    """As `rectangles`, for new facts of which each has a key of its own."""
    changes: list[Change] = []
    for fact in facts:
        if fact.category is None and fact.starts is not None:
            changes += _continued(state, key_of(fact), fact, at)
    return changes


def _continued(state: State, key: _Key, fact: EntryFact, at: int) -> Iterable[Change]:
    """A new fact, which mostly follows on what its key has: then only the last span matters."""
    tails = state.find(RuleSpan, RuleSpan.key, (*key, OPEN))
    start, stop = fact.starts or OPEN, after(fact.ends)
    if stop <= start:
        return ()
    if not tails:
        new = _row(key, start, stop, fact, at)
        return (new,) if stop == OPEN else (new, _row(key, stop, OPEN, None, at))
    tail = tails[0]
    if start <= tail.valid_from:
        return _altered(state, key, (fact,), (), at)
    ended = msgspec.structs.replace(tail, valid_to=start, known_from=at)
    found = [_row(key, start, stop, fact, at), _past(tail, at), ended]
    if stop < OPEN:
        found.append(msgspec.structs.replace(tail, valid_from=stop, known_from=at))
    return found


def _altered(
    state: State, key: _Key, opened: Sequence[EntryFact], ended: Sequence[EntryFact], at: int
) -> Iterable[Change]:
    rows = state.find(RuleSpan, KEY, key)
    gone = {row.position for row in ended}
    if any(row.position in gone for row in rows):
        standing = (
            f
            for f in state.find(EntryFact, KEY, key)
            if f.known_to is None and f.category is None and f.position not in gone
        )
        spans = derived((*standing, *opened))
    else:
        spans = [Span(r.valid_from, r.valid_to, r if r.position else None) for r in rows]
        for fact in opened:
            spans = insert(spans, fact)
    return _difference(rows, spans, key, at)


def _difference(
    rows: Sequence[RuleSpan], spans: Sequence[Span], key: _Key, at: int
) -> Iterable[Change]:
    before = {row.valid_to: row for row in rows}
    for span in spans:
        old = before.pop(span.stop, None)
        if old is not None:
            if _same(old, span):
                continue
            yield _past(old, at)
        yield _row(key, span.start, span.stop, span.fact, at)
    for row in before.values():
        yield _past(row, at)
        yield Gone(RuleSpan, (*key, row.valid_to))


def _same(row: RuleSpan, span: Span) -> bool:
    fact = span.fact
    if row.valid_from != span.start:
        return False
    if fact is row or fact is None:
        return fact is row or not row.position
    return (row.regime, row.max_stay_days, *rank(row)) == (
        fact.regime, fact.max_stay_days, *rank(fact),
    )  # fmt: skip


def _row(key: _Key, start: date, stop: date, fact: Stating | None, at: int) -> RuleSpan:
    destination, nationality, passport_type, purpose, kind = key
    if fact is None:
        starts, announced_on, position = rank(None)
        regime, max_stay_days = GAP, None
    else:
        starts, announced_on = fact.starts or _FIRST, fact.announced_on or _FIRST
        position, regime, max_stay_days = fact.position, fact.regime, fact.max_stay_days
    return RuleSpan(
        valid_from=start,
        valid_to=stop,
        known_from=at,
        position=position,
        starts=starts,
        announced_on=announced_on,
        destination=destination,
        nationality=nationality,
        passport_type=passport_type,
        purpose=purpose,
        kind=kind,
        regime=regime,
        max_stay_days=max_stay_days,
    )


def _past(row: RuleSpan, at: int) -> PastRuleSpan:
    return PastRuleSpan(
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        known_from=row.known_from,
        known_to=at,
        position=row.position,
        starts=row.starts,
        announced_on=row.announced_on,
        destination=row.destination,
        nationality=row.nationality,
        passport_type=row.passport_type,
        purpose=row.purpose,
        kind=row.kind,
        regime=row.regime,
        max_stay_days=row.max_stay_days,
    )
