"""`/alerts`: what was owed, and every attempt to deliver it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from projections.alerts.leases import Leases
from projections.alerts.message import Attempt, Kind, Member, Message, Note
from projections.alerts.outbox import Outbox
from tracker.api.access import ANALYST, READER, Caller, OpenParts
from tracker.api.once import Once
from tracker.api.paging import Paging
from tracker.api.reading import Limit, MinPosition, Reading, standing
from tracker.cursors import Place
from tracker.domain.errors import NotFound
from tracker.domain.values import Id
from tracker.parts import VIEW_WAIT_S


class AlertBody(msgspec.Struct, frozen=True, kw_only=True):
    """One message with the alerts that it holds; its id is the webhook's id."""

    id: UUID
    kind: Kind
    subscription: str | None
    channel: str
    position: int
    number: int
    note: Note | None
    members: tuple[Member, ...]
    owed_at: datetime
    status: str
    due_at: datetime
    next_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    attempts: list[Attempt]


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Messages with after < position <= until, of one channel or of all."""

    until: Annotated[int, msgspec.Meta(ge=0)]
    after: Annotated[int, msgspec.Meta(ge=0)] = 0
    channel: Id | None = None


class Replayed(msgspec.Struct, frozen=True):
    """How many messages are sent again."""

    replayed: int


class Alerts(msgspec.Struct, frozen=True):
    """A page of alerts."""

    alerts: list[AlertBody]
    next: str | None


async def _bodies(outbox: Outbox, messages: list[Message]) -> list[AlertBody]:
    attempts = await outbox.attempts(*(message.id for message in messages))
    return [_body(message, attempts[message.id]) for message in messages]


def _body(message: Message, attempts: list[Attempt]) -> AlertBody:
    fields: dict[str, Any] = {**msgspec.structs.asdict(message), "attempts": attempts}
    return AlertBody(**fields)


async def provide_matched(
    request: Caller, parts: OpenParts, min_position: MinPosition = None
) -> Reading:
    """Where the views and the matcher are; waits for `min_position`, at most twenty seconds."""
    reading = Reading(request, await standing(request).now(min_position))
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
        paging: NamedDependency[Paging],
        subscription: FromQuery[UUID | None] = None,
        status: Annotated[
            Literal["owed", "delivered", "dead", "cancelled"] | None, QueryParameter(name="status")
        ] = None,
        limit: Limit = 50,
    ) -> Alerts:
        """Alerts, the latest first."""
        outbox = Outbox(parts.database)
        visible = await parts.whose_alerts(request.user)
        if subscription is not None:
            visible = [s for s in [str(subscription)] if visible is None or s in visible]
        found = await outbox.messages(
            subscriptions=visible,
            status=status,
            before=paging.place(tuple[Place, Place]),
            limit=limit,
        )
        following = paging.next(found, limit, "position", "number")
        return Alerts(await _bodies(outbox, found), following)

    @post("/replay", opt=ANALYST, status_code=200)
    async def replay(
        self,
        request: Caller,
        parts: OpenParts,
        data: JSONBody[Range],
        once: NamedDependency[Once],
    ) -> Replayed:
        """Send what was given up in a range of the log again, under the same ids."""
        visible = await parts.whose_alerts(request.user)

        async def replayed() -> Replayed:
            again = await Leases(parts.deliver_database).replay(
                after=data.after,
                until=data.until,
                now=parts.clock(),
                channel=data.channel,
                subscriptions=visible,
            )
            return Replayed(again)

        return await once(Replayed, replayed)

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
        visible = await parts.whose_alerts(request.user)
        found = await outbox.messages(id=alert, subscriptions=visible)
        if not found:
            raise NotFound(f"alert: there is no alert {alert}", field="alert")
        return (await _bodies(outbox, found))[0]
