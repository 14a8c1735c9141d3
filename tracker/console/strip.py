"""The history of a cell as a strip: where each segment and mark stands, in per cent."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from projections.histories import Segment

_LEAST_SHARE = 4.0
_MOST_TICKS = 6
_LABEL_SHARE = 26.0
_STEPS = (1, 2, 5, 10, 20, 50, 100)


class Band(msgspec.Struct, frozen=True):
    """One segment between two places of the strip."""

    x: float
    width: float
    segment: Segment
    lettered: bool
    """Whether its letter finds room."""


class Mark(msgspec.Struct, frozen=True):
    """A day that is pointed at."""

    x: float
    label: str
    kind: str
    anchor: str
    """Which side of the label stands at the mark: `start`, `middle` or `end`."""


class Strip(msgspec.Struct, frozen=True):
    """What the drawing shows, from left to right."""

    bands: tuple[Band, ...]
    ticks: tuple[Mark, ...]
    marks: tuple[Mark, ...]
    summary: str


def strip(history: Sequence[Segment], days: Sequence[tuple[str, date, str]]) -> Strip:
    """The strip over all changes and the days pointed at (kind, day, label)."""
    points = [s.start for s in history if s.start] + [day for _, day, _ in days]
    first, last = min(points), max(points)
    margin = timedelta(days=max(60, (last - first).days // 12))
    left = max(first.toordinal() - margin.days, 1)
    right = min(last.toordinal() + margin.days, date.max.toordinal())

    def at(day: date | None, otherwise: float) -> float:
        share = (day.toordinal() - left) / (right - left) * 100 if day else otherwise
        return round(min(max(share, 0.0), 100.0), 2)

    bands: list[Band] = []
    for segment in history:
        x = at(segment.start, 0.0)
        end = segment.until and min(segment.until, date.max - timedelta(days=1))
        until = at(end and end + timedelta(days=1), 100.0)
        width = round(until - x, 2)
        if width > 0:
            bands.append(Band(x, width, segment, width >= _LEAST_SHARE))
    marks = _marks([(kind, at(day, 0), label) for kind, day, label in days])
    return Strip(tuple(bands), _ticks(left, right), marks, _summary(history))


def _marks(days: Sequence[tuple[str, float, str]]) -> tuple[Mark, ...]:
    """The marks; a label that would run into an earlier one is left out, its line stays."""
    found: list[Mark] = []
    for kind, x, label in days:
        free = all(abs(x - other.x) >= _LABEL_SHARE for other in found)
        found.append(Mark(x, label if free else "", kind, _side(x)))
    return tuple(found)


def _side(x: float) -> str:
    return "start" if x < 12 else "end" if x > 88 else "middle"


def _ticks(left: int, right: int) -> tuple[Mark, ...]:
    """The first days of years, as many as find room."""
    first, last = date.fromordinal(left).year + 1, date.fromordinal(right).year
    span = last - first + 1
    step = next((s for s in _STEPS if span / s <= _MOST_TICKS), 500)
    years = [year for year in range(first, last + 1) if year % step == 0]
    places = [(year, (date(year, 1, 1).toordinal() - left) / (right - left) * 100)
              for year in years]  # fmt: skip
    return tuple(Mark(round(x, 2), str(year), "year", "middle") for year, x in places if 2 < x < 98)


def _summary(history: Sequence[Segment]) -> str:
    parts = [f"{s.regime} from {s.start.isoformat()}" if s.start else s.regime for s in history]
    return ", then ".join(parts)
