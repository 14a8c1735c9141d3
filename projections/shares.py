"""Work in shares for processes that do it side by side."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from projections.view import View
from tracker.domain.base import Event

ALONE_BELOW = 50_000
"""With fewer events a process would hardly have started when all is done."""
_MOST_PROCESSES = 4
T = TypeVar("T")


def at_once() -> int:
    """How many processes may work at once: one for each core that this one may use."""
    return min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)


def shares(work: Sequence[T], weight: Callable[[T], int], count: int) -> list[list[T]]:
    """The work in at most so many shares that weigh about the same, none of them empty."""
    found: list[list[T]] = [[] for _ in range(count)]
    loads = [0] * count
    for one in sorted(work, key=weight, reverse=True):
        least = loads.index(min(loads))
        found[least].append(one)
        loads[least] += weight(one) + 1
    return [share for share in found if share]


def effort(view: View, kinds: Mapping[type[Event], int]) -> int:
    """How long a view takes for so many events of each kind."""
    return view.effort * sum(n for kind, n in kinds.items() if issubclass(kind, view.events))
