"""Published figures: their rows and vintages, and whether two contradict or cannot be compared."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Self, TypeVar

import msgspec

from projections.origins import identities, name_key
from projections.overlay import Overlay
from projections.rows import blank
from projections.said import Said, said
from projections.sources import Sourced, backed, sourced, still_backed, unbacked
from tracker.domain import edtf
from tracker.domain.base import Recorded
from tracker.domain.correction import FactCorroborated, FactRetracted
from tracker.domain.numbers import figure_bounds, in_words
from tracker.domain.statistic import StatisticPublished
from tracker.domain.values import day


class Figure(Sourced, frozen=True, kw_only=True):
    """One figure; numbers are decimal text, as their source gave them."""

    metric: str
    geography: str | None
    counterpart: str | None
    series: str
    """Metric, geography and counterpart in one: what may be compared at all."""
    population_term: str | None
    denominator: str | None
    period: str | None
    period_from: date | None
    period_to: date | None
    basis: str | None
    value: str | None
    lower: str | None
    """The least that is meant; None is open."""
    upper: str | None
    """The most that is meant; None is open."""
    comparator: str
    cue: str | None
    unit: str | None
    publisher: str | None
    published_on: date | None
    revises: str | None
    revised_by: int | None = None
    """The position of the newer vintage that supersedes it."""
    retracted_at: int | None = None

    def further(self, period: edtf.Bounds) -> Self:
        """The row with what else the rows of a view hold of its period."""
        return self

    @property
    def counts(self) -> bool:
        """Whether it is the newest vintage and still stands."""
        return self.revised_by is None and self.retracted_at is None


class Comparison(msgspec.Struct, frozen=True):
    """What two figures are to each other, with the reason in words."""

    kind: Literal["contradicts", "not-comparable"]
    reason: str
    what: str
    """What they differ in: `period`, `basis` …, or `figure`."""
    sides: tuple[str, str]
    """What the first and the second say there."""


F = TypeVar("F", bound=Figure)


def compare(a: Figure, b: Figure, identify: Callable[[str], str] = name_key) -> Comparison | None:
    """How two figures disagree; None where they agree or say nothing about each other.

    Only the newest vintages of one metric, place and people are compared, where their periods
    overlap and they come from different origins; `identify` may know the party of a name.
    """
    # The cheapest question first: a series may be long and hardly any two of it overlap.
    if not (_overlap(a, b) and _same_series(a, b) and _independent(a, b, identify)):
        return None
    different = _different_definition(a, b)
    if different:
        return different
    if _disjoint(a, b):
        sides = (_as_given(a), _as_given(b))
        reason = f"{_said(a)} and {_said(b)} for {a.period}"
        return Comparison("contradicts", reason, "figure", sides)
    return None


def _same_series(a: Figure, b: Figure) -> bool:
    # `other` gathers counts that no metric fits, so two of them need not count the same.
    return (
        a.event != b.event
        and a.metric != "other"
        and a.series == b.series
        and a.counts
        and b.counts
    )


def _independent(a: Figure, b: Figure, identify: Callable[[str], str]) -> bool:
    mine = identities(a.origins, identify)
    return not mine or mine != identities(b.origins, identify)


def _overlap(a: Figure, b: Figure) -> bool:
    if a.period is None or b.period is None:
        return False
    if a.period == b.period:
        return True
    # As edtf.Bounds.overlaps does, but a series may be long: hardly any two of it get further.
    before = a.period_to and b.period_from and a.period_to < b.period_from
    after = b.period_to and a.period_from and b.period_to < a.period_from
    return not before and not after


def _different_definition(a: Figure, b: Figure) -> Comparison | None:
    if a.period != b.period:
        sides = (a.period or "", b.period or "")
        reason = f"different periods: {sides[0]} and {sides[1]}"
        return Comparison("not-comparable", reason, "period", sides)
    for field, what in (
        ("basis", "bases"),
        ("unit", "units"),
        ("denominator", "denominators"),
        ("population_term", "populations"),
    ):
        mine, other = getattr(a, field), getattr(b, field)
        if mine and other and mine.casefold() != other.casefold():
            reason = f"different {what}: {mine} and {other}"
            return Comparison("not-comparable", reason, field, (mine, other))
    return None


def _disjoint(a: Figure, b: Figure) -> bool:
    return _below(a.upper, b.lower) or _below(b.upper, a.lower)


def _below(upper: str | None, lower: str | None) -> bool:
    return upper is not None and lower is not None and Decimal(upper) < Decimal(lower)


def _said(figure: Figure) -> str:
    return in_words(figure.comparator, figure.value, figure.lower, figure.upper, figure.cue)


def _as_given(figure: Figure) -> str:
    # Conflicts are told apart by it, so it stays as it is, however figures are said.
    if figure.comparator == "range":
        return f"{figure.lower} to {figure.upper}"
    comparator = "" if figure.comparator == "=" else figure.comparator
    return f"{comparator}{figure.value or figure.cue}"


def keep(over: Overlay, recorded: Recorded, row: type[F]) -> tuple[str, ...]:
    """Bring the rows of figures up to an event; the events of those whose rows it touches.

    A figure that a standing one revises, however many vintages lie between, no longer counts; the
    retraction of the newest makes the older count again. No row goes.
    """
    told = said(recorded)
    if told and isinstance(told.fact, StatisticPublished):
        return _stated(over, told, told.fact, row)
    event = recorded.event
    if isinstance(event, FactCorroborated):
        found = over.find(row, "event", event.target)
        for old in found:
            over.put(backed(old, event, recorded))
        return tuple(f.event for f in found)
    if isinstance(event, FactRetracted):
        touched: list[str] = []
        for old in over.find(row, "event", event.target):
            over.put(msgspec.structs.replace(old, retracted_at=recorded.position))
            touched += (old.event, *_superseded(over, row, old.revises))
        for old in over.find(row, "event", event.source_of or ""):
            over.put(unbacked(old, event))
            touched.append(old.event)
        return tuple(dict.fromkeys(touched))
    return ()


def _stated(over: Overlay, told: Said, fact: StatisticPublished, row: type[F]) -> tuple[str, ...]:
    old = over.first(row, "event", told.event) if told.corrected else None
    new = _row(told, fact, row)
    if old:
        new = msgspec.structs.replace(still_backed(new, old), revised_by=old.revised_by)
    over.put(new)
    if not old and not fact.revises:
        return (told.event,)
    touched = [told.event, *_superseded(over, row, fact.revises)]
    if old and old.revises != fact.revises:
        touched += _superseded(over, row, old.revises)
    return tuple(dict.fromkeys(touched))


def _superseded(over: Overlay, row: type[F], event: str | None) -> Iterable[str]:
    """Settle anew which newer vintage supersedes a figure and those that it revises in turn."""
    seen: set[str] = set()
    while event and event not in seen:
        seen.add(event)
        figure = over.first(row, "event", event)
        if figure is None:
            return
        newer = _vintages(over, row, figure)
        revised_by = min((f.position for f in newer if f.retracted_at is None), default=None)
        if revised_by != figure.revised_by:
            over.put(msgspec.structs.replace(figure, revised_by=revised_by))
            yield event
        event = figure.revises


def _vintages(over: Overlay, row: type[F], figure: F) -> list[F]:
    """The figures that revise one, directly or by way of others."""
    found: dict[str, F] = {}
    waiting = [figure.event]
    while waiting:
        for newer in over.find(row, "revises", waiting.pop()):
            if newer.event not in found and newer.event != figure.event:
                found[newer.event] = newer
                waiting.append(newer.event)
    return list(found.values())


def series_key(metric: str, geography: str | None, counterpart: str | None) -> str:
    """Metric, geography and counterpart in one."""
    return f"{metric}|{geography or ''}|{counterpart or ''}"


def span_of(period: edtf.Bounds) -> str:
    """The year that a period lies in, `*` where it is in more than one."""
    first, last = period.lower, period.upper
    return str(first.year) if first and last and first.year == last.year else "*"


def _row(told: Said, event: StatisticPublished, row: type[F]) -> F:
    lower, upper = figure_bounds(event.value, event.comparator, event.lower, event.upper)
    made = msgspec.structs.replace(
        sourced(_blank(row), told),
        metric=event.metric,
        geography=event.geography,
        counterpart=event.counterpart,
        series=series_key(event.metric, event.geography, event.counterpart),
        value=event.value,
        lower=lower,
        upper=upper,
        comparator=event.comparator,
        revises=event.revises,
    )
    return _defined(made, event)


@cache
def _blank(row: type[Figure]) -> Any:
    return blank(row)


def _defined(made: F, event: StatisticPublished) -> F:
    """The row with what is counted."""
    period = edtf.bounds(event.period) if event.period else None
    made = msgspec.structs.replace(
        made,
        population_term=event.population_term,
        denominator=event.denominator,
        period=event.period,
        period_from=period and period.lower,
        period_to=period and period.upper,
        basis=event.basis,
        cue=event.cue,
        unit=event.unit,
        publisher=event.publisher,
        published_on=day(event.published_on) if event.published_on else None,
    )
    return made.further(period) if period else made
