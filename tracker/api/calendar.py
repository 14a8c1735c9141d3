"""`/calendar`: what takes effect or ends when, what was moved, what has no certain date."""

from datetime import UTC
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from projections.calendars import Calendars, Days
from tracker.api.access import READER, OpenParts
from tracker.api.reading import Limit, Reading, country
from tracker.api.timeline import Countries
from tracker.domain.values import day, ruled


@get("/calendar", opt=READER, tags=["calendar"])
async def calendar(
    parts: OpenParts,
    reading: NamedDependency[Reading],
    first: Annotated[
        str | None, QueryParameter(name="from", description="The first day; else all before too.")
    ] = None,
    last: Annotated[
        str | None, QueryParameter(name="to", description="The last day; else all after too.")
    ] = None,
    countries: Countries = None,
    today: Annotated[
        str | None, QueryParameter(description="The day on which to say what is overdue.")
    ] = None,
    limit: Limit = 500,
) -> Days:
    """Boundaries that may lie between two days, both included, and those without a date."""
    on = ruled(day, today, "today") if today else parts.clock().astimezone(UTC).date()
    reading.unless_known(on)
    return await Calendars(parts.views).days(
        today=on,
        first=ruled(day, first, "from") if first else None,
        last=ruled(day, last, "to") if last else None,
        countries=[country("country", c) for c in countries or ()],
        limit=limit,
    )
