"""`/statements`: who said what, when, where and in which role."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from projections.briefings import Briefing, briefings
from projections.views.statements import Statement
from tracker.api.access import ANALYST, READER, OpenParts
from tracker.api.facts import FactFields, record
from tracker.api.paging import Paging
from tracker.api.reading import Limit, Reading, country
from tracker.api.writing import Writer, Written


class Statements(msgspec.Struct, frozen=True):
    """A page of statements, those of one occasion together, and the names of the parties."""

    statements: list[Statement]
    briefings: tuple[Briefing, ...]
    names: dict[str, str]
    next: str | None


class StatementRoutes(Controller):
    """Statements, read and recorded."""

    path = "/statements"
    tags = ("statements",)

    @get("/", opt=READER)
    async def statements(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        paging: NamedDependency[Paging],
        speaker: FromQuery[UUID | None] = None,
        organisation: FromQuery[UUID | None] = None,
        country_code: FromQuery[str | None] = None,
        about: FromQuery[UUID | None] = None,
        limit: Limit = 50,
    ) -> Statements:
        """Statements, newest first; `about` is a policy or an event that they speak of."""
        reading.unless_known()
        nouns = parts.questions.nouns
        within: dict[str, Any] = {}
        for column, party in (("speaker", speaker), ("organisation", organisation)):
            if party:
                within[column] = await nouns.all_ids(str(party))
        rows = await parts.views.select(
            Statement,
            equal={"country": country("country_code", country_code)} if country_code else None,
            within=within,
            overlap={"about": [str(about)]} if about else None,
            before=paging.before,
            descending=True,
            order=("position",),
            limit=limit,
        )
        spoken = [p for r in rows for p in (r.speaker, r.organisation, r.on_behalf_of) if p]
        told = briefings(rows[::-1], await nouns.given_up(spoken))
        names = await parts.questions.names(spoken)
        return Statements(rows, told, names, paging.next(rows, limit))

    @post("/", opt=ANALYST)
    async def record(self, data: FactFields, write: NamedDependency[Writer]) -> Response[Written]:
        """Record a statement."""
        return await record("statement", data, write)
