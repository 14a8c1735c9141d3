"""`/timeline`: what happened, newest first; and the lines that other nouns list their events by."""

from datetime import UTC, datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from projections.borne import GoneQuote
from projections.entries import Entry
from projections.timelines import Counts, Page, Wanted
from tracker.api.access import READER, OpenParts
from tracker.api.paging import Paging
from tracker.api.reading import Limit, Reading, country, nationality_of
from tracker.cursors import Place
from tracker.domain.values import day, instant, ruled

Countries = Annotated[
    list[str] | None, QueryParameter(name="country", description="Any of these countries.")
]
Many = list[str] | None


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
    """Of what it says now, if it was corrected."""
    payload: dict[str, Any] | None
    """As it was recorded."""
    status: str
    """`recorded`, `corrected` or `retracted`."""
    changed_by: str | None
    """The event that corrected or retracted it."""
    corroborations: int
    targets: tuple[str, ...]
    """The facts, parties or incidents that it bears on."""
    quotes: tuple[str, ...] = ()
    """The quotes with words that were searched for."""
    gone_quotes: tuple[GoneQuote, ...] = ()
    """The quotes that the newest version of their document says no more."""


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """A page of events; ask for the next one with `before`, for the one above it with `after`."""

    events: list[Line]
    next: str | None
    previous: str | None = None


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
        status=row.status,
        changed_by=row.changed_by,
        corroborations=len(row.corroborated_by),
        targets=row.targets,
        quotes=entry.quotes,
        gone_quotes=entry.gone,
    )


async def provide_wanted(
    countries: Annotated[
        Many, QueryParameter(name="country", description="Any of these; or a corridor.")
    ] = None,
    corridor: Annotated[
        Literal["any", "all"],
        QueryParameter(description="Whether at least one or at least two of the countries."),
    ] = "any",
    nationalities: Annotated[Many, QueryParameter(name="nationality")] = None,
    destinations: Annotated[Many, QueryParameter(name="destination")] = None,
    party: FromQuery[list[UUID] | None] = None,
    types: Annotated[Many, QueryParameter(name="type", description="Any of these types.")] = None,
    metrics: Annotated[Many, QueryParameter(name="metric")] = None,
    policies: Annotated[list[UUID] | None, QueryParameter(name="policy")] = None,
    incidents: Annotated[list[UUID] | None, QueryParameter(name="incident")] = None,
    document: FromQuery[list[UUID] | None] = None,
    q: Annotated[
        str | None, QueryParameter(description="Words, whatever their accents and case.")
    ] = None,
    occurred_from: Annotated[str | None, QueryParameter(description="The first day.")] = None,
    occurred_to: Annotated[str | None, QueryParameter(description="The last day.")] = None,
    recorded_from: Annotated[str | None, QueryParameter(description="A day or a time.")] = None,
    recorded_to: Annotated[
        str | None, QueryParameter(description="A day, to its end, or a time.")
    ] = None,
) -> Wanted:
    """Which events: any value of one filter, every filter."""
    return Wanted(
        countries=tuple(country("country", c) for c in countries or ()),
        corridor=corridor,
        nationalities=tuple(nationality_of("nationality", n) for n in nationalities or ()),
        destinations=tuple(country("destination", c) for c in destinations or ()),
        parties=tuple(str(p) for p in party or ()),
        types=tuple(types or ()),
        metrics=tuple(metrics or ()),
        policies=tuple(str(p) for p in policies or ()),
        incidents=tuple(str(i) for i in incidents or ()),
        documents=tuple(str(d) for d in document or ()),
        text=q,
        occurred_from=ruled(day, occurred_from, "occurred_from") if occurred_from else None,
        occurred_to=ruled(day, occurred_to, "occurred_to") if occurred_to else None,
        recorded_from=beginning(recorded_from, "recorded_from") if recorded_from else None,
        recorded_to=ruled(instant, recorded_to, "recorded_to") if recorded_to else None,
    )


def beginning(text: str, field: str) -> datetime:
    """The moment of a text; a bare day is its beginning, UTC."""
    if len(text) <= 10:
        return datetime.combine(ruled(day, text, field), time.min, UTC)
    return ruled(instant, text, field)


class TimelineRoutes(Controller):
    """Events by what they concern, when they happened, when they were recorded, what they say."""

    path = "/timeline"
    tags = ("timeline",)

    @get("/", opt=READER)
    async def events(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        paging: NamedDependency[Paging],
        wanted: NamedDependency[Wanted],
        after: Annotated[
            str | None,
            QueryParameter(max_length=500, description="The page above: its `previous`."),
        ] = None,
        limit: Limit = 50,
    ) -> Lines:
        """Newest first: any value of one filter, every filter."""
        reading.unless_known()
        above = paging.at(after, Place, "after")
        page = Page(before=paging.position, after=above, limit=limit)
        found = await parts.questions.timelines.entries(wanted, page)
        events = [line(entry) for entry in found]
        return Lines(
            events=events,
            next=paging.next(events, limit),
            previous=paging.after(events[0].position if events else None),
        )

    @get("/facets", opt=READER)
    async def facets(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        wanted: NamedDependency[Wanted],
    ) -> Counts:
        """How many of these events there are by type, country, party and year."""
        reading.unless_known()
        return await parts.questions.timelines.counts(wanted)
