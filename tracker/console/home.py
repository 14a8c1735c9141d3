"""The start: the policy pages, or on an empty log the four steps to its first answer."""

from typing import Any

from litestar import Response, get
from litestar.response import Redirect

from projections.views.feeds import Feed
from projections.views.inbox import Draft
from projections.views.subscriptions import Subscription
from projections.views.timeline import TimelineEntry
from tracker.console.site import AnyRequest, page, pages, with_query
from tracker.console.visits import GivenParts, arrive
from tracker.domain.catalog import FACTS


@get("/")
async def home(request: AnyRequest, parts: GivenParts) -> Response[Any]:
    """To the policy table where a fact is on record, or its only page; else the checklist."""
    visit = await arrive(request, parts)
    types = await parts.views.counts(TimelineEntry, "type")
    if any(kind.type in types for kind in FACTS.values()):
        known = list(await parts.questions.destinations())
        # A table of one line tells nothing: its page does.
        only = known[0] if len(known) == 1 else None
        return Redirect(with_query("/policy", [("destination", only)]), status_code=303)
    return page(
        request,
        "home.html",
        visit=visit,
        has_feed=bool(await parts.views.select(Feed, limit=1)),
        has_drafts=bool(await parts.views.select(Draft, equal={"status": "waiting"}, limit=1)),
        has_subscription=bool(await parts.views.select(Subscription, limit=1)),
    )


PAGE = pages(home)
