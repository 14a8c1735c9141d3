"""Parties: people, organisations and groups, known by random ids so that names can be erased."""

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal
from uuid import UUID

import msgspec

from tracker.domain.base import Command, Event, Facets, Given, NewEvent, Past, Query, tagged
from tracker.domain.errors import NotFound, Refused
from tracker.domain.values import Country, Id, checked

Kind = Literal["person", "organisation", "group"]
KNOWN = tagged("type:party-named")


class PartyNamed(Event, frozen=True, kw_only=True):
    """The names of a party: the first is shown, the others are aliases."""

    type: ClassVar[str] = "party-named"

    party: Id
    kind: Kind
    names: tuple[str, ...]
    country: Country | None = None
    external_ids: dict[str, str] | None = None

    def tags(self) -> tuple[str, ...]:
        """The party."""
        return (f"party:{self.party}",)

    def facets(self) -> Facets:
        """The party and its country."""
        return Facets(parties=(self.party,), countries=(self.country,) if self.country else ())

    def headline(self, name: object) -> str:
        """The name and its aliases."""
        return f"Named: {' = '.join(self.names)}"


class PartyMerged(Event, frozen=True, kw_only=True):
    """Two parties turned out to be one; the id that is given up still finds it."""

    type: ClassVar[str] = "party-merged"

    party: Id
    into: Id
    reason: str

    def tags(self) -> tuple[str, ...]:
        """Both parties."""
        return (f"party:{self.party}", f"party:{self.into}")

    def facets(self) -> Facets:
        """Both parties."""
        return Facets(parties=(self.party, self.into))

    def headline(self, name: Callable[[str], str]) -> str:
        """Who is who."""
        return f"{name(self.party)} is the same as {name(self.into)}: {self.reason}"


class NameParty(Command, frozen=True, kw_only=True):
    """Give a party its names; without an id, a new one."""

    kind: Kind
    names: tuple[str, ...]
    party: Id | None = None
    country: Country | None = None

    def reads(self, past: Past) -> Query:
        """All names known so far."""
        return KNOWN

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The naming; Refused where the first name already belongs to another party."""
        if not self.names or not all(name.strip() for name in self.names):
            raise Refused("names: give at least one name", field="names")
        owners = _by_name(past)
        if self.party is not None and self.party not in owners.values():
            raise NotFound(f"party: no party {self.party} is in the log", field="party")
        taken = next((n for n in self.names if owners.get(_key(n), self.party) != self.party), None)
        if taken:
            raise Refused(f"names: {taken!r} is already party {owners[_key(taken)]}", field="names")
        named = PartyNamed(
            party=self.party or str(given.new_id()),
            kind=self.kind,
            names=self.names,
            country=self.country,
        )
        return [NewEvent(given.new_id(), checked(named))]


def resolve(
    fact: msgspec.Struct, fields: Mapping[str, Kind], past: Past, given: Given
) -> tuple[list[NewEvent], dict[str, str]]:
    """The parties that the fact names for the first time, and the ids for its fields."""
    owners = _by_name(past)
    named: list[NewEvent] = []
    replaced: dict[str, str] = {}
    for field, kind in fields.items():
        given_name: str | None = getattr(fact, field)
        if not given_name:
            continue
        if _is_id(given_name):
            if given_name not in owners.values():
                raise NotFound(f"{field}: no party {given_name} is in the log", field=field)
            continue
        owner = owners.get(_key(given_name))
        if owner is None:
            owner = str(given.new_id())
            owners[_key(given_name)] = owner
            event = PartyNamed(party=owner, kind=kind, names=(given_name,))
            named.append(NewEvent(given.new_id(), event))
        replaced[field] = owner
    return named, replaced


def _by_name(past: Past) -> dict[str, str]:
    """Name → party, the earliest owner of a name first."""
    owners: dict[str, str] = {}
    for recorded in past:
        if isinstance(recorded.event, PartyNamed):
            for name in recorded.event.names:
                owners.setdefault(_key(name), recorded.event.party)
    return owners


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
