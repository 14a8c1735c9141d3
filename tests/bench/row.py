"""One measured line, and how a rate is taken."""

import statistics
import time
from collections.abc import Callable
from typing import Self

import msgspec


class Row(msgspec.Struct, frozen=True):
    """A rate of ours, with the peer's at the same work where there is a peer."""

    area: str
    work: str
    ours: float
    unit: str
    peer: float | None
    peer_name: str | None
    ratio: float | None

    @classmethod
    def of(
        cls, area: str, work: str, ours: float, unit: str, peer: tuple[str, float] | None = None
    ) -> Self:
        """A row; `peer` is its name and its rate."""
        name, rate = peer or (None, None)
        ratio = round(ours / rate, 2) if rate else None
        digits = 1 if ours >= 10 else 3
        return cls(area, work, round(ours, digits), unit, rate and round(rate, 1), name, ratio)


def rate(count: int, work: Callable[[int], None], rounds: int = 3) -> float:
    """How many a second: the median of some rounds, each told its number."""
    rates: list[float] = []
    for number in range(rounds):
        started = time.perf_counter()
        work(number)
        rates.append(count / (time.perf_counter() - started))
    return statistics.median(rates)
