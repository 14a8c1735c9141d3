"""Claims: what sources hold to be so about routes, motives, causes and trends.

A correction gives the row its new words, a retraction takes it away.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from projections.sources import CORRECTIONS, Sourced, fold_facts, wants_facts
from projections.view import Change, Lookup, State, View
from tracker.domain import edtf
from tracker.domain.base import Recorded
from tracker.domain.claim import ClaimMade, Leg


class Claim(Sourced, frozen=True, kw_only=True):
    """One claim; the claimant is a party id, a route has legs."""

    table: ClassVar[str] = "claim"
    key: ClassVar[tuple[str, ...]] = ("position",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("event",),
        ("kind", "position"),
        ("claimant", "position"),
        ("countries",),
        ("about",),
    )

    kind: str
    claimant: str | None
    text: str
    countries: tuple[str, ...]
    """The countries named, the route's among them."""
    nationalities: tuple[str, ...]
    period: str | None
    period_from: date | None
    period_to: date | None
    legs: tuple[Leg, ...]
    about: tuple[str, ...]


def _row(fact: ClaimMade, columns: dict[str, Any]) -> Claim:
    return Claim(
        **columns,
        kind=fact.kind,
        claimant=fact.claimant,
        text=fact.text,
        countries=fact.facets().countries,
        nationalities=fact.nationalities,
        period=fact.period,
        period_from=edtf.lower(fact.period),
        period_to=edtf.upper(fact.period),
        legs=fact.legs,
        about=fact.about,
    )


def fold(state: State, recorded: Recorded) -> Iterable[Change]:
    """The row of a claim."""
    return fold_facts(state, recorded, Claim, ClaimMade, _row)


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The claim that is corrected, retracted or borne out."""
    return wants_facts(recorded, Claim, ClaimMade)


VIEW = View(
    name="claims",
    version=2,
    rows=(Claim,),
    events=(ClaimMade, *CORRECTIONS),
    fold=fold,
    wants=wants,
)
