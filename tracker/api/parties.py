"""`/parties`: people, organisations and groups with their names."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from projections.origins import name_key
from projections.views.parties import Party
from projections.views.positions import Position
from tracker.api.access import ANALYST, READER, OpenParts
from tracker.api.paging import Paging
from tracker.api.reading import Limit, Reading, country
from tracker.api.writing import Writer, Written
from tracker.domain.party import NameParty


class Parties(msgspec.Struct, frozen=True):
    """A page of parties."""

    parties: list[Party]
    next: str | None


class PartyKnown(msgspec.Struct, frozen=True):
    """A party with the offices that it held, or that were held in it."""

    party: Party
    positions: list[Position]
    names: dict[str, str]


class PartyRoutes(Controller):
    """Parties, read and named."""

    path = "/parties"
    tags = ("parties",)

    @get("/", opt=READER)
    async def parties(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        paging: NamedDependency[Paging],
        kind: FromQuery[Literal["person", "organisation", "group"] | None] = None,
        country_code: FromQuery[str | None] = None,
        name: Annotated[
            str | None, QueryParameter(description="Any of its names, without case and accents.")
        ] = None,
        limit: Limit = 100,
    ) -> Parties:
        """Parties, the last named first."""
        reading.unless_known()
        asked: dict[str, Any] = {
            "kind": kind,
            "country": country_code and country("country_code", country_code),
        }
        rows = await parts.views.select(
            Party,
            equal={name: value for name, value in asked.items() if value},
            overlap={"keys": [name_key(name)]} if name else None,
            before=paging.before,
            descending=True,
            order=("position",),
            limit=limit,
        )
        return Parties(rows, paging.next(rows, limit))

    @get("/{party:uuid}", opt=READER)
    async def party(
        self, parts: OpenParts, reading: NamedDependency[Reading], party: FromPath[UUID]
    ) -> PartyKnown:
        """One party by its id, or by one that was given up for it; 404 without one."""
        reading.unless_known()
        found = await parts.questions.nouns.party(str(party))
        ids = (found.party, *found.merged)
        held = {
            row.position: row
            for column in ("person", "organisation")
            for row in await parts.views.select(Position, within={column: ids})
        }
        positions = [held[key] for key in sorted(held)]
        people = [p for row in positions for p in (row.person, row.organisation) if p]
        return PartyKnown(found, positions, await parts.questions.names(people))

    @post("/", opt=ANALYST)
    async def name(
        self, data: JSONBody[NameParty], write: NamedDependency[Writer]
    ) -> Response[Written]:
        """Name a party; with its id, one that is known gets these names."""
        return await write(data)
