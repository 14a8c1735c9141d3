"""Incidents: what happened where and to how many; every later word about one keeps its id."""

from collections.abc import Callable
from typing import ClassVar

import msgspec

from tracker.domain import party
from tracker.domain.base import Event, Facets
from tracker.domain.fact import Fact
from tracker.domain.values import Country, Decimal, Edtf, Id, IncidentType, Party, Precision


class Place(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """Where it happened; the coordinates are decimal degrees (WGS 84) as text."""

    name: str | None = None
    country: Country | None = None
    lat: Decimal | None = None
    lon: Decimal | None = None
    precision: Precision | None = None


class Count(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """How many, as UCDP counts: the least, the most likely and the most; None is not known.

    A zero is said only by a source that says none. Without any count the number is unknown.
    """

    low: int | None = None
    best: int | None = None
    high: int | None = None


class IncidentFact(Fact, frozen=True, kw_only=True):
    """What a source says of an incident."""

    parties: ClassVar[dict[str, party.Kind]] = {"actors": "group", "victims": "group"}

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

    def facets(self) -> Facets:
        """Where, to whom, by whom and when."""
        country = self.place.country if self.place else None
        return Facets(
            countries=tuple(dict.fromkeys((*((country,) if country else ()), *self.nationalities))),
            nationalities=self.nationalities,
            parties=tuple(dict.fromkeys((*self.actors, *self.victims))),
            documents=tuple(c.document for c in self.citations),
            occurred=self.occurred,
        )


class IncidentReported(IncidentFact, frozen=True, kw_only=True):
    """Something happened, or keeps happening; a second report of it names its id."""

    type: ClassVar[str] = "incident-reported"
    noun: ClassVar[str] = "incident"

    incident_type: IncidentType

    def headline(self, name: Callable[[str], str]) -> str:
        """What, by whom and where."""
        return _headline("", self, self.incident_type, name)


class IncidentUpdated(IncidentFact, frozen=True, kw_only=True):
    """More, or something else, became known of an incident; what is left out stays as it was."""

    type: ClassVar[str] = "incident-updated"
    noun: ClassVar[str] = "incident-update"

    incident_type: IncidentType | None = None

    def headline(self, name: Callable[[str], str]) -> str:
        """What is now known."""
        return _headline("Update: ", self, self.incident_type, name)


class IncidentDisputed(Fact, frozen=True, kw_only=True):
    """Somebody denies an incident, or a part of what is said of it."""

    type: ClassVar[str] = "incident-disputed"
    noun: ClassVar[str] = "incident-dispute"
    parties: ClassVar[dict[str, party.Kind]] = {"by": "organisation"}

    incident: Id
    text: str
    """What is denied, in plain words."""
    by: Party | None = None

    def tags(self) -> tuple[str, ...]:
        """The incident."""
        return (f"incident:{self.incident}",)

    def facets(self) -> Facets:
        """Who denies it."""
        return Facets(
            parties=(self.by,) if self.by else (),
            documents=tuple(c.document for c in self.citations),
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

    def headline(self, name: object) -> str:
        """That they are one."""
        return f"Incident merged into another: {self.reason}"


def _headline(prefix: str, said: IncidentFact, kind: str | None, name: Callable[[str], str]) -> str:
    what = said.title or (kind or "incident").replace("-", " ")
    by = f" by {', '.join(name(a) for a in said.actors)}" if said.actors else ""
    place = said.place and (said.place.name or said.place.country)
    return f"{prefix}{what}{by}{f', {place}' if place else ''}"
