"""`/diff`: what changed between two states of knowledge, and because of which events."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from projections.differences import About, Differences, Happened, RuleDiffs, knowledge
from tracker.api.access import READER, OpenParts
from tracker.api.paging import Paging
from tracker.api.reading import Limit, Reading, country, nationality_of
from tracker.api.timeline import Line, line
from tracker.domain.errors import Refused
from tracker.domain.values import day, ruled


class Diff(msgspec.Struct, frozen=True, kw_only=True):
    """What this log knew at the second time and not yet at the first, and the other way round."""

    basis: str
    known_from: str
    known_to: str
    known_from_position: int
    known_to_position: int
    valid_from: date | None
    rules: RuleDiffs
    happened: list[Happened]
    """How many events came in between, by type."""
    events: list[Line]
    """Those events, newest first."""
    next: str | None
    """Asks for the older ones with `before`."""


@get("/diff", opt=READER, tags=["diff"])
async def diff(
    parts: OpenParts,
    reading: NamedDependency[Reading],
    paging: NamedDependency[Paging],
    known_from: Annotated[
        str | None, QueryParameter(description="A day, a time or a position.")
    ] = None,
    known_to: Annotated[
        str | None, QueryParameter(description="A day, a time or a position; now by default.")
    ] = None,
    destination: Annotated[str | None, QueryParameter(description="Whose rules.")] = None,
    nationality: Annotated[
        str | None, QueryParameter(description="For whom; groups of it count too.")
    ] = None,
    concerning: Annotated[
        str | None, QueryParameter(name="country", description="Whatever concerns it.")
    ] = None,
    valid_from: Annotated[
        str | None, QueryParameter(description="Only answers for days from this one on.")
    ] = None,
    rules_after: Annotated[
        str | None,
        QueryParameter(max_length=500, description="The part of the rules after: their `next`."),
    ] = None,
    limit: Limit = 100,
) -> Diff:
    """Entry rules whose answer became another, and what else was recorded in between."""
    if known_from is None:
        raise Refused("known_from: say since when, such as a day or a position", field="known_from")
    seen = reading.position
    asked = {"known_from": known_from, "known_to": known_to}
    between, times = await knowledge(parts.questions, asked, seen)
    reading.unless_known()
    about = About(
        destination=country("destination", destination) if destination else None,
        nationality=nationality_of("nationality", nationality) if nationality else None,
        country=country("country", concerning) if concerning else None,
    )
    floor = ruled(day, valid_from, "valid_from") if valid_from else None
    differences = Differences(parts.questions.timelines, parts.views)
    events = await differences.events(between, about, before=paging.position, limit=limit)
    after = paging.at(rules_after, str, "rules_after")
    rules = await differences.rules(between, about, floor=floor, after=after, limit=limit)
    return Diff(
        basis="recorded",
        known_from=times[0],
        known_to=times[1],
        known_from_position=between.before,
        known_to_position=between.after,
        valid_from=floor,
        rules=msgspec.structs.replace(rules, next=paging.after(rules.next)),
        happened=await differences.happened(between, about),
        events=[line(e) for e in events],
        next=paging.after(events[-1].row.position if len(events) == limit else None),
    )
