"""One subscription: what is set and can be changed, where it is read, and all that it was told."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from projections.alerts.imported import untold
from projections.alerts.message import plan_of_test
from projections.alerts.outbox import Outbox
from projections.nouns import Nouns
from projections.views.subscriptions import Subscription
from tracker.console.deliveries import held, told
from tracker.console.site import AnyRequest, page, pages, with_query
from tracker.console.subscribed import (
    REFUSALS,
    channel_of,
    channels_of,
    standing_of,
    title_of,
    trial_of,
    usable,
)
from tracker.console.subscribing import as_typed, filter_of, options_of, pacing_of, typed
from tracker.console.trying import Trial
from tracker.console.visits import GivenParts, Visit, arrive, decider, posted_by
from tracker.domain.errors import Forbidden, NotFound, Refused
from tracker.domain.filter import Filter
from tracker.domain.pacing import Pacing
from tracker.domain.subscription import ChangeSubscription, CloseSubscription
from tracker.parts import Parts

_LATEST = 20
_DONE = {
    "opened": "The subscription is open.",
    "changed": "Changed.",
    "tested": "A test is on its way; reload the page to see how that went.",
    "reopened": "The channel is used again; send a test to see that the way is free.",
    "seen": "Acknowledged.",
    "replayed": "What was given up is sent again, under the same ids.",
}


@get("/alerts/{subscription:uuid}")
async def one_subscription(
    request: AnyRequest, parts: GivenParts, subscription: FromPath[UUID]
) -> Response[str]:
    """One subscription: what is set, where it is read, and all that it was told."""
    visit = await arrive(request, parts)
    row = await _own(parts, visit, subscription)
    return await _one(request, parts, visit, row, await _set(parts, row))


@post("/alerts/{subscription:uuid}", status_code=200)
async def attempt_change(
    request: AnyRequest, parts: GivenParts, subscription: FromPath[UUID]
) -> Response[str]:
    """Hold what was typed against the past; nothing is changed and nothing sent."""
    visit = await arrive(request, parts)
    fields = await posted_by(request, visit)
    row = await _own(parts, visit, subscription)
    try:
        tried = await trial_of(parts, fields)
    except REFUSALS as refusal:
        return await _one(request, parts, visit, row, fields, refusal=refusal)
    return await _one(request, parts, visit, row, fields, tried=tried)


@post("/alerts/{subscription:uuid}/change", status_code=200)
async def change(
    request: AnyRequest, parts: GivenParts, subscription: FromPath[UUID]
) -> Response[Any]:
    """Set what the form says, whole."""
    visit, fields = await decider(request, parts)
    row = await _own(parts, visit, subscription)
    try:
        command = ChangeSubscription(
            subscription=row.subscription,
            filter=await filter_of(fields, Nouns(parts.views)),
            # What is None stays as it was: nothing is said by what is empty.
            pacing=pacing_of(fields) or (Pacing() if row.pacing else None),
            title=title_of(fields) or ("" if row.title else None),
            options=options_of(fields),
            channel=(await channel_of(parts, visit, fields)).id,
        )
        done = await parts.executor.execute(command, visit.user.actor())
    except REFUSALS as refusal:
        return await _one(request, parts, visit, row, fields, refusal=refusal)
    await parts.settle(done.position)
    return _to(row.subscription, "changed")


@post("/alerts/{subscription:uuid}/test", status_code=303)
async def test(request: AnyRequest, parts: GivenParts, subscription: FromPath[UUID]) -> Redirect:
    """Send a message that says that it is a test."""
    visit, _ = await decider(request, parts)
    row = await _own(parts, visit, subscription)
    if row.status != "open":
        raise Refused("subscription: is closed", field="subscription")
    head, now = await parts.reader.head(), parts.clock()
    plan = plan_of_test(row.subscription, row.channel, head, now)
    await Outbox(parts.deliver_database).plan([plan], now)
    return _to(row.subscription, "tested")


@post("/alerts/{subscription:uuid}/reopen", status_code=303)
async def reopen(request: AnyRequest, parts: GivenParts, subscription: FromPath[UUID]) -> Redirect:
    """Use the channel again that its receiver had closed."""
    visit, _ = await decider(request, parts)
    row = await _own(parts, visit, subscription)
    channel = await usable(parts, visit, row.channel)
    await parts.channels.reopen(channel.id, str(visit.user.id))
    return _to(row.subscription, "reopened")


@post("/alerts/{subscription:uuid}/close", status_code=303)
async def close(request: AnyRequest, parts: GivenParts, subscription: FromPath[UUID]) -> Redirect:
    """Watch no more."""
    visit, _ = await decider(request, parts)
    row = await _own(parts, visit, subscription)
    command = CloseSubscription(subscription=row.subscription)
    done = await parts.executor.execute(command, visit.user.actor())
    await parts.settle(done.position)
    return Redirect(with_query("/alerts", [("done", "closed")]), status_code=303)


async def _own(parts: Parts, visit: Visit, subscription: UUID) -> Subscription:
    found = await parts.views.select(Subscription, equal={"subscription": str(subscription)})
    if not found:
        raise NotFound(f"subscription: no subscription {subscription} is in the log")
    if found[0].owner != str(visit.user.id) and visit.user.role != "admin":
        raise Forbidden(f"subscription: {subscription} belongs to somebody else")
    return found[0]


async def _set(parts: Parts, row: Subscription) -> dict[str, str]:
    watched = msgspec.convert(row.filter, Filter)
    names = await Nouns(parts.views).names(watched.parties)
    pacing = msgspec.convert(row.pacing, Pacing) if row.pacing else None
    told_so = as_typed(watched, row.options, pacing, names)
    return {**told_so, "title": row.title or "", "channel": row.channel}


async def _one(
    request: AnyRequest,
    parts: Parts,
    visit: Visit,
    row: Subscription,
    fields: Mapping[str, str],
    *,
    tried: Trial | None = None,
    refusal: Refused | NotFound | None = None,
) -> Response[str]:
    (standing,) = await standing_of(parts, [row])
    token = await parts.links.token("read", row.subscription)
    messages = await Outbox(parts.database).messages(subscriptions=[row.subscription],
                                                     limit=_LATEST)  # fmt: skip
    asked = request.query_params
    return page(
        request,
        "alert.html",
        status=400 if refusal else 200,
        visit=visit,
        one=standing,
        fields=typed(fields),
        given=fields,
        once=fields.get("once") or str(uuid4()),
        channels=await channels_of(parts, row.owner, fields.get("channel")),
        links=f"{parts.public_url.rstrip('/')}/alerts/{row.subscription}/{token}",
        messages=await told(parts, messages, visit.user),
        held=await held(parts, row.subscription),
        imports=await untold(parts.database, [row.subscription], _LATEST),
        tried=tried,
        refusal=refusal and refusal.message,
        notice=_DONE.get(asked.get("done", "")),
        focus=asked.get("focus"),
        twin=with_query("/api/v1/alerts", [("subscription", row.subscription)]),
    )


def _to(subscription: str, done: str) -> Redirect:
    return Redirect(with_query(f"/alerts/{subscription}", [("done", done)]), status_code=303)


PAGE = pages(one_subscription, attempt_change, change, test, reopen, close)
