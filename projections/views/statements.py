"""Statements: who said what, when, where and in which role, about which policies.

A correction gives the row its new words, a retraction takes it away. Which statements are of one
briefing is read off the rows (`projections.briefings`), as two speakers may turn out to be one.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from projections.sources import CORRECTIONS, Sourced, fold_facts, wants_facts
from projections.view import Change, Lookup, State, View
from tracker.domain import edtf
from tracker.domain.base import Recorded
from tracker.domain.statement import StatementMade


class Statement(Sourced, frozen=True, kw_only=True):
    """One quotation; speaker and bodies are party ids as recorded."""

    table: ClassVar[str] = "statement"
    key: ClassVar[tuple[str, ...]] = ("position",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("event",),
        ("speaker", "said_lower"),
        ("organisation", "said_lower"),
        ("country", "said_lower"),
        ("about",),
    )

    speaker: str
    role: str | None
    organisation: str | None
    on_behalf_of: str | None
    country: str | None
    said_on: str | None
    said_lower: date | None
    """The first day that `said_on` (EDTF) can mean."""
    medium: str | None
    place: str | None
    text: str
    verbatim: str
    language: str | None
    about: tuple[str, ...]
    """The policies and events that it speaks of."""


def _row(fact: StatementMade, columns: dict[str, Any]) -> Statement:
    return Statement(
        **columns,
        speaker=fact.speaker,
        role=fact.role,
        organisation=fact.organisation,
        on_behalf_of=fact.on_behalf_of,
        country=fact.country,
        said_on=fact.said_on,
        said_lower=edtf.lower(fact.said_on) or edtf.upper(fact.said_on),
        medium=fact.medium,
        place=fact.place,
        text=fact.text,
        verbatim=fact.verbatim,
        language=fact.language,
        about=fact.about,
    )


def fold(state: State, recorded: Recorded) -> Iterable[Change]:
    """The row of a statement."""
    return fold_facts(state, recorded, Statement, StatementMade, _row)


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The statement that is corrected, retracted or borne out."""
    return wants_facts(recorded, Statement, StatementMade)


VIEW = View(
    name="statements",
    version=3,
    rows=(Statement,),
    events=(StatementMade, *CORRECTIONS),
    fold=fold,
    wants=wants,
    effort=35,
)
