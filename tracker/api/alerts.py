"""`/alerts`: what was owed, and every attempt to deliver it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, QueryParameter

from projections.alerts.message import Attempt, Kind, Member, Message, Note
from projections.alerts.outbox import Outbox
from projections.views.subscriptions import Subscription
from tracker.api.access import READER, OpenParts
from tracker.api.channels import Caller
from tracker.api.reading import Before, Limit, MinPosition, Reading
from tracker.domain.errors import NotFound
from tracker.parts import VIEW_WAIT_S, Parts
from tracker.tables.users import User


class AlertBody(msgspec.Struct, frozen=True, kw_only=True):
    """One message with the alerts that it holds; its id is the webhook's id."""

    id: UUID
    kind: Kind
    subscription: str | None
    channel: str
    position: int
    note: Note | None
    members: tuple[Member, ...]
    owed_at: datetime
    status: str
    due_at: datetime
    next_at: datetime
    sent_at: datetime | None
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


async def _visible(parts: Parts, user: User) -> set[str] | None:
    """The caller's own subscriptions; None for admins and auditors, who see everybody's."""
    if user.role in ("admin", "auditor"):
        return None
    own = await parts.views.select(Subscription, equal={"owner": str(user.id)}, limit=10_000)
    return {subscription.subscription for subscription in own}


async def provide_matched(
    request: Caller, parts: OpenParts, min_position: MinPosition = None
) -> Reading:
    """Where the views and the matcher are; waits for `min_position`, at most twenty seconds."""
    reading = Reading(request, await parts.views_at(min_position))
    matched = await Outbox(parts.database).matched(min_position or 0, VIEW_WAIT_S)
    reading.stand_at(min(reading.position, matched))
    return reading


_MATCHED = {"reading": Provide(provide_matched)}


class AlertRoutes(Controller):
    """Alerts and their delivery, of the caller's own subscriptions."""

    path = "/alerts"
    tags = ("alerts",)

    @get("/", opt=READER, dependencies=_MATCHED)
    async def alerts(
        self,
        request: Caller,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        subscription: FromQuery[UUID | None] = None,
        status: Annotated[
            Literal["owed", "delivered", "dead", "cancelled"] | None, QueryParameter(name="status")
        ] = None,
        before: Before = None,
        limit: Limit = 50,
    ) -> Alerts:
        """Alerts, the latest first."""
        outbox = Outbox(parts.database)
        visible = await _visible(parts, request.user)
        if subscription is not None:
            asked = {str(subscription)}
            visible = asked if visible is None else visible & asked
        found = await outbox.messages(
            subscriptions=None if visible is None else sorted(visible),
            status=status,
            before=before,
            limit=limit,
        )
        following = found[-1].position if len(found) == limit else None
        return Alerts(await _bodies(outbox, found), following)

    @get("/{alert:uuid}", opt=READER, dependencies=_MATCHED)
    async def alert(
        self,
        request: Caller,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        alert: FromPath[UUID],
    ) -> AlertBody:
        """One alert with every attempt to deliver it."""
        outbox = Outbox(parts.database)
        visible = await _visible(parts, request.user)
        found = await outbox.messages(
            id=alert, subscriptions=None if visible is None else sorted(visible)
        )
        if not found:
            raise NotFound(f"alert: there is no alert {alert}", field="alert")
        return (await _bodies(outbox, found))[0]
