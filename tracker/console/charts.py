"""Where the marks of a chart of figures go: pure numbers, drawn by the template.

Places along the axis are shares of the width, so that a chart is as wide as its page and letters
are never stretched; places down the page are pixels.
"""

import math
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from projections.views.statistics import Statistic
from tracker.domain.edtf import words
from tracker.domain.numbers import in_words

ROW_PX = 44
_TOP_PX = 30
_LEFT, _RIGHT = 1.0, 97.0
_MOST_TICKS = 5
_SHAPES: tuple["Shape", ...] = ("circle", "square", "diamond", "triangle")
Shape = Literal["circle", "square", "diamond", "triangle"]
Place = Callable[[float], float]
"""A number to its place along the axis."""


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One figure: where it lies, how it is open, and what is said beside it."""

    event: str
    y: float
    low: float
    high: float
    at: float
    """Where the value, or the middle of the range, is."""
    open_low: bool
    """Whether it is "at most": nothing bounds it below."""
    open_high: bool
    """Whether it is "at least": nothing bounds it above."""
    ranged: bool
    superseded: bool
    shape: Shape
    label: str
    publisher: str
    said: str


class Tick(msgspec.Struct, frozen=True):
    """A line across the chart with its number."""

    x: float
    label: str
    anchor: str


class Chart(msgspec.Struct, frozen=True):
    """All bars, the newest period last, and how high they stand together."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    height: int
    legend: tuple[tuple[str, Shape], ...]
    summary: str


def chart(figures: Sequence[Statistic], names: dict[str, str]) -> Chart | None:
    """The chart of a series; None where no figure is a number."""
    drawn = sorted(
        (f for f in figures if f.retracted_at is None and _bounds(f) is not None), key=_when
    )
    if not drawn:
        return None
    ends = [end for f in drawn for end in (_bounds(f) or ()) if end is not None]
    step, most = _scale(max(ends))

    def x(value: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * value / most, 2)

    publishers = list(dict.fromkeys(publisher(f, names) for f in drawn))
    shapes: dict[str, Shape] = {
        name: _SHAPES[n % len(_SHAPES)] for n, name in enumerate(publishers)
    }
    bars = tuple(
        _bar(f, _TOP_PX + n * ROW_PX, x, most, shapes[publisher(f, names)], names)
        for n, f in enumerate(drawn)
    )
    ticks = tuple(
        Tick(x(n * step), f"{n * step:,.10g}", "start" if n == 0 else "middle")
        for n in range(round(most / step) + 1)
    )
    summary = "; ".join(f"{bar.label} · {bar.publisher}: {bar.said}" for bar in bars)
    return Chart(bars, ticks, _TOP_PX + len(bars) * ROW_PX, tuple(shapes.items()), summary)


def publisher(figure: Statistic, names: dict[str, str]) -> str:
    """Who published a figure, in words."""
    return names.get(figure.publisher or "", figure.publisher or "publisher not named")


def said(figure: Statistic) -> str:
    """A figure in words: with its comparator, its bounds, and its unit."""
    unit = f" {figure.unit}" if figure.unit and figure.unit != "persons" else ""
    if figure.value:
        return in_words(figure.comparator, figure.value) + unit
    if figure.lower and figure.upper:
        return in_words("range", None, figure.lower, figure.upper) + unit
    if figure.lower:
        return in_words(">=", figure.lower) + unit
    if figure.upper:
        return in_words("<=", figure.upper) + unit
    return figure.cue or "no number"


def _bounds(figure: Statistic) -> tuple[float | None, float | None] | None:
    """The ends of a figure as numbers; None where it has neither."""
    ends = (
        _float(figure.lower) if figure.lower else None,
        _float(figure.upper) if figure.upper else None,
    )
    if ends == (None, None):
        value = _float(figure.value) if figure.value else None
        return None if value is None else (value, value)
    return ends


def _float(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _when(figure: Statistic) -> tuple[str, int]:
    first = figure.period_from
    return (first.isoformat() if first else figure.period or "", figure.position)


def _scale(largest: float) -> tuple[float, float]:
    """The distance of ticks (1, 2 or 5 times a power of ten) and where the axis ends."""
    if largest <= 0:
        return 1.0, 1.0
    rough = largest / _MOST_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough)
    return step, step * math.ceil(largest / step)


def _bar(
    figure: Statistic, y: float, x: Place, most: float, shape: Shape, names: dict[str, str]
) -> Bar:
    lower, upper = _bounds(figure) or (None, None)
    value = _float(figure.value) if figure.value else None
    low = x(lower) if lower is not None else x(0)
    high = x(upper) if upper is not None else min(x(most) + 1.0, 99.0)
    ends = [end for end in (value, lower, upper) if end is not None]
    at = x(value) if value is not None else (low + high) / 2 if len(ends) > 1 else x(ends[0])
    basis = f", {figure.basis}" if figure.basis and figure.basis != "calendar" else ""
    return Bar(
        event=figure.event,
        y=y,
        low=low,
        high=high,
        at=round(at, 2),
        open_low=lower is None,
        open_high=upper is None,
        ranged=lower != upper,
        superseded=figure.revised_by is not None,
        shape=shape,
        label=f"{words(figure.period) if figure.period else 'no period given'}{basis}",
        publisher=publisher(figure, names),
        said=said(figure),
    )
