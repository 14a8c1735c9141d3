"""`/events`: the log itself, by tag, by type and by position."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.params import FromPath, FromQuery, QueryParameter

from tracker.api.access import READER, OpenParts
from tracker.api.reading import Limit
from tracker.domain.base import EVERYTHING, Actor, Item, Query, Recorded
from tracker.domain.errors import NotFound
from tracker.parts import Parts

_LAST = 2**62
Position = Annotated[int | None, QueryParameter(ge=0, le=_LAST)]


class EventBody(msgspec.Struct, frozen=True, kw_only=True):
    """An event with its envelope; the payload is null once it is erased."""

    position: int
    id: UUID
    type: str
    schema_version: int
    recorded_at: datetime
    actor: Actor
    correlation_id: UUID
    causation_id: UUID | None
    tags: tuple[str, ...]
    payload: dict[str, Any] | None


class Events(msgspec.Struct, frozen=True):
    """A page of events; go on with `after` (backwards: `before`) set to `next`."""

    events: list[EventBody]
    next: int | None


def body(recorded: Recorded) -> EventBody:
    """An event as it goes out."""
    fields = {n: getattr(recorded, n) for n in recorded.__struct_fields__ if n != "event"}
    event = recorded.event
    return EventBody(payload=None if event is None else msgspec.to_builtins(event), **fields)


class EventRoutes(Controller):
    """The log, read only: events come about by commands."""

    path = "/events"
    tags = ("events",)

    @get("/", opt=READER)
    async def events(
        self,
        parts: OpenParts,
        tags: Annotated[
            list[str] | None, QueryParameter(name="tag", description="Events with all of these.")
        ] = None,
        types: Annotated[
            list[str] | None, QueryParameter(name="type", description="Events of any of these.")
        ] = None,
        after: Position = 0,
        before: Position = None,
        limit: Limit = 100,
        backwards: FromQuery[bool] = False,
    ) -> Events:
        """Events by tag and type, in the order of the log: after < position, position < before."""
        found = await parts.reader.read(
            Query((Item(tuple(tags or ()), tuple(types or ())),)),
            after=after or 0,
            before=None if before is None else before - 1,
            limit=limit,
            backwards=backwards,
        )
        return Events([body(r) for r in found], found[-1].position if len(found) == limit else None)

    @get("/{event:str}", opt=READER)
    async def event(self, parts: OpenParts, event: FromPath[str]) -> EventBody:
        """One event by its id or its position."""
        found = await _found(parts, event)
        if not found:
            raise NotFound(f"event: no event {event} is in the log", field="event")
        return body(found[0])


async def _found(parts: Parts, event: str) -> list[Recorded]:
    if event.isascii() and event.isdigit() and len(event) <= 18:
        position = int(event)
        return await parts.reader.read(EVERYTHING, after=position - 1, before=position, limit=1)
    try:
        return await parts.reader.by_ids([UUID(event)])
    except ValueError:
        return []
