"""Who decides on which days among the facts of one key, as days in a row: a span for each stretch.

The spans of a key begin with its first fact and leave no hole after that: where nothing counts any
more a span without a fact says so. On each day the fact decides that started last, of those the
one announced last, of those the later one in the log.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Protocol

import msgspec

_DAY = timedelta(days=1)


class Stating(Protocol):
    """What a fact says, and what it is ranked by."""

    @property
    def event(self) -> str | None: ...
    @property
    def starts(self) -> date | None: ...
    @property
    def announced_on(self) -> date | None: ...
    @property
    def position(self) -> int: ...
    @property
    def regime(self) -> str | None: ...
    @property
    def max_stay_days(self) -> int | None: ...


class Lasting(Stating, Protocol):
    """A fact with its last day."""

    @property
    def ends(self) -> date | None: ...


class Span(msgspec.Struct, frozen=True, gc=False):
    """Days from `start` until just before `stop` (None: open) on which one fact decides, or none."""

    start: date
    stop: date | None
    fact: Stating | None


def insert(spans: Sequence[Span], fact: Lasting) -> list[Span]:
    """The spans with one fact more; a fact without a start, or that ends before it, adds nothing."""
    start, stop = fact.starts, _stop(fact.ends)
    if start is None or (stop is not None and stop <= start):
        return list(spans)
    if not spans:
        return _closed([Span(start, stop, fact)], stop)
    found: list[Span] = []
    first = spans[0].start
    if start < first:
        ahead = first if stop is None or stop > first else stop
        found.append(Span(start, ahead, fact))
        if ahead < first:
            found.append(Span(ahead, first, None))
    mine = rank(fact)
    for span in spans:
        low = max(span.start, start)
        high = _earlier(span.stop, stop)
        if (high is not None and high <= low) or rank(span.fact) > mine:
            found.append(span)
            continue
        if span.start < low:
            found.append(Span(span.start, low, span.fact))
        found.append(Span(low, high, fact))
        if high is not None and high != span.stop:
            found.append(Span(high, span.stop, span.fact))
    return _merged(found)


def derived(facts: Iterable[Lasting]) -> list[Span]:
    """The spans of all the facts of a key, whatever their order."""
    spans: list[Span] = []
    for fact in facts:
        spans = insert(spans, fact)
    return spans


def rank(fact: Stating | None) -> tuple[date, date, int]:
    """What is compared between two facts of one key; a day without a fact ranks lowest."""
    if fact is None:
        return date.min, date.min, 0
    return fact.starts or date.min, fact.announced_on or date.min, fact.position


def _closed(spans: list[Span], stop: date | None) -> list[Span]:
    return spans if stop is None else [*spans, Span(stop, None, None)]


def _stop(ends: date | None) -> date | None:
    return None if ends is None or ends == date.max else ends + _DAY


def _earlier(one: date | None, other: date | None) -> date | None:
    if one is None:
        return other
    return one if other is None else min(one, other)


def _merged(spans: Sequence[Span]) -> list[Span]:
    found = [spans[0]]
    for span in spans[1:]:
        last = found[-1]
        if span.fact is last.fact:
            found[-1] = Span(last.start, span.stop, span.fact)
        else:
            found.append(span)
    return found
