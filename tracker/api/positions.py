"""`/positions`: who held which office, and when."""

from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from projections.views.positions import Position
from tracker.api.access import READER, OpenParts
from tracker.api.paging import Paging
from tracker.api.reading import Limit, Reading, country


class Positions(msgspec.Struct, frozen=True):
    """A page of positions, and the names of the people and bodies in it."""

    positions: list[Position]
    names: dict[str, str]
    next: str | None


@get("/positions", opt=READER, tags=["parties"])
async def positions(
    parts: OpenParts,
    reading: NamedDependency[Reading],
    paging: NamedDependency[Paging],
    person: Annotated[str | None, QueryParameter(description="By id or by name.")] = None,
    organisation: Annotated[str | None, QueryParameter(description="By id or by name.")] = None,
    country_code: Annotated[str | None, QueryParameter(name="country")] = None,
    limit: Limit = 50,
) -> Positions:
    """Offices with their holders and the bounds of their dates, the last recorded first."""
    reading.unless_known()
    within: dict[str, Any] = {}
    for column, named in (("person", person), ("organisation", organisation)):
        if named:
            within[column] = await parts.questions.nouns.ids(named)
    rows = await parts.views.select(
        Position,
        equal={"country": country("country", country_code)} if country_code else None,
        within=within,
        before=paging.before,
        order=("position",),
        descending=True,
        limit=limit,
    )
    names = await parts.questions.names(p for r in rows for p in (r.person, r.organisation) if p)
    return Positions(rows, names, paging.next(rows, limit))
