"""`/facts`: record a fact of any kind of the catalogue, and what fields each kind has."""

from typing import Annotated, Any

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath

from tracker.api.access import ANALYST, READER
from tracker.api.writing import Writer, Written
from tracker.domain.catalog import FACTS, fact_from
from tracker.domain.fact import RecordFact
from tracker.domain.forms import Form, form_of
from tracker.domain.values import checked

FactFields = Annotated[
    dict[str, Any],
    BodyKwarg(
        description="The fields of the fact as `/facts/types` lists them, with `citations` "
        "(each a document and its exact words as `quote`) or a reason in `first_hand`."
    ),
]


class Forms(msgspec.Struct, frozen=True):
    """Every kind of fact that can be recorded."""

    types: list[Form]


async def record(kind: str, fields: dict[str, Any], write: Writer) -> Response[Written]:
    """Record a fact; the one way in for every address that takes facts."""
    return await write(RecordFact(fact=checked(fact_from(kind, fields))))


class Facts(Controller):
    """Every kind of fact by its word (`policy`) or its type (`policy-changed`)."""

    path = "/facts"
    tags = ("facts",)

    @get("/types", opt=READER)
    async def types(self) -> Forms:
        """The kinds of facts with their fields, for forms."""
        return Forms([form_of(kind) for kind in FACTS.values()])

    @post("/{kind:str}", opt=ANALYST)
    async def record(
        self, kind: FromPath[str], data: FactFields, write: NamedDependency[Writer]
    ) -> Response[Written]:
        """Record a fact of this kind."""
        return await record(kind, data, write)
