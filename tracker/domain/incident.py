"""Incidents: what happened where and to how many; every later word about one keeps its id."""

from collections.abc import Callable
from decimal import Decimal as Number
from itertools import pairwise
from typing import ClassVar, Self

import msgspec

from tracker.domain import party
from tracker.domain.base import (
    Command,
    Event,
    Facets,
    Given,
    NewEvent,
    Past,
    Query,
    require,
    tagged,
)
from tracker.domain.errors import NotFound
from tracker.domain.fact import Fact
from tracker.domain.merging import reason_given, require_mergeable, require_standing
from tracker.domain.values import Country, Decimal, Edtf, Id, IncidentType, Party, Precision

_MERGES = tagged("type:incident-merged")


class Place(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """Where it happened; the coordinates are decimal degrees (WGS 84) as text."""

    name: str | None = None
    country: Country | None = None
    lat: Decimal | None = None
    lon: Decimal | None = None
    precision: Precision | None = None

    def require_valid(self) -> None:
        """Refuse a place that is nowhere, or nowhere on earth."""
        require(
            self.name or self.country or self.lat,
            "place: give a name, a country or coordinates",
            "place",
        )
        for name, other, most in (("lat", "lon", 90), ("lon", "lat", 180)):
            degrees = getattr(self, name)
            if degrees is None:
                require(
                    getattr(self, other) is None,
                    f"place.{name}: is missing although {other} is given",
                    f"place.{name}",
                )
                continue
            require(
                abs(Number(degrees)) <= most,
                f"place.{name}: {degrees} is not between -{most} and {most}",
                f"place.{name}",
            )


class Count(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """How many, as UCDP counts: the least, the most likely and the most; None is not known.

    A zero is said only by a source that says none. Without any count the number is unknown.
    """

    low: int | None = None
    best: int | None = None
    high: int | None = None

    def require_valid(self, field: str) -> None:
        """Refuse a number below zero, one out of order, and a count without a number."""
        said = [(n, v) for n in ("low", "best", "high") if (v := getattr(self, n)) is not None]
        require(said, f"{field}: give a number, or leave it out where it is not known", field)
        for name, number in said:
            require(number >= 0, f"{field}.{name}: {number} is less than nobody", f"{field}.{name}")
        for (below, less), (name, number) in pairwise(said):
            require(
                less <= number,
                f"{field}.{name}: {number} is less than {below} {less}",
                f"{field}.{name}",
            )


class IncidentFact(Fact, frozen=True, kw_only=True):
    """What a source says of an incident."""

    parties: ClassVar[dict[str, party.Kind]] = {"actors": "group", "victims": "group"}
    keeps: ClassVar[tuple[str, ...]] = ("incident",)

    incident: Id | None = None
    title: str | None = None
    occurred: Edtf | None = None
    place: Place | None = None
    actors: tuple[Party, ...] = ()
    victims: tuple[Party, ...] = ()
    victim_term: str | None = None
    """The source's own word for those it happened to."""
    nationalities: tuple[Country, ...] = ()
    """Of those it happened to."""
    killed: Count | None = None
    injured: Count | None = None
    affected: Count | None = None
    pattern: bool = False
    """Whether the source describes what keeps happening and no single occasion."""

    def tags(self) -> tuple[str, ...]:
        """The incident."""
        return (f"incident:{self.incident}",)

    def needs(self) -> Query:
        """The incident, where one is named."""
        return _about(self.incident)

    def settle(self, past: Past, given: Given) -> Self:
        """The fact as it is; Refused for a place or a count that cannot be."""
        if self.incident is not None:
            _require_incident(self.incident, past)
        if self.place:
            self.place.require_valid()
        for field in ("killed", "injured", "affected"):
            if count := getattr(self, field):
                count.require_valid(field)
        return self

    def facets(self) -> Facets:
        """Which incident, where, to whom, by whom and when."""
        country = self.place.country if self.place else None
        return Facets(
            countries=tuple(dict.fromkeys((*((country,) if country else ()), *self.nationalities))),
            nationalities=self.nationalities,
            parties=tuple(dict.fromkeys((*self.actors, *self.victims))),
            incident=self.incident,
            documents=self.cited(),
            occurred=self.occurred,
        )


class IncidentReported(IncidentFact, frozen=True, kw_only=True):
    """Something happened, or keeps happening; a second report of it names its id."""

    type: ClassVar[str] = "incident-reported"
    noun: ClassVar[str] = "incident"

    incident_type: IncidentType

    def settle(self, past: Past, given: Given) -> Self:
        """Also: a new incident has a new id."""
        settled = super().settle(past, given)
        if settled.incident is not None:
            return settled
        return msgspec.structs.replace(settled, incident=str(given.new_id()))

    def headline(self, name: Callable[[str], str]) -> str:
        """What, by whom and where."""
        return _headline("", self, self.incident_type, name)


class IncidentUpdated(IncidentFact, frozen=True, kw_only=True):
    """More, or something else, became known of an incident; what is left out stays as it was."""

    type: ClassVar[str] = "incident-updated"
    noun: ClassVar[str] = "incident-update"

    incident_type: IncidentType | None = None

    def settle(self, past: Past, given: Given) -> Self:
        """Also: more can only become known of a known incident."""
        require(self.incident, "incident: say which one this is about", "incident")
        return super().settle(past, given)

    def headline(self, name: Callable[[str], str]) -> str:
        """What is now known."""
        return _headline("Update: ", self, self.incident_type, name)


class IncidentDisputed(Fact, frozen=True, kw_only=True):
    """Somebody denies an incident, or a part of what is said of it."""

    type: ClassVar[str] = "incident-disputed"
    noun: ClassVar[str] = "incident-dispute"
    parties: ClassVar[dict[str, party.Kind]] = {"by": "organisation"}
    keeps: ClassVar[tuple[str, ...]] = ("incident",)

    incident: Id
    text: str
    """What is denied, in plain words."""
    by: Party | None = None

    def tags(self) -> tuple[str, ...]:
        """The incident."""
        return (f"incident:{self.incident}",)

    def needs(self) -> Query:
        """The incident."""
        return _about(self.incident)

    def settle(self, past: Past, given: Given) -> Self:
        """The fact as it is; Refused where it denies nothing."""
        require(self.text.strip(), "text: say what is denied", "text")
        _require_incident(self.incident, past)
        return self

    def facets(self) -> Facets:
        """Which incident, and who denies it."""
        return Facets(
            parties=(self.by,) if self.by else (),
            incident=self.incident,
            documents=self.cited(),
        )

    def headline(self, name: Callable[[str], str]) -> str:
        """Who denies what."""
        who = f"{name(self.by)} disputes" if self.by else "Disputed"
        return f"{who}: {self.text}"


class IncidentMerged(Event, frozen=True, kw_only=True):
    """Two incidents turned out to be one; the id that is given up still finds it."""

    type: ClassVar[str] = "incident-merged"

    incident: Id
    into: Id
    reason: str

    def tags(self) -> tuple[str, ...]:
        """Both incidents."""
        return (f"incident:{self.incident}", f"incident:{self.into}")

    def facets(self) -> Facets:
        """The incident that stays."""
        return Facets(incident=self.into)

    def headline(self, name: object) -> str:
        """That they are one."""
        return f"Incident merged into another: {self.reason}"


class MergeIncidents(Command, frozen=True, kw_only=True):
    """Say that two incidents are one; the first is given up for the one that it is merged into."""

    incident: Id
    into: Id
    reason: str

    def reads(self, past: Past) -> Query:
        """Both incidents."""
        return _about(self.incident) | _about(self.into)

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The merge; NotFound or Refused where one is not known or was merged away before."""
        reason = reason_given(self.reason)
        _require_known(self.incident, past, "incident")
        _require_known(self.into, past, "into")
        require_mergeable(self.incident, self.into, _merged(past), "incident")
        merged = IncidentMerged(incident=self.incident, into=self.into, reason=reason)
        return [NewEvent(given.new_id(), merged)]


def _about(incident: str | None) -> Query:
    return tagged(f"incident:{incident}") | _MERGES if incident else Query()


def _merged(past: Past) -> dict[str, str]:
    """Incident that was given up → the one that it was merged into."""
    merges = (r.event for r in past if isinstance(r.event, IncidentMerged))
    return {merge.incident: merge.into for merge in merges}


def _require_known(incident: str, past: Past, field: str) -> None:
    if not any(f"incident:{incident}" in r.tags for r in past):
        raise NotFound(f"{field}: no incident {incident} is in the log", field=field)


def _require_incident(incident: str, past: Past) -> None:
    _require_known(incident, past, "incident")
    require_standing(incident, _merged(past), "incident", "incident")


def _headline(prefix: str, said: IncidentFact, kind: str | None, name: Callable[[str], str]) -> str:
    what = said.title or (kind or "incident").replace("-", " ")
    by = f" by {', '.join(name(a) for a in said.actors)}" if said.actors else ""
    place = said.place and (said.place.name or said.place.country)
    return f"{prefix}{what}{by}{f', {place}' if place else ''}"
