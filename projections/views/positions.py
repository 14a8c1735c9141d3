"""Positions: who held which office, as far as sources say from when to when.

A correction gives the row its new dates, a retraction takes it away.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from projections.sources import CORRECTIONS, Sourced, fold_facts, wants_facts
from projections.view import Change, Lookup, State, View
from tracker.domain import edtf
from tracker.domain.base import Recorded
from tracker.domain.position import PositionAnnounced


class Position(Sourced, frozen=True, kw_only=True):
    """One person's office; person and organisation are party ids, dates EDTF with their bounds."""

    table: ClassVar[str] = "position"
    key: ClassVar[tuple[str, ...]] = ("position",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("event",),
        ("person", "position"),
        ("organisation", "position"),
        ("country", "position"),
    )

    person: str
    office: str
    organisation: str | None
    country: str | None
    start: str | None
    start_lower: date | None
    start_upper: date | None
    end: str | None
    end_lower: date | None
    end_upper: date | None


def _row(fact: PositionAnnounced, columns: dict[str, Any]) -> Position:
    return Position(
        **columns,
        person=fact.person,
        office=fact.office,
        organisation=fact.organisation,
        country=fact.country,
        start=fact.start,
        start_lower=edtf.lower(fact.start),
        start_upper=edtf.upper(fact.start),
        end=fact.end,
        end_lower=edtf.lower(fact.end),
        end_upper=edtf.upper(fact.end),
    )


def fold(state: State, recorded: Recorded) -> Iterable[Change]:
    """The row of a position."""
    return fold_facts(state, recorded, Position, PositionAnnounced, _row)


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The position that is corrected, retracted or borne out."""
    return wants_facts(recorded, Position, PositionAnnounced)


VIEW = View(
    name="positions",
    version=2,
    rows=(Position,),
    events=(PositionAnnounced, *CORRECTIONS),
    fold=fold,
    wants=wants,
)
