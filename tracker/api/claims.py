"""`/claims`: what sources hold to be so about routes, motives, causes and trends."""

from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from projections.views.claims import Claim
from tracker.api.access import READER, OpenParts
from tracker.api.paging import Paging
from tracker.api.reading import Limit, Reading, country
from tracker.domain.claim import ClaimKind


class Claims(msgspec.Struct, frozen=True):
    """A page of claims, and the names of the claimants."""

    claims: list[Claim]
    names: dict[str, str]
    next: str | None


@get("/claims", opt=READER, tags=["claims"])
async def claims(
    parts: OpenParts,
    reading: NamedDependency[Reading],
    paging: NamedDependency[Paging],
    kind: FromQuery[ClaimKind | None] = None,
    country_code: Annotated[str | None, QueryParameter(name="country")] = None,
    claimant: Annotated[str | None, QueryParameter(description="By id or by name.")] = None,
    limit: Limit = 50,
) -> Claims:
    """Claims, newest first."""
    reading.unless_known()
    within: dict[str, Any] = {}
    if claimant:
        within["claimant"] = await parts.questions.nouns.ids(claimant)
    rows = await parts.views.select(
        Claim,
        equal={"kind": kind} if kind else None,
        within=within,
        overlap={"countries": [country("country", country_code)]} if country_code else None,
        before=paging.before,
        order=("position",),
        descending=True,
        limit=limit,
    )
    names = await parts.questions.names(r.claimant for r in rows if r.claimant)
    return Claims(rows, names, paging.next(rows, limit))
