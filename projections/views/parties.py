"""Parties: the people, organisations and groups that facts name, with all their names.

Two parties that turned out to be one are one row, under the id that stays; the id given up leads
to it, also where it was given up for one that was given up later.
"""

from collections.abc import Iterable
from typing import ClassVar

import msgspec

from projections.origins import name_key
from projections.overlay import Overlay
from projections.view import Change, Lookup, Row, State, View
from tracker.domain.base import Recorded
from tracker.domain.party import PartyMerged, PartyNamed


class Party(Row, frozen=True, kw_only=True):
    """A party under its current name, which is also the first of its names."""

    table: ClassVar[str] = "party"
    key: ClassVar[tuple[str, ...]] = ("party",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("country",), ("keys",))

    party: str
    kind: str
    name: str
    names: tuple[str, ...]
    keys: tuple[str, ...]
    """The names as they are matched: without case and accents."""
    country: str | None
    external_ids: dict[str, str]
    merged: tuple[str, ...] = ()
    """The ids that were given up for this one."""
    position: int


class PartyGivenUp(Row, frozen=True, kw_only=True):
    """The id of a party that turned out to be another."""

    table: ClassVar[str] = "party_given_up"
    key: ClassVar[tuple[str, ...]] = ("party",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("into",),)

    party: str
    into: str
    """The party that stands for it; never one that was given up itself."""
    position: int


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The parties that are named, and what they turned out to be."""
    event = recorded.event
    ids = (event.party,) if isinstance(event, PartyNamed) else ()
    if isinstance(event, PartyMerged):
        ids = (event.party, event.into)
    for party in ids:
        yield Lookup(PartyGivenUp, "party", party)
        yield Lookup(PartyGivenUp, "into", party)
        yield Lookup(Party, "party", party)


def fold(state: State, recorded: Recorded) -> Iterable[Change]:
    """The party under its new names, or one party instead of two; earlier names stay as aliases."""
    event, over = recorded.event, Overlay(state)
    if isinstance(event, PartyNamed):
        _name(over, event, recorded.position)
    elif isinstance(event, PartyMerged):
        given_up, stays = _standing(over, event.party), _standing(over, event.into)
        if given_up != stays:
            _merge(over, given_up, stays, recorded.position)
    return over.changes()


def _standing(over: Overlay, party: str) -> str:
    known = over.first(PartyGivenUp, "party", party)
    return known.into if known else party


def _name(over: Overlay, event: PartyNamed, position: int) -> None:
    party = _standing(over, event.party)
    known = over.first(Party, "party", party)
    # What is named under an id given up adds aliases, and does not rename the party.
    listed = event.names, known.names if known else ()
    first, last = listed if party == event.party else listed[::-1]
    names = tuple(dict.fromkeys((*first, *last)))
    over.put(
        Party(
            party=party,
            kind=event.kind if party == event.party or known is None else known.kind,
            name=names[0] if names else party,
            names=names,
            keys=_keys(names),
            country=event.country or (known.country if known else None),
            external_ids={**(known.external_ids if known else {}), **(event.external_ids or {})},
            merged=known.merged if known else _ids(over, party),
            position=position,
        )
    )


def _merge(over: Overlay, given_up: str, stays: str, position: int) -> None:
    other, known = over.first(Party, "party", given_up), over.first(Party, "party", stays)
    for earlier in over.find(PartyGivenUp, "into", given_up):
        over.put(msgspec.structs.replace(earlier, into=stays))
    over.put(PartyGivenUp(party=given_up, into=stays, position=position))
    merged = _ids(over, stays)
    if other:
        over.drop(other)
    if known is None:
        # Of one whose names were erased, the names of the other are all that is left.
        known, other = other, None
    if known is None:
        return
    names = tuple(dict.fromkeys((*known.names, *(other.names if other else ()))))
    over.put(
        msgspec.structs.replace(
            known,
            party=stays,
            names=names,
            keys=_keys(names),
            country=known.country or (other.country if other else None),
            external_ids={**(other.external_ids if other else {}), **known.external_ids},
            merged=merged,
            position=position,
        )
    )


def _ids(over: Overlay, stays: str) -> tuple[str, ...]:
    return tuple(r.party for r in over.find(PartyGivenUp, "into", stays))


def _keys(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name_key(name) for name in names))


VIEW = View(
    name="parties",
    version=2,
    rows=(Party, PartyGivenUp),
    events=(PartyNamed, PartyMerged),
    fold=fold,
    wants=wants,
)
