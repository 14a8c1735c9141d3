"""Statistics: every published figure with its bounds, its period and its vintages.

All vintages stay. A correction gives a figure its new content at its old place; one that was
retracted keeps its row, marked, so that what it revised is known.
"""

from collections.abc import Iterable
from typing import ClassVar

from projections.figures import Figure, keep
from projections.overlay import Overlay
from projections.sources import CORRECTIONS, wants_facts
from projections.view import Change, Lookup, State, View
from tracker.domain.base import Recorded
from tracker.domain.statistic import StatisticPublished


class Statistic(Figure, frozen=True, kw_only=True):
    """One figure of the series that it belongs to."""

    table: ClassVar[str] = "statistic"
    key: ClassVar[tuple[str, ...]] = ("position",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("event",),
        ("revises",),
        ("series",),
        ("metric", "geography", "counterpart"),
        ("publisher",),
    )


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The vintage that the figure revises, or the figure that the event is about."""
    event = recorded.event
    if isinstance(event, StatisticPublished) and event.revises:
        yield Lookup(Statistic, "event", event.revises)
        yield Lookup(Statistic, "revises", event.revises)
    yield from wants_facts(recorded, Statistic, StatisticPublished)


def fold(state: State, recorded: Recorded) -> Iterable[Change]:
    """The row of a figure, and which vintages it supersedes."""
    over = Overlay(state)
    keep(over, recorded, Statistic)
    return over.changes()


VIEW = View(
    name="statistics",
    version=3,
    rows=(Statistic,),
    events=(StatisticPublished, *CORRECTIONS),
    fold=fold,
    wants=wants,
    effort=35,
)
