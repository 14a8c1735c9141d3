"""Work in shares for processes that do it side by side."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from projections.view import View
from tracker.domain.base import Event

ALONE_BELOW = 50_000
"""With fewer events a process would hardly have started when all is done."""
_MOST_PROCESSES = 4
_READING = 8
"""How long it takes to read an event, as `View.effort`."""
T = TypeVar("T")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))


def at_once() -> int:
    """How many processes may work at once: one for each core, but not too many."""
    return min(cores(), _MOST_PROCESSES)


def shares(work: Sequence[T], load: Callable[[Sequence[T]], int], count: int) -> list[list[T]]:
    """The work in at most so many shares of about the same load, none of them empty."""
    found: list[list[T]] = [[] for _ in range(count)]
    for one in sorted(work, key=lambda one: load([one]), reverse=True):
        min(found, key=lambda share: load([*share, one])).append(one)
    return [share for share in found if share]


def effort(views: Sequence[View], kinds: Mapping[type[Event], int]) -> int:
    """How long one process takes to build views from so many events of each kind.

    An event is read once for all views that fold it: those of the same kinds go together.
    """
    total = len(views)
    for kind, count in kinds.items():
        if each := [view.effort for view in views if issubclass(kind, view.events)]:
            total += count * (_READING + sum(each))
    return total
