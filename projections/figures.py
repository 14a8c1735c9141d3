"""Whether two published figures contradict each other, or cannot be compared, and why."""

from decimal import Decimal
from typing import Literal

import msgspec

from projections.views.statistics import Statistic
from tracker.domain.edtf import Bounds


class Comparison(msgspec.Struct, frozen=True):
    """What two figures are to each other, with the reason in words."""

    kind: Literal["contradicts", "not-comparable"]
    reason: str


def compare(a: Statistic, b: Statistic) -> Comparison | None:
    """How two figures disagree; None where they agree or say nothing about each other.

    Only the newest vintages of one metric, place and people are compared, where their periods
    overlap and they come from different origins.
    """
    if not (_same_series(a, b) and _independent(a, b) and _overlap(a, b)):
        return None
    reason = _different_definition(a, b)
    if reason:
        return Comparison("not-comparable", reason)
    if _disjoint(a, b):
        return Comparison("contradicts", f"{_figure(a)} and {_figure(b)} for {a.period}")
    return None


def _same_series(a: Statistic, b: Statistic) -> bool:
    # `other` gathers counts that no metric fits, so two of them need not count the same.
    return (
        a.event != b.event
        and a.metric != "other"
        and (a.metric, a.geography, a.counterpart) == (b.metric, b.geography, b.counterpart)
        and a.revised_by is None
        and b.revised_by is None
    )


def _independent(a: Statistic, b: Statistic) -> bool:
    mine = {o.casefold() for o in a.origins}
    return not mine or mine != {o.casefold() for o in b.origins}


def _overlap(a: Statistic, b: Statistic) -> bool:
    if a.period is None or b.period is None:
        return False
    return Bounds(a.period_from, a.period_to).overlaps(Bounds(b.period_from, b.period_to))


def _different_definition(a: Statistic, b: Statistic) -> str | None:
    if a.period != b.period:
        return f"different periods: {a.period} and {b.period}"
    for field, what in (
        ("basis", "bases"),
        ("unit", "units"),
        ("denominator", "denominators"),
        ("population_term", "populations"),
    ):
        mine, other = getattr(a, field), getattr(b, field)
        if mine and other and mine.casefold() != other.casefold():
            return f"different {what}: {mine} and {other}"
    return None


def _disjoint(a: Statistic, b: Statistic) -> bool:
    return _below(a.upper, b.lower) or _below(b.upper, a.lower)


def _below(upper: str | None, lower: str | None) -> bool:
    return upper is not None and lower is not None and Decimal(upper) < Decimal(lower)


def _figure(figure: Statistic) -> str:
    if figure.comparator == "range":
        return f"{figure.lower} to {figure.upper}"
    comparator = "" if figure.comparator == "=" else figure.comparator
    return f"{comparator}{figure.value or figure.cue}"
