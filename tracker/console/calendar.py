"""The calendar: what takes effect or ends when, what was moved, and what has no date yet."""

from collections.abc import Iterable
from datetime import UTC, date
from itertools import groupby

import msgspec
from litestar import Response, get

from projections.calendars import Boundary, Calendars
from tracker.console.lines import headlines
from tracker.console.places import place
from tracker.console.site import AnyRequest, page, pages, with_query
from tracker.console.visits import GivenParts, arrive
from tracker.domain.values import day, ruled

_MOST = 300


class Month(msgspec.Struct, frozen=True):
    """The boundaries of one month."""

    name: str
    boundaries: tuple[Boundary, ...]


@get("/calendar")
async def calendar(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """Month by month from today on, or between two days; `all` begins with the first."""
    visit = await arrive(request, parts)
    asked = request.query_params
    country = place(asked.get("country"), "country")
    today = parts.clock().astimezone(UTC).date()
    first, last = _day(asked.get("from"), "from"), _day(asked.get("to"), "to")
    if first is None and asked.get("all") is None:
        first = today
    found = await Calendars(parts.views).days(
        today=today, first=first, last=last, countries=[country] if country else [], limit=_MOST
    )
    return page(
        request,
        "calendar.html",
        visit=visit,
        country=country,
        first=first,
        last=last,
        today=today,
        months=_months(found.dated, today),
        undated=found.undated,
        more=max(found.dated_in_all - len(found.dated), 0),
        told=await headlines(parts, [b.event for b in (*found.dated, *found.undated)]),
        twin=with_query(
            "/api/v1/calendar", [("from", first), ("to", last), ("countries", country)]
        ),
    )


def _day(text: str | None, field: str) -> date | None:
    return ruled(day, text, field) if text else None


def _months(dated: Iterable[Boundary], today: date) -> list[Month]:
    """The boundaries by the month of their first day."""
    by_month = groupby(dated, key=lambda b: (b.lower or b.upper or today).replace(day=1))
    return [Month(f"{first:%B %Y}", tuple(some)) for first, some in by_month]


PAGE = pages(calendar)
