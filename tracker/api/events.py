"""`/events`: the log itself, by tag, by type and by position."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from projections.borne import GoneQuote, gone_quotes
from tracker.api.access import ADMIN, READER, OpenParts
from tracker.api.reading import Limit
from tracker.api.writing import Writer
from tracker.domain.base import Actor, Item, Query, Recorded
from tracker.domain.erasure import ErasedBy, erased_by
from tracker.erasing.erase import Erased
from tracker.parts import Parts

_LAST = 2**62
Position = Annotated[int | None, QueryParameter(ge=0, le=_LAST)]


class EventBody(msgspec.Struct, frozen=True, kw_only=True):
    """An event with its envelope; once it is erased the payload is null and `erased_by` says how."""

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
    erased_by: ErasedBy | None = None
    gone_quotes: tuple[GoneQuote, ...] = ()
    """The quotes that the newest version of their document says no more."""

    def cloud_event(self) -> dict[str, Any]:
        """The event as CloudEvents 1.0 have it; its `source` with its id is of one log alone."""
        told: dict[str, Any] = {
            "specversion": "1.0",
            "id": str(self.id),
            "source": "/api/v1/events",
            "type": f"tracker.{self.type}",
            "time": self.recorded_at,
            "position": self.position,
            "schemaversion": self.schema_version,
            "correlationid": str(self.correlation_id),
            "datacontenttype": "application/json",
            "data": self.payload,
        }
        if self.causation_id:
            told["causationid"] = str(self.causation_id)
        return told


class Events(msgspec.Struct, frozen=True):
    """A page of events; go on with `after` (backwards: `before`) set to `next`."""

    events: list[EventBody]
    next: int | None


class NewErasure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An erasure to carry out, or with `dry_run` only to look at."""

    legal_basis: str
    keep_evidence: bool = False
    dry_run: bool = False


def query_of(tags: Sequence[str] | None, types: Sequence[str] | None) -> Query:
    """Events with all of the tags and any of the types."""
    return Query((Item(tuple(tags or ()), tuple(types or ())),))


async def bodies(parts: Parts, events: Sequence[Recorded]) -> list[EventBody]:
    """Events as they go out."""
    erasures = await parts.reader.erasures_of(events)
    gone = await gone_quotes(parts.views, events)
    return [_body(r, erasures.get(r.id), gone.get(str(r.id), ())) for r in events]


def _body(recorded: Recorded, erasure: Recorded | None, gone: tuple[GoneQuote, ...]) -> EventBody:
    fields = {n: getattr(recorded, n) for n in recorded.__struct_fields__ if n != "event"}
    event = recorded.event
    payload = None if event is None else msgspec.to_builtins(event)
    return EventBody(payload=payload, erased_by=erased_by(erasure), gone_quotes=gone, **fields)


_NOTHING_WRITTEN = {200: ResponseSpec(Erased, description="Nothing was written.")}


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
            query_of(tags, types),
            after=after or 0,
            before=None if before is None else before - 1,
            limit=limit,
            backwards=backwards,
        )
        following = found[-1].position if len(found) == limit else None
        return Events(await bodies(parts, found), following)

    @get("/{event:str}", opt=READER)
    async def event(self, parts: OpenParts, event: FromPath[str]) -> EventBody:
        """One event by its id or its position."""
        return (await bodies(parts, [await parts.event(event)]))[0]

    @get("/{event:str}/later", opt=READER)
    async def later(self, parts: OpenParts, event: FromPath[str]) -> Events:
        """All that was recorded of an event after it: corrections, relations, its erasure."""
        found = await parts.later(await parts.event(event))
        return Events(await bodies(parts, found), None)

    @post("/{event:uuid}/erasure", opt=ADMIN, responses=_NOTHING_WRITTEN)
    async def erase(
        self,
        parts: OpenParts,
        event: FromPath[UUID],
        data: JSONBody[NewErasure],
        write: NamedDependency[Writer],
    ) -> Response[Erased]:
        """Erase an event, a draft or a document with its closure.

        201 with what went, or 200 where nothing was written: on a dry run, or as it is erased
        already.
        """
        await parts.settle()
        if data.dry_run:
            plan = await parts.erasing.plan(
                event, data.legal_basis, write.actor, keep_evidence=data.keep_evidence
            )
            return Response(Erased(plan=plan), status_code=200)
        done = await parts.erasing.erase(
            event, data.legal_basis, write.actor, keep_evidence=data.keep_evidence
        )
        return Response(done, status_code=201 if done.events else 200)
