"""Figures in conflict: those that contradict each other, or cannot be compared as they stand."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Self

import msgspec

from projections.docket import Docket, Relation
from projections.figures import Comparison, Figure, keep, series_key, span_of
from projections.figures import compare as disagreement
from projections.overlay import Overlay
from projections.said import Said
from projections.standing_rules import countries
from projections.view import Lookup
from tracker.domain import edtf
from tracker.domain.base import Recorded
from tracker.domain.correction import FactCorroborated
from tracker.domain.statistic import StatisticPublished

_SPAN = ("series", "span")


class ConflictFigure(Figure, frozen=True, kw_only=True):
    """A figure as it is compared here."""

    table: ClassVar[str] = "conflict_figure"
    key: ClassVar[tuple[str, ...]] = ("position",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("event",),
        ("revises",),
        ("series", "span"),
    )

    span: str | None
    """The year of a period within one, `*` of a longer or an open one: figures of two different
    years never overlap."""

    def further(self, period: edtf.Bounds) -> Self:
        """The row with the span of its period."""
        return msgspec.structs.replace(self, span=span_of(period))


def wants(event: StatisticPublished) -> Iterable[Lookup]:
    """What may be looked up for a figure, besides what relates to it."""
    series = series_key(event.metric, event.geography, event.counterpart)
    span = span_of(edtf.bounds(event.period)) if event.period else None
    if span == "*":
        yield Lookup(ConflictFigure, "series", series)
    elif span:
        yield Lookup(ConflictFigure, _SPAN, (series, span))
        yield Lookup(ConflictFigure, _SPAN, (series, "*"))


def follow(docket: Docket, recorded: Recorded, told: Said | None) -> None:
    """Compare the figures that the event touches with the others of their series."""
    about = getattr(recorded.event, "target", None)
    new = told.event if told and not told.corrected else None
    for event in keep(docket.over, recorded, ConflictFigure):
        if isinstance(recorded.event, FactCorroborated):
            docket.leave(event, "one origin", asserted=False)
        elif event == about:
            docket.leave(event, "corrected" if told else "retracted")
        elif event != new:
            docket.leave(event, "a newer figure supersedes it", asserted=False)
        compare(docket, event)


def compare(docket: Docket, event: str) -> None:
    """Open or join the conflicts of a figure with the others of its series."""
    over = docket.over
    figure = over.first(ConflictFigure, "event", event)
    if figure is None or not figure.counts:
        return
    same: set[str] | None = None
    for other in _meeting(over, figure):
        differs = disagreement(other, figure)
        if differs is None:
            continue
        same = _same_origin(over, event) if same is None else same
        if other.event not in same:
            _differ(docket, other, figure, differs)


def _meeting(over: Overlay, figure: ConflictFigure) -> Sequence[ConflictFigure]:
    """Those of the series whose periods may overlap that of a figure."""
    if figure.span is None:
        return ()
    if figure.span == "*":
        return over.find(ConflictFigure, "series", figure.series)
    within = over.find(ConflictFigure, _SPAN, (figure.series, figure.span))
    longer = over.find(ConflictFigure, _SPAN, (figure.series, "*"))
    return sorted((*within, *longer), key=lambda f: f.position) if longer else within


def _same_origin(over: Overlay, event: str) -> set[str]:
    """The facts of which an analyst says that they have one origin with this one."""
    related = (*over.find(Relation, "a", event), *over.find(Relation, "b", event))
    held = [r for r in related if r.kind == "same-origin" and r.resolved_at is None]
    return {r.a if r.b == event else r.b for r in held}


def _differ(docket: Docket, old: Figure, new: Figure, differs: Comparison) -> None:
    (first, a), (second, b) = sorted(
        zip(differs.sides, (old, new), strict=True), key=lambda s: s[0]
    )
    where = f"{old.series}|{old.period}" if differs.what == "figure" else old.series
    topic = f"{differs.kind}|{where}|{differs.what}|{first}|{second}"
    # A report more of what an analyst has explained needs no second explanation.
    conflict = docket.opened(topic) or docket.explained(topic)
    if conflict is None:
        conflict = docket.begin(
            topic,
            kind=differs.kind,
            subject=old.series,
            reason=differs.reason,
            facts=(old.event, new.event),
            countries=countries(old.geography or "", old.counterpart or ""),
        )
    docket.join(conflict.conflict, a.event, "a")
    docket.join(conflict.conflict, b.event, "b")
