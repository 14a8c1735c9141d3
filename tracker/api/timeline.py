"""`/timeline`: what happened, newest first; and the lines that other nouns list their events by."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from projections.questions import Entry
from tracker.api.access import READER, OpenParts
from tracker.api.reading import Before, Limit, Reading, country

Countries = Annotated[
    list[str] | None, QueryParameter(name="country", description="Any of these countries.")
]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One event; the payload is null once it is erased."""

    position: int
    event: str
    type: str
    recorded_at: datetime
    occurred: str | None
    """When it happened, as its source gave it (EDTF)."""
    countries: tuple[str, ...]
    parties: tuple[str, ...]
    documents: tuple[str, ...]
    headline: str
    payload: dict[str, Any] | None


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """A page of events; ask for the next one with `before`."""

    events: list[Line]
    next: int | None


def line(entry: Entry) -> Line:
    """An event of the timeline for programs."""
    row, event = entry.row, entry.recorded.event
    return Line(
        position=row.position,
        event=row.event,
        type=row.type,
        recorded_at=row.recorded_at,
        occurred=row.occurred,
        countries=row.countries,
        parties=row.parties,
        documents=row.documents,
        headline=entry.headline,
        payload=None if event is None else msgspec.to_builtins(event),
    )


def lines(entries: list[Entry], limit: int) -> Lines:
    """A page of events; there is a next one if this one is full."""
    full = len(entries) == limit
    return Lines(events=[line(e) for e in entries], next=entries[-1].row.position if full else None)


@get("/timeline", opt=READER, tags=["timeline"])
async def timeline(
    parts: OpenParts,
    reading: NamedDependency[Reading],
    countries: Countries = None,
    types: Annotated[
        list[str] | None, QueryParameter(name="type", description="Any of these types.")
    ] = None,
    party: FromQuery[list[UUID] | None] = None,
    document: FromQuery[list[UUID] | None] = None,
    before: Before = None,
    limit: Limit = 50,
) -> Lines:
    """Facts and documents, newest first: any value of one filter, every filter."""
    reading.unless_known()
    found = await parts.questions.timeline(
        countries=[country("country", c) for c in countries or ()],
        types=types or (),
        parties=[str(p) for p in party or ()],
        documents=[str(d) for d in document or ()],
        before=before,
        limit=limit,
    )
    return lines(found, limit)
