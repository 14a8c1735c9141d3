"""`/incidents/{incident}/merge` and `/parties/{party}/merge`: two that turned out to be one."""

from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from tracker.api.access import ANALYST
from tracker.api.writing import Writer, Written
from tracker.domain.incident import MergeIncidents
from tracker.domain.party import MergeParties


class NewMerge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the one in the address is given up for, and why they are one."""

    into: str
    reason: str


@post("/incidents/{incident:uuid}/merge", opt=ANALYST, tags=["incidents"])
async def merge_incident(
    incident: FromPath[UUID], data: JSONBody[NewMerge], write: NamedDependency[Writer]
) -> Response[Written]:
    """Merge an incident into another, under whose id all that was said of both stands."""
    return await write(MergeIncidents(incident=str(incident), into=data.into, reason=data.reason))


@post("/parties/{party:uuid}/merge", opt=ANALYST, tags=["parties"])
async def merge_party(
    party: FromPath[UUID], data: JSONBody[NewMerge], write: NamedDependency[Writer]
) -> Response[Written]:
    """Merge a party into another (an id or a name), which has the names of both from then on."""
    return await write(MergeParties(party=str(party), into=data.into, reason=data.reason))
