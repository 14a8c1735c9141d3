"""The start: what is on record at a glance, or on an empty log the four steps to its first answer."""

from collections.abc import Mapping
from datetime import UTC

from litestar import Response, get

from projections.calendars import Calendars
from projections.docket import Conflict
from projections.timelines import Page, Wanted
from projections.views.feeds import Feed
from projections.views.inbox import Draft
from projections.views.subscriptions import Subscription
from projections.views.timeline import TimelineEntry
from tracker.console.atlas import known_places
from tracker.console.lines import headlines
from tracker.console.site import AnyRequest, page, pages, with_query
from tracker.console.visits import GivenParts, Visit, arrive
from tracker.domain.catalog import FACTS
from tracker.domain.countries import country_name
from tracker.domain.policy import PolicyChanged
from tracker.parts import Parts

_NEWEST = 8
_COMING = 5


@get("/")
async def home(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """What changed, what comes, what waits and where to look; on an empty log a checklist."""
    visit = await arrive(request, parts)
    types = await parts.views.counts(TimelineEntry, "type")
    if any(kind.type in types for kind in FACTS.values()):
        return await _glance(request, parts, visit, await parts.questions.destinations())
    return page(
        request,
        "home.html",
        visit=visit,
        has_feed=bool(await parts.views.select(Feed, limit=1)),
        has_drafts=bool(await parts.views.select(Draft, equal={"status": "waiting"}, limit=1)),
        has_subscription=bool(await parts.views.select(Subscription, limit=1)),
    )


async def _glance(
    request: AnyRequest, parts: Parts, visit: Visit, counted: Mapping[str, int]
) -> Response[str]:
    wanted = Wanted(types=(PolicyChanged.type,))
    newest = await parts.questions.timelines.entries(wanted, Page(limit=_NEWEST))
    today = parts.clock().astimezone(UTC).date()
    found = await Calendars(parts.views).days(today=today, first=today, last=None, limit=_COMING)
    coming = [b for b in found.dated if b.status == "standing"]
    hrefs = {code: with_query("/policy", [("destination", code)]) for code in counted}
    return page(
        request,
        "glance.html",
        visit=visit,
        newest=[entry for entry in newest if entry.row.status != "retracted"],
        coming=coming,
        told=await headlines(parts, [b.event for b in coming]),
        disagreeing=(await parts.views.counts(Conflict, "status")).get("open", 0),
        places=sorted((country_name(code), hrefs[code], counted[code]) for code in counted),
        shapes=known_places(hrefs),
    )


PAGE = pages(home)
