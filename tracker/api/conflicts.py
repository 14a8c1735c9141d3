"""`/conflicts` and `/relations`: what disagrees, how it was settled, and what analysts asserted."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from projections.docket import Conflict, Kind, Relation
from tracker.api.access import READER, OpenParts
from tracker.api.paging import Paging
from tracker.api.reading import Limit, Reading, country
from tracker.cursors import Place
from tracker.domain.relation import RelationKind


class Sided(msgspec.Struct, frozen=True):
    """A fact that takes a side: `a` decides or was named first."""

    event: str
    side: str
    on: str | None


class Disagreeing(msgspec.Struct, frozen=True):
    """A conflict with the facts of both sides."""

    conflict: Conflict
    facts: list[Sided]


class Conflicts(msgspec.Struct, frozen=True):
    """A page of conflicts."""

    conflicts: list[Disagreeing]
    next: str | None


class Relations(msgspec.Struct, frozen=True):
    """A page of relations."""

    relations: list[Relation]
    next: str | None


@get("/conflicts", opt=READER, tags=["conflicts"])
async def conflicts(
    parts: OpenParts,
    reading: NamedDependency[Reading],
    paging: NamedDependency[Paging],
    status: FromQuery[Literal["open", "resolved"] | None] = None,
    kind: FromQuery[Kind | None] = None,
    country_code: Annotated[
        str | None, QueryParameter(name="country", description="Only conflicts about it.")
    ] = None,
    limit: Limit = 50,
) -> Conflicts:
    """Disagreements between facts, the latest opened first."""
    reading.unless_known()
    asked = {"status": status, "kind": kind}
    code = country("country", country_code) if country_code else None
    rows, facts = await parts.questions.nouns.conflicts(
        equal={name: value for name, value in asked.items() if value},
        overlap={"countries": [code]} if code else None,
        before=paging.place(tuple[Place, str]),
        limit=limit,
    )
    found = [
        Disagreeing(
            row,
            [Sided(f.event, f.side, f.on and f.on.isoformat()) for f in facts[row.conflict]],
        )
        for row in rows
    ]
    return Conflicts(found, paging.next(rows, limit, "opened_at", "conflict"))


@get("/relations", opt=READER, tags=["relations"])
async def asserted_relations(
    parts: OpenParts,
    reading: NamedDependency[Reading],
    paging: NamedDependency[Paging],
    kind: FromQuery[RelationKind | None] = None,
    fact: FromQuery[str | None] = None,
    limit: Limit = 50,
) -> Relations:
    """What analysts hold facts to be to each other, the latest first; of `fact` on either side."""
    reading.unless_known()
    sides: list[dict[str, Any]] = [{"a": fact}, {"b": fact}] if fact else [{}]
    found = {
        row.event: row
        for side in sides
        for row in await parts.views.select(
            Relation,
            equal={**({"kind": kind} if kind else {}), **side},
            before=paging.before,
            order=("position",),
            descending=True,
            limit=limit,
        )
    }
    rows = sorted(found.values(), key=lambda r: -r.position)[:limit]
    return Relations(rows, paging.next(rows, limit))
