"""Who decides on which days among the facts of one key, as days in a row: a span for each stretch.

The spans of a key begin with its first fact and leave no hole after that: where nothing counts any
more a span without a fact says so. On each day the fact decides that started last, of those the
one announced last, of those the later one in the log. The last day of the calendar stands for open.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Protocol

import msgspec

_DAY = timedelta(days=1)


class Stating(Protocol):
    """What a fact says, and what it is ranked by."""

    @property
    def starts(self) -> date | None: ...
    @property
    def announced_on(self) -> date | None: ...
    @property
    def position(self) -> int: ...
    @property
    def regime(self) -> str: ...
    @property
    def max_stay_days(self) -> int | None: ...


class Lasting(Stating, Protocol):
    """A fact with its last day."""

    @property
    def ends(self) -> date | None: ...


class Span(msgspec.Struct, frozen=True, gc=False):
    """Days from `start` until just before `stop` on which one fact decides, or none."""

    start: date
    stop: date
    fact: Stating | None


OPEN = date.max


def insert(spans: Sequence[Span], fact: Lasting) -> list[Span]:
    """The spans with one fact more; one without a start, or that ends before it, adds nothing."""
    start, stop = fact.starts, after(fact.ends)
    if start is None or stop <= start:
        return list(spans)
    begin = len(spans)
    while begin and spans[begin - 1].stop > start:
        begin -= 1
    found = list(spans[:begin])
    first = spans[0].start if spans else OPEN
    if start < first:
        found.append(Span(start, min(stop, first), fact))
        if stop < first:
            found.append(Span(stop, first, None))
    mine = rank(fact)
    for span in spans[begin:]:
        low, high = max(span.start, start), min(span.stop, stop)
        if high <= low or rank(span.fact) > mine:
            found.append(span)
            continue
        if span.start < low:
            found.append(Span(span.start, low, span.fact))
        if found and found[-1].fact is fact:
            low = found.pop().start
        found.append(Span(low, high, fact))
        if high < span.stop:
            found.append(Span(high, span.stop, span.fact))
    return found


def derived(facts: Iterable[Lasting]) -> list[Span]:
    """The spans of all the facts of a key, whatever their order."""
    spans: list[Span] = []
    # In this order each fact meets only the last spans.
    for fact in sorted(facts, key=rank):
        spans = insert(spans, fact)
    return spans


def rank(fact: Stating | None) -> tuple[date, date, int]:
    """What is compared between two facts of one key; a day without a fact ranks lowest."""
    if fact is None:
        return date.min, date.min, 0
    return fact.starts or date.min, fact.announced_on or date.min, fact.position


def after(ends: date | None) -> date:
    """The first day after the last one."""
    return OPEN if ends is None or ends == OPEN else ends + _DAY
