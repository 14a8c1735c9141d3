"""The incidents: a list with what is known of each, and one with everything that was said of it."""

from typing import Any, get_args
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from projections.accounts import Tally
from projections.views.statements import Statement
from tracker.console.lines import headlines
from tracker.console.places import place
from tracker.console.site import AnyRequest, changed, page, pages, with_query
from tracker.console.sources import sources
from tracker.console.visits import GivenParts, arrive, identified, position
from tracker.domain.errors import Refused
from tracker.domain.values import IncidentType

_PAGE = 50


@get("/incidents")
async def incidents(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """Incidents, the last mentioned first."""
    visit = await arrive(request, parts)
    asked = request.query_params
    country, kind = place(asked.get("country"), "country"), asked.get("type") or None
    if kind and kind not in get_args(IncidentType):
        raise Refused(f"type: {kind!r} is no type of incident", field="type")
    before = position("before", asked.get("before"))
    equal: dict[str, Any] = {"incident_type": kind} if kind else {}
    found = await parts.questions.nouns.incidents(
        equal=equal,
        overlap={"countries": [country]} if country else None,
        before=None if before is None else {"position": before},
        limit=_PAGE,
    )
    return page(
        request,
        "incidents.html",
        visit=visit,
        found=found,
        names=await parts.questions.names(p for row in found for p in row.parties),
        tally=tally,
        country=country,
        type=kind,
        types=sorted(get_args(IncidentType)),
        older=changed(request, before=found[-1].position) if len(found) == _PAGE else None,
        twin=with_query("/api/v1/incidents", [("type", kind), ("country", country)]),
    )


@get("/incidents/{incident:str}")
async def incident(
    request: AnyRequest, parts: GivenParts, incident: FromPath[str]
) -> Response[str]:
    """One incident: counts as low, best and high; every mention; who denies what."""
    visit = await arrive(request, parts)
    wanted = str(identified(incident))
    nouns = parts.questions.nouns
    found, mentions = await nouns.incident(wanted)
    events = [m.event for m in mentions]
    recorded = await parts.reader.by_ids([UUID(event) for event in events])
    said = await parts.views.select(
        Statement, overlap={"about": [found.incident, *events]}, order=("position",), limit=_PAGE
    )
    parties = [*found.parties, *(m.by for m in mentions if m.by)]
    return page(
        request,
        "incident.html",
        visit=visit,
        incident=found,
        mentions=mentions,
        merged=await nouns.incidents_given_up(found.incident),
        told=await headlines(parts, [*events, *(s.event for s in said)]),
        sources=await sources(parts, recorded),
        statements=said,
        names=await parts.questions.names(parties),
        tally=tally,
        twin=f"/api/v1/incidents/{found.incident}",
    )


def tally(count: Tally | None) -> str:
    """A count in words; none is unknown, and unknown is not zero."""
    if count is None or (count.low, count.best, count.high) == (None, None, None):
        return "not known"
    best = f"{count.best:,}" if count.best is not None else ""
    if count.low == count.high == count.best:
        return best
    low = f"{count.low:,}" if count.low is not None else "?"
    high = f"{count.high:,}" if count.high is not None else "?"
    span = f"{low} to {high}"
    return f"{best} ({span})" if best else span


PAGE = pages(incidents, incident)
