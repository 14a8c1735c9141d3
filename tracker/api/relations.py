"""`/relations`: what two facts, or two incidents, are to each other, and how it was settled."""

import msgspec
from litestar import Controller, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from tracker.api.access import ANALYST, OpenParts
from tracker.api.writing import Writer, Written
from tracker.domain.relation import AssertRelation, RelationKind, ResolveRelation


class NewRelation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two facts or incidents by id, what `a` is to `b`, and why."""

    a: str
    b: str
    kind: RelationKind
    reason: str


class RelationRoutes(Controller):
    """Relations, asserted and settled."""

    path = "/relations"
    tags = ("relations",)

    @post("/", opt=ANALYST)
    async def assert_relation(
        self, parts: OpenParts, data: JSONBody[NewRelation], write: NamedDependency[Writer]
    ) -> Response[Written]:
        """Say what two facts are to each other. 409 where that is said already and not settled."""
        named = await parts.events_of(data.a, data.b)
        return await write(AssertRelation(named=named, **msgspec.structs.asdict(data)))

    @post("/resolution", opt=ANALYST)
    async def resolve(
        self, parts: OpenParts, data: JSONBody[NewRelation], write: NamedDependency[Writer]
    ) -> Response[Written]:
        """Settle it: a disagreement is explained, or what was asserted does not hold.

        A disagreement that only a view found can be settled too. 409 where it is settled.
        """
        named = await parts.events_of(data.a, data.b)
        return await write(ResolveRelation(named=named, **msgspec.structs.asdict(data)))
