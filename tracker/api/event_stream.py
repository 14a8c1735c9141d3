"""`/events/stream`: the log as it grows, as server-sent events; each id is a position."""

import re
from typing import Annotated

import msgspec
from litestar import get
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import Stream

from tracker.api.access import READER, Caller, OpenParts, still_known
from tracker.api.events import bodies, query_of
from tracker.api.streaming import MEDIA_TYPE, More, stream
from tracker.domain.base import Query
from tracker.domain.errors import Refused
from tracker.parts import Parts

MOST = 100
"""So many events are held for a reader; the next are read when these were taken."""
_POSITION = re.compile(r"[0-9]{1,18}", re.ASCII)


@get("/events/stream", opt=READER, tags=["events"], media_type=MEDIA_TYPE)
async def event_stream(
    request: Caller,
    parts: OpenParts,
    tags: Annotated[
        list[str] | None, QueryParameter(name="tag", description="Events with all of these.")
    ] = None,
    types: Annotated[
        list[str] | None, QueryParameter(name="type", description="Events of any of these.")
    ] = None,
    after: Annotated[
        int | None,
        QueryParameter(ge=0, le=2**62, description="Begin behind this position; else at the end."),
    ] = None,
    last_event_id: Annotated[
        str | None,
        HeaderParameter(name="Last-Event-ID", description="Go on behind it; counts over `after`."),
    ] = None,
) -> Stream:
    """Events by tag and type as they are recorded, in the order of the log, until either end goes.

    A comment every quarter of a minute shows that the stream lives.
    """
    place = _place(last_event_id) if last_event_id else after
    if place is None:
        place = await parts.reader.head()
    return stream(request, _more(parts, query_of(tags, types), place), still_known(request))


def _place(last_event_id: str) -> int:
    if not _POSITION.fullmatch(last_event_id):
        raise Refused("Last-Event-ID: is a position of the log", field="Last-Event-ID")
    return int(last_event_id)


def _more(parts: Parts, query: Query, position: int) -> More:
    async def more() -> list[bytes]:
        nonlocal position
        found = await parts.reader.read(query, after=position, limit=MOST)
        if found:
            position = found[-1].position
        return [
            f"id: {body.position}\nevent: {body.type}\ndata: ".encode()
            + msgspec.json.encode(body)  # JSON has no line breaks
            + b"\n\n"
            for body in await bodies(parts, found)
        ]

    return more
