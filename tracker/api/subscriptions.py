"""`/subscriptions`: who watches what; each caller sees and ends their own."""

from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from projections.views.subscriptions import Subscription
from tracker.api.access import ANALYST, READER, OpenParts
from tracker.api.channels import Caller, Webhook, make_webhook, own_channel
from tracker.api.reading import Reading
from tracker.api.writing import Writer, Written
from tracker.domain.base import tagged
from tracker.domain.catalog import watchable
from tracker.domain.errors import Forbidden, NotFound, Refused
from tracker.domain.subscription import (
    CloseSubscription,
    Filter,
    OpenSubscription,
    Option,
    SubscriptionOpened,
)
from tracker.domain.values import Id, checked


class Subscriptions(msgspec.Struct, frozen=True):
    """The caller's open subscriptions."""

    subscriptions: list[Subscription]


class NewSubscription(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to watch and where to tell: a channel that is there, or a webhook to make one for."""

    filter: Filter
    channel: Id | None = None
    webhook: Webhook | None = None
    options: tuple[Option, ...] = ()


class Opened(msgspec.Struct, frozen=True):
    """A new subscription; the secret of a channel made with it is shown this once."""

    subscription: str
    channel: str
    position: int
    secret: str | None


class SubscriptionRoutes(Controller):
    """The caller's subscriptions."""

    path = "/subscriptions"
    tags = ("subscriptions",)

    @get("/", opt=READER)
    async def subscriptions(
        self, request: Caller, parts: OpenParts, reading: NamedDependency[Reading]
    ) -> Subscriptions:
        """The caller's open subscriptions."""
        own = {"owner": str(request.user.id), "status": "open"}
        return Subscriptions(await parts.views.select(Subscription, equal=own))

    @post("/", opt=ANALYST)
    async def open(
        self,
        request: Caller,
        parts: OpenParts,
        data: JSONBody[NewSubscription],
        write: NamedDependency[Writer],
    ) -> Response[Opened]:
        """Watch what the filter names: AND between its fields, OR within one."""
        new = checked(data)
        if (new.channel is None) == (new.webhook is None):
            raise Refused("channel: name a channel or give a webhook, not both", field="channel")
        if new.filter == Filter():
            raise Refused("filter: name at least one thing to watch", field="filter")
        watched = watchable(new.filter)
        if new.webhook:
            made = await make_webhook(parts, write, new.webhook)
            channel, secret = made.channel, made.secret
        else:
            found = await own_channel(parts, request.user, new.channel or "")
            channel, secret = found.id, None
        command = OpenSubscription(channel=channel, filter=watched, options=new.options)
        done = await write.done(command)
        opened = next(e.event for e in done.events if isinstance(e.event, SubscriptionOpened))
        body = Opened(opened.subscription, channel, done.position, secret)
        headers = {
            "Location": f"/api/v1/events/{done.events[-1].id}",
            "Tracker-Position": str(done.position),
        }
        return Response(body, status_code=201, headers=headers)

    @delete("/{subscription:uuid}", opt=ANALYST, status_code=200)
    async def close(
        self,
        request: Caller,
        parts: OpenParts,
        subscription: FromPath[UUID],
        write: NamedDependency[Writer],
    ) -> Response[Written]:
        """Watch no more."""
        past = await parts.reader.read_all(
            tagged(f"subscription:{subscription}"), before=await parts.reader.head()
        )
        opened = next((r.event for r in past if isinstance(r.event, SubscriptionOpened)), None)
        if opened is None:
            raise NotFound(f"subscription: no subscription {subscription} is in the log")
        if opened.owner != str(request.user.id) and request.user.role != "admin":
            raise Forbidden(f"subscription: {subscription} belongs to somebody else")
        return await write.ending(CloseSubscription(subscription=str(subscription)))
