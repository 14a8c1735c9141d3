"""`/policies`: changes of policy and what else is on record about policies."""

from typing import Annotated

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from tracker.api.access import ANALYST, READER, OpenParts
from tracker.api.facts import FactFields, record
from tracker.api.reading import Before, Limit, Reading, country
from tracker.api.timeline import Countries, Lines, lines
from tracker.api.writing import Writer, Written
from tracker.domain.catalog import FACTS
from tracker.domain.policy import PolicyFact

TYPES = tuple(kind.type for kind in FACTS.values() if issubclass(kind, PolicyFact))


class Policies(Controller):
    """Policies as the events that made them."""

    path = "/policies"
    tags = ("policies",)

    @get("/", opt=READER)
    async def events(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        countries: Countries = None,
        policy: Annotated[str | None, QueryParameter(description="Only this policy.")] = None,
        before: Before = None,
        limit: Limit = 50,
    ) -> Lines:
        """What is on record about policies, newest first."""
        reading.unless_known()
        found = await parts.questions.timeline(
            countries=[country("country", c) for c in countries or ()],
            types=TYPES,
            policy=policy,
            before=before,
            limit=limit,
        )
        return lines(found, limit)

    @post("/", opt=ANALYST)
    async def change(self, data: FactFields, write: NamedDependency[Writer]) -> Response[Written]:
        """Record that a policy changed."""
        return await record("policy", data, write)
