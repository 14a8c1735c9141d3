"""`/policies`: every policy with its status on a day and its history."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from projections.nouns import PolicyAnswer
from projections.regimes import selectors
from projections.standing import Status
from projections.views.policies import PolicyStep
from tracker.api.access import ANALYST, READER, OpenParts
from tracker.api.facts import FactFields, record
from tracker.api.paging import Paging
from tracker.api.reading import Limit, Reading, jurisdiction_of, nationality_of
from tracker.api.writing import Writer, Written
from tracker.domain.countries import COUNTRIES
from tracker.domain.policy import Kind
from tracker.domain.values import day, ruled
from tracker.parts import Parts

ValidAt = Annotated[
    str | None, QueryParameter(description="The day whose status is asked for; else today, UTC.")
]


class PolicyList(msgspec.Struct, frozen=True):
    """A page of policies."""

    policies: list[PolicyAnswer]
    next: str | None


class PolicyHistory(msgspec.Struct, frozen=True):
    """A policy with its steps in the order of the log, those that no longer count among them."""

    policy: PolicyAnswer
    history: list[PolicyStep]


class Policies(Controller):
    """Policies of all kinds."""

    path = "/policies"
    tags = ("policies",)

    @get("/", opt=READER)
    async def policies(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        paging: NamedDependency[Paging],
        jurisdiction: FromQuery[str | None] = None,
        kind: FromQuery[Kind | None] = None,
        status: FromQuery[Status | None] = None,
        nationality: Annotated[
            str | None,
            QueryParameter(description="Whom an entry rule concerns, also by a group or `*`."),
        ] = None,
        valid_at: ValidAt = None,
        limit: Limit = 50,
    ) -> PolicyList:
        """Policies with their status on a day, the last changed first."""
        on = _day(parts, valid_at)
        reading.unless_known(on)
        asked: dict[str, Any] = {
            "jurisdiction": jurisdiction and jurisdiction_of(jurisdiction),
            "kind": kind,
        }
        who = nationality and nationality_of("nationality", nationality)
        concerned = (selectors(who) if who in COUNTRIES else (who, "*")) if who else ()
        found, end = await parts.questions.nouns.policies(
            on,
            status,
            limit,
            paging.position,
            equal={name: value for name, value in asked.items() if value},
            overlap={"nationalities": concerned} if concerned else None,
        )
        return PolicyList(found, paging.after(end))

    @get("/{policy:uuid}", opt=READER)
    async def policy(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        policy: FromPath[UUID],
        valid_at: ValidAt = None,
    ) -> PolicyHistory:
        """One policy with its history; 404 where there is none."""
        on = _day(parts, valid_at)
        reading.unless_known(on)
        return PolicyHistory(*await parts.questions.nouns.policy(str(policy), on))

    @post("/", opt=ANALYST)
    async def change(self, data: FactFields, write: NamedDependency[Writer]) -> Response[Written]:
        """Record that a policy changed."""
        return await record("policy", data, write)


def _day(parts: Parts, valid_at: str | None) -> date:
    return ruled(day, valid_at, "valid_at") if valid_at else parts.clock().date()
