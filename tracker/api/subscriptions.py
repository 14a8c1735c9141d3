"""`/subscriptions`: who watches what; each caller sees and ends their own."""

from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from projections.alerts.backtest import Backtest, Backtested
from projections.alerts.message import plan_of_test
from projections.alerts.outbox import Outbox
from projections.views.subscriptions import Subscription
from tracker.api.access import ANALYST, READER, Caller, OpenParts
from tracker.api.channels import Webhook, make_webhook, own_channel
from tracker.api.once import Once
from tracker.api.reading import MOST, Reading
from tracker.api.writing import Writer, Written
from tracker.domain.base import tagged
from tracker.domain.catalog import watchable
from tracker.domain.errors import Forbidden, Refused
from tracker.domain.filter import Filter
from tracker.domain.pacing import Pacing
from tracker.domain.subscription import (
    ChangeSubscription,
    CloseSubscription,
    OpenSubscription,
    Option,
    SubscriptionOpened,
    Watched,
    watched,
)
from tracker.domain.values import Id
from tracker.parts import Parts


class Subscriptions(msgspec.Struct, frozen=True):
    """The caller's open subscriptions."""

    subscriptions: list[Subscription]


class NewSubscription(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to watch and where to tell: a channel that is there, or a webhook to make one for."""

    filter: Filter
    channel: Id | None = None
    webhook: Webhook | None = None
    options: tuple[Option, ...] = ()
    title: str | None = None
    pacing: Pacing | None = None


class Changed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to set for a subscription; what is left out stays as it is."""

    filter: Filter | None = None
    channel: Id | None = None
    options: tuple[Option, ...] | None = None
    title: str | None = None
    pacing: Pacing | None = None


class Tried(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A filter to hold against the past: as known then, or in hindsight."""

    filter: Filter
    options: tuple[Option, ...] = ()
    hindsight: bool = False
    after: int = 0
    limit: int = 100


class Opened(msgspec.Struct, frozen=True):
    """A new subscription; the secret of a channel made with it is shown this once."""

    subscription: str
    channel: str
    position: int
    secret: str | None


class TestSent(msgspec.Struct, frozen=True):
    """The message that is on its way."""

    message: UUID


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
        if (data.channel is None) == (data.webhook is None):
            raise Refused("channel: name a channel or give a webhook, not both", field="channel")
        wanted = _wanted(data.filter)
        if data.webhook:
            made = await make_webhook(parts, write, data.webhook)
            channel, secret = made.channel, made.secret
        else:
            found = await own_channel(parts, request.user, data.channel or "")
            channel, secret = found.id, None
        if data.pacing:
            data.pacing.require_valid()
        command = OpenSubscription(
            channel=channel,
            filter=wanted,
            options=data.options,
            title=data.title,
            pacing=data.pacing,
        )
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
        await _own(request, parts, subscription)
        return await write.ending(CloseSubscription(subscription=str(subscription)))

    @patch("/{subscription:uuid}", opt=ANALYST, status_code=200)
    async def change(
        self,
        request: Caller,
        parts: OpenParts,
        subscription: FromPath[UUID],
        data: JSONBody[Changed],
        write: NamedDependency[Writer],
    ) -> Response[Written]:
        """Watch something else, or be told elsewhere or at another pace."""
        await _own(request, parts, subscription)
        if data.channel:
            await own_channel(parts, request.user, data.channel)
        command = ChangeSubscription(
            subscription=str(subscription),
            filter=data.filter and _wanted(data.filter),
            channel=data.channel,
            options=data.options,
            title=data.title,
            pacing=data.pacing,
        )
        return await write.ending(command)

    @post("/backtest", opt=READER, status_code=200)
    async def backtest(self, parts: OpenParts, data: JSONBody[Tried]) -> Backtested:
        """Which past events a subscription would have told of; nothing is sent."""
        if not 0 < data.limit <= MOST:
            raise Refused(f"limit: must be between 1 and {MOST}", field="limit")
        return await Backtest(parts.database).run(
            _wanted(data.filter),
            data.options,
            hindsight=data.hindsight,
            after=data.after,
            limit=data.limit,
        )

    @post("/{subscription:uuid}/test", opt=ANALYST, status_code=202)
    async def test(
        self,
        request: Caller,
        parts: OpenParts,
        subscription: FromPath[UUID],
        once: NamedDependency[Once],
    ) -> TestSent:
        """Send a message that says that it is a test, through the subscription's channel."""
        found = await _own(request, parts, subscription)

        async def sent() -> TestSent:
            head, now = await parts.reader.head(), parts.clock()
            plan = plan_of_test(found.subscription, found.channel, head, now)
            await Outbox(parts.deliver_database).plan([plan], now)
            return TestSent(plan.id)

        return await once(TestSent, sent)


def _wanted(given: Filter) -> Filter:
    if given == Filter():
        raise Refused("filter: name at least one thing to watch", field="filter")
    return watchable(given)


async def _own(request: Caller, parts: Parts, subscription: UUID) -> Watched:
    """What is set for a subscription of the caller; Forbidden where it is somebody else's."""
    past = await parts.reader.read_all(
        tagged(f"subscription:{subscription}"), before=await parts.reader.head()
    )
    found = watched(str(subscription), past)
    opened = next(r.event for r in past if isinstance(r.event, SubscriptionOpened))
    if opened.owner != str(request.user.id) and request.user.role != "admin":
        raise Forbidden(f"subscription: {subscription} belongs to somebody else")
    return found
