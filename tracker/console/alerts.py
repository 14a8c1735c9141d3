"""Subscriptions: the user's own, and a form for another that is tried on the past first."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from litestar import Response, get, post
from litestar.response import Redirect

from projections.nouns import Nouns
from projections.views.subscriptions import Subscription
from tracker.console.site import AnyRequest, page, pages, with_query
from tracker.console.subscribed import (
    REFUSALS,
    channel_of,
    channels_of,
    key_of,
    standing_of,
    title_of,
    trial_of,
)
from tracker.console.subscribing import filter_of, options_of, pacing_of, typed
from tracker.console.trying import Trial
from tracker.console.visits import GivenParts, Visit, arrive, decider, posted_by
from tracker.domain.errors import NotFound, Refused
from tracker.domain.subscription import OpenSubscription, SubscriptionOpened
from tracker.parts import Parts

_MOST = 500


@get("/alerts")
async def alerts(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """The user's subscriptions: what each watches, where it is told, how and whether."""
    visit = await arrive(request, parts)
    rows = await parts.views.select(
        Subscription,
        equal={"owner": str(visit.user.id)},
        order=("opened_position",),
        descending=True,
        limit=_MOST,
    )
    standing = await standing_of(parts, rows)
    return page(
        request,
        "alerts.html",
        visit=visit,
        subscriptions=[one for one in standing if one.row.status == "open"],
        closed=[one for one in standing if one.row.status != "open"],
        closing=request.query_params.get("done") == "closed",
        twin="/api/v1/subscriptions",
    )


@get("/alerts/new")
async def blank(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """The form for a subscription, with what the address says already."""
    visit = await arrive(request, parts)
    return await _form(request, parts, visit, dict(request.query_params.items()))


@post("/alerts/new", status_code=200)
async def attempt(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """Hold what was typed against the past; nothing is opened and nothing sent."""
    visit = await arrive(request, parts)
    fields = await posted_by(request, visit)
    try:
        tried = await trial_of(parts, fields)
    except REFUSALS as refusal:
        return await _form(request, parts, visit, fields, refusal=refusal)
    return await _form(request, parts, visit, fields, tried=tried)


@post("/alerts", status_code=200)
async def subscribe(request: AnyRequest, parts: GivenParts) -> Response[Any]:
    """Open a subscription; the secret of a webhook made for it is shown this once."""
    visit, fields = await decider(request, parts)
    try:
        watched, pacing = await filter_of(fields, Nouns(parts.views)), pacing_of(fields)
        title = title_of(fields)
        channel = await channel_of(parts, visit, fields)
    except REFUSALS as refusal:
        return await _form(request, parts, visit, fields, refusal=refusal)
    command = OpenSubscription(
        channel=channel.id,
        filter=watched,
        options=options_of(fields),
        title=title,
        pacing=pacing,
    )
    key = key_of(fields)
    done = await parts.executor.execute(command, visit.user.actor(), idempotency_key=key)
    await parts.settle(done.position)
    new = next(e.event for e in done.events if isinstance(e.event, SubscriptionOpened))
    secret = channel.settings.get("secret") if fields.get("channel") == "new-webhook" else None
    if secret is None:
        address = with_query(f"/alerts/{new.subscription}", [("done", "opened")])
        return Redirect(address, status_code=303)
    return page(
        request, "alert-opened.html", visit=visit, subscription=new.subscription, secret=secret
    )


async def _form(
    request: AnyRequest,
    parts: Parts,
    visit: Visit,
    fields: Mapping[str, str],
    *,
    tried: Trial | None = None,
    refusal: Refused | NotFound | None = None,
) -> Response[str]:
    return page(
        request,
        "alert-new.html",
        status=400 if refusal else 200,
        visit=visit,
        fields=typed(fields),
        given=fields,
        once=fields.get("once") or str(uuid4()),
        channels=await channels_of(parts, str(visit.user.id), fields.get("channel")),
        tried=tried,
        refusal=refusal and refusal.message,
    )


PAGE = pages(alerts, blank, attempt, subscribe)
