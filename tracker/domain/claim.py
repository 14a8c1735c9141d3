"""Claims: what a source holds to be so, about routes, motives, causes and trends."""

from collections.abc import Callable
from typing import ClassVar, Literal, Self

import msgspec

from tracker.domain import party
from tracker.domain.base import Facets, Given, Past, require
from tracker.domain.fact import Fact
from tracker.domain.values import Country, Edtf, Id, Nationality, Party

ClaimKind = Literal[
    "route", "driver", "motive", "rationale", "profile", "facilitation", "assessment", "trend",
    "impact", "hazard", "other",
]  # fmt: skip


class Leg(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """One stretch of a route; a place is a country code, a name, or both."""

    from_country: Country | None = None
    from_place: str | None = None
    to_country: Country | None = None
    to_place: str | None = None
    by: str | None = None
    """How: air, road, sea, on foot …, in the source's word."""


class ClaimMade(Fact, frozen=True, kw_only=True):
    """What a source holds to be so (schema.org Claim), with the stretches of a route."""

    type: ClassVar[str] = "claim-made"
    noun: ClassVar[str] = "claim"
    parties: ClassVar[dict[str, party.Kind]] = {"claimant": "organisation"}

    kind: ClaimKind
    text: str
    claimant: Party | None = None
    countries: tuple[Country, ...] = ()
    nationalities: tuple[Nationality, ...] = ()
    period: Edtf | None = None
    legs: tuple[Leg, ...] = ()
    about: tuple[Id, ...] = ()

    def settle(self, past: Past, given: Given) -> Self:
        """The claim as it is; Refused where it says nothing, or a leg goes from nowhere to nowhere.

        The legs of a route may say all of it; every other claim has words.
        """
        route = self.kind == "route"
        what = "words, or the legs of the route" if route else "words"
        require(self.text.strip() or (route and self.legs), f"text: a claim needs {what}", "text")
        for i, leg in enumerate(self.legs):
            ends = (leg.from_country, leg.from_place, leg.to_country, leg.to_place)
            require(any(ends), f"legs[{i}]: say where it begins or ends", f"legs[{i}]")
        return self

    def facets(self) -> Facets:
        """The countries named, the route's among them, and who claims it."""
        route = [c for leg in self.legs for c in (leg.from_country, leg.to_country) if c]
        return Facets(
            countries=tuple(dict.fromkeys((*self.countries, *route))),
            nationalities=self.nationalities,
            parties=(self.claimant,) if self.claimant else (),
            documents=self.cited(),
            occurred=self.period,
        )

    def headline(self, name: Callable[[str], str]) -> str:
        """Who claims what."""
        words = self.text if len(self.text) <= 140 else f"{self.text[:139]}…"
        return f"{name(self.claimant) if self.claimant else 'Claim'} ({self.kind}): {words}"
