"""Parties: people, organisations and groups, known by random ids so that names can be erased."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal
from uuid import UUID

import msgspec

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
from tracker.domain.errors import NotFound, Refused
from tracker.domain.merging import reason_given, require_mergeable, survivor
from tracker.domain.values import Country, Id, Party, checked

Kind = Literal["person", "organisation", "group"]
KNOWN = tagged("type:party-named", "type:party-merged")
_MOST = 50
"""Parties in one field of a fact."""


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


class Known:
    """The parties among events: who has which name, and who turned out to be whom.

    A name belongs to its earliest owner, and that of a party merged away to the one it became.
    """

    def __init__(self, past: Past) -> None:
        self._owners: dict[str, str] = {}
        self._parties: set[str] = set()
        self._merged: dict[str, str] = {}
        for recorded in past:
            match recorded.event:
                case PartyNamed() as event:
                    self.add(event.party, event.names)
                case PartyMerged() as event:
                    self._merged[event.party] = event.into
                case _:
                    pass

    def add(self, party: str, names: tuple[str, ...]) -> None:
        """A party has these names, as far as they are free."""
        self._parties.add(party)
        for name in names:
            self._owners.setdefault(_key(name), party)

    def owner(self, name: str) -> str | None:
        """The party of a name."""
        party = self._owners.get(_key(name))
        return None if party is None else survivor(party, self._merged)

    def party(self, named: str, field: str) -> str | None:
        """The party of an id or a name, None for a new name; NotFound for an unknown id."""
        if not _is_id(named):
            return self.owner(named)
        self.require(named, field)
        return survivor(named, self._merged)

    def require(self, party: str, field: str) -> None:
        """NotFound unless the id is that of a party."""
        if party not in self._parties:
            raise NotFound(f"{field}: no party {party} is in the log", field=field)

    def require_mergeable(self, party: str, into: str) -> None:
        """Refused unless the two are different and neither was merged away."""
        require_mergeable(party, into, self._merged, "party")


class NameParty(Command, frozen=True, kw_only=True):
    """Give a party its names; without an id, a new one. A known party keeps those it has."""

    kind: Kind
    names: tuple[str, ...]
    party: Id | None = None
    country: Country | None = None
    external_ids: dict[str, str] | None = None
    """By what catalogue has it, such as `wikidata`."""

    def reads(self, past: Past) -> Query:
        """All names known so far."""
        return KNOWN

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The naming; Refused where a name already belongs to another party."""
        if not self.names or not all(name.strip() for name in self.names):
            raise Refused("names: give at least one name", field="names")
        known = Known(past)
        party = known.party(self.party, "party") if self.party else None
        taken = next((n for n in self.names if known.owner(n) not in (None, party)), None)
        if taken:
            raise Refused(f"names: {taken!r} is already party {known.owner(taken)}", field="names")
        named = PartyNamed(
            party=party or str(given.new_id()),
            kind=self.kind,
            names=self.names,
            country=self.country,
            external_ids=self.external_ids or None,
        )
        return [NewEvent(given.new_id(), checked(named))]


class MergeParties(Command, frozen=True, kw_only=True):
    """Say that two parties are one: the first, by id or name, gives its names to the second."""

    party: Party
    into: Party
    reason: str

    def reads(self, past: Past) -> Query:
        """All names and merges known so far."""
        return KNOWN

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The merge; NotFound or Refused where one is not known or was merged away before."""
        reason, known = reason_given(self.reason), Known(past)
        party, into = (self._id(known, field) for field in ("party", "into"))
        known.require_mergeable(party, into)
        return [NewEvent(given.new_id(), PartyMerged(party=party, into=into, reason=reason))]

    def _id(self, known: Known, field: str) -> str:
        named: str = getattr(self, field)
        if _is_id(named):
            # As it was named and not what stands for it: a second merge is to be refused.
            known.require(named, field)
            return named
        party = known.owner(named)
        if party is None:
            raise NotFound(f"{field}: no party is called {named!r}", field=field)
        return party


def resolve(
    fact: msgspec.Struct, fields: Mapping[str, Kind], past: Past, given: Given
) -> tuple[list[NewEvent], dict[str, Any]]:
    """The parties that the fact names for the first time, and the ids for its fields.

    A field may hold one party or a tuple of them, in which each comes once.
    """
    known = Known(past)
    named: list[NewEvent] = []
    replaced: dict[str, Any] = {}
    for field, kind in fields.items():
        value: str | tuple[str, ...] | None = getattr(fact, field)
        if not value:
            continue
        if isinstance(value, str):
            replaced[field] = _found(value, kind, field, known, named, given)
            continue
        require(len(value) <= _MOST, f"{field}: at most {_MOST} parties fit one fact", field)
        found = [
            _found(one, kind, f"{field}[{i}]", known, named, given) for i, one in enumerate(value)
        ]
        replaced[field] = tuple(dict.fromkeys(found))
    return named, replaced


def _found(
    name: str, kind: Kind, field: str, known: Known, named: list[NewEvent], given: Given
) -> str:
    """The party of a name or id; a new one is added to those known and to the events."""
    party = known.party(name, field)
    if party is None:
        party = str(given.new_id())
        known.add(party, (name,))
        event = PartyNamed(party=party, kind=kind, names=(name,))
        named.append(NewEvent(given.new_id(), event))
    return party


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
