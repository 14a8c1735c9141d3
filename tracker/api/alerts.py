"""`/alerts`: what was owed, and every attempt to deliver it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.params import FromPath, FromQuery, QueryParameter

from projections.alerts.match import Matched
from projections.alerts.outbox import Attempt, Message, Outbox
from projections.views.subscriptions import Subscription
from tracker.api.access import READER, OpenParts
from tracker.api.channels import Caller
from tracker.api.reading import Before, Limit
from tracker.domain.errors import NotFound
from tracker.parts import Parts
from tracker.tables.users import User


class AlertBody(msgspec.Struct, frozen=True, kw_only=True):
    """One alert; its id is the webhook's id."""

    id: UUID
    subscription: str
    event: UUID
    position: int
    matched: Matched
    channel: str
    owed_at: datetime
    status: str
    next_at: datetime
    delivered_at: datetime | None
    attempts: list[Attempt]


class Alerts(msgspec.Struct, frozen=True):
    """A page of alerts."""

    alerts: list[AlertBody]
    next: int | None


async def _bodies(outbox: Outbox, messages: list[Message]) -> list[AlertBody]:
    attempts = await outbox.attempts(*(message.id for message in messages))
    return [_body(message, attempts[message.id]) for message in messages]


def _body(message: Message, attempts: list[Attempt]) -> AlertBody:
    fields: dict[str, Any] = {**msgspec.structs.asdict(message), "attempts": attempts}
    return AlertBody(**fields)


async def _may_see(parts: Parts, user: User, messages: list[Message]) -> list[Message]:
    """Those of the caller's own subscriptions; admins and auditors see everybody's."""
    if user.role in ("admin", "auditor"):
        return messages
    own = await parts.views.select(Subscription, equal={"owner": str(user.id)}, limit=10_000)
    ids = {subscription.subscription for subscription in own}
    return [message for message in messages if message.subscription in ids]


class AlertRoutes(Controller):
    """Alerts and their delivery, of the caller's own subscriptions."""

    path = "/alerts"
    tags = ("alerts",)

    @get("/", opt=READER)
    async def alerts(
        self,
        request: Caller,
        parts: OpenParts,
        subscription: FromQuery[UUID | None] = None,
        status: Annotated[
            Literal["owed", "delivered", "dead", "cancelled"] | None, QueryParameter(name="status")
        ] = None,
        before: Before = None,
        limit: Limit = 50,
    ) -> Alerts:
        """Alerts, the latest first."""
        outbox = Outbox(parts.database)
        found = await outbox.messages(
            subscription=subscription and str(subscription),
            status=status,
            before=before,
            limit=limit,
        )
        seen = await _may_see(parts, request.user, found)
        following = found[-1].position if len(found) == limit else None
        return Alerts(await _bodies(outbox, seen), following)

    @get("/{alert:uuid}", opt=READER)
    async def alert(self, request: Caller, parts: OpenParts, alert: FromPath[UUID]) -> AlertBody:
        """One alert with every attempt to deliver it."""
        outbox = Outbox(parts.database)
        seen = await _may_see(parts, request.user, await outbox.messages(id=alert))
        if not seen:
            raise NotFound(f"alert: there is no alert {alert}", field="alert")
        return (await _bodies(outbox, seen))[0]
