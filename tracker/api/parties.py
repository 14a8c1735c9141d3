"""`/parties`: people, organisations and groups with their names."""

from typing import Any, Literal

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody

from projections.views.parties import Party
from tracker.api.access import ANALYST, READER, OpenParts
from tracker.api.reading import Before, Limit, Reading, country
from tracker.api.writing import Writer, Written
from tracker.domain.party import NameParty


class Parties(msgspec.Struct, frozen=True):
    """A page of parties."""

    parties: list[Party]
    next: int | None


class PartyRoutes(Controller):
    """Parties, read and named."""

    path = "/parties"
    tags = ("parties",)

    @get("/", opt=READER)
    async def parties(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        kind: FromQuery[Literal["person", "organisation", "group"] | None] = None,
        country_code: FromQuery[str | None] = None,
        before: Before = None,
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
            before=None if before is None else ("position", before),
            descending=True,
            order=("position",),
            limit=limit,
        )
        return Parties(rows, rows[-1].position if len(rows) == limit else None)

    @post("/", opt=ANALYST)
    async def name(
        self, data: JSONBody[NameParty], write: NamedDependency[Writer]
    ) -> Response[Written]:
        """Name a party; with its id, one that is known gets these names."""
        return await write(data)
