"""Parties: the people, organisations and groups that facts name, with their names."""

from collections.abc import Iterable
from typing import ClassVar

from projections.view import Lookup, Row, State, View
from tracker.domain.base import Recorded
from tracker.domain.party import PartyNamed


class Party(Row, frozen=True, kw_only=True):
    """A party under its current name, which is also the first of its names."""

    table: ClassVar[str] = "party"
    key: ClassVar[tuple[str, ...]] = ("party",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("country",),)

    party: str
    kind: str
    name: str
    names: tuple[str, ...]
    country: str | None
    position: int


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The party that is named."""
    if isinstance(recorded.event, PartyNamed):
        yield Lookup(Party, "party", recorded.event.party)


def fold(state: State, recorded: Recorded) -> Iterable[Row]:
    """The party under its new names; earlier ones stay as aliases."""
    event = recorded.event
    if not isinstance(event, PartyNamed):
        return
    known = next(iter(state.find(Party, "party", event.party)), None)
    names = tuple(dict.fromkeys((*event.names, *(known.names if known else ()))))
    yield Party(
        party=event.party,
        kind=event.kind,
        name=names[0] if names else event.party,
        names=names,
        country=event.country or (known.country if known else None),
        position=recorded.position,
    )


VIEW = View(name="parties", version=1, rows=(Party,), events=(PartyNamed,), fold=fold, wants=wants)
