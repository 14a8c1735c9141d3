"""Statistics: every published figure with its bounds, its period and its vintages."""

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

import msgspec

from projections.origins import origins
from projections.view import Lookup, Row, State, View
from tracker.domain import edtf
from tracker.domain.base import Recorded
from tracker.domain.numbers import figure_bounds
from tracker.domain.statistic import StatisticPublished
from tracker.domain.values import day


class Statistic(Row, frozen=True, kw_only=True):
    """One figure; numbers are decimal text, as their source gave them."""

    table: ClassVar[str] = "statistic"
    key: ClassVar[tuple[str, ...]] = ("position",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("event",),
        ("metric", "geography", "counterpart"),
        ("publisher",),
        ("documents",),
    )

    position: int
    event: str
    metric: str
    geography: str | None
    counterpart: str | None
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
    origins: tuple[str, ...]
    documents: tuple[str, ...]
    revises: str | None
    revised_by: int | None = None
    """The position of the newer vintage that supersedes it."""


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The vintage that the figure revises."""
    event = recorded.event
    if isinstance(event, StatisticPublished) and event.revises:
        yield Lookup(Statistic, "event", event.revises)


def fold(state: State, recorded: Recorded) -> Iterable[Row]:
    """The row of a figure, and the end of the vintage that it revises."""
    event = recorded.event
    if not isinstance(event, StatisticPublished):
        return
    if event.revises:
        for older in state.find(Statistic, "event", event.revises):
            revised_by = older.revised_by or recorded.position
            yield msgspec.structs.replace(older, revised_by=revised_by)
    yield _row(event, recorded)


def _row(event: StatisticPublished, recorded: Recorded) -> Statistic:
    lower, upper = figure_bounds(event.value, event.comparator, event.lower, event.upper)
    return Statistic(
        position=recorded.position,
        event=str(recorded.id),
        metric=event.metric,
        geography=event.geography,
        counterpart=event.counterpart,
        population_term=event.population_term,
        denominator=event.denominator,
        period=event.period,
        period_from=edtf.lower(event.period),
        period_to=edtf.upper(event.period),
        basis=event.basis,
        value=event.value,
        lower=lower,
        upper=upper,
        comparator=event.comparator,
        cue=event.cue,
        unit=event.unit,
        publisher=event.publisher,
        published_on=day(event.published_on) if event.published_on else None,
        origins=origins(event.citations),
        documents=tuple(dict.fromkeys(c.document for c in event.citations)),
        revises=event.revises,
    )


VIEW = View(
    name="statistics",
    version=1,
    rows=(Statistic,),
    events=(StatisticPublished,),
    fold=fold,
    wants=wants,
)
