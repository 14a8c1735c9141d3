"""`/incidents`: what happened, as all mentions of it together tell it."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from projections.nouns import IncidentAnswer
from projections.views.incidents import IncidentGivenUp, IncidentMention
from tracker.api.access import READER, OpenParts
from tracker.api.paging import Paging
from tracker.api.reading import Limit, Reading, country
from tracker.domain.values import IncidentType


class Incidents(msgspec.Struct, frozen=True):
    """A page of incidents, and the names of the parties in them."""

    incidents: list[IncidentAnswer]
    names: dict[str, str]
    next: str | None


class IncidentTold(msgspec.Struct, frozen=True):
    """One incident with everything said of it, and the ids that were given up for it."""

    incident: IncidentAnswer
    mentions: list[IncidentMention]
    merged: list[IncidentGivenUp]
    names: dict[str, str]


class IncidentRoutes(Controller):
    """Incidents, listed and one by one with all that is said of them."""

    path = "/incidents"
    tags = ("incidents",)

    @get("/", opt=READER)
    async def incidents(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        paging: NamedDependency[Paging],
        incident_type: Annotated[IncidentType | None, QueryParameter(name="type")] = None,
        country_code: Annotated[str | None, QueryParameter(name="country")] = None,
        party: Annotated[
            str | None,
            QueryParameter(description="An actor, victim or denier by id or by any of its names."),
        ] = None,
        pattern: FromQuery[bool | None] = None,
        disputed: FromQuery[bool | None] = None,
        limit: Limit = 50,
    ) -> Incidents:
        """Incidents, the last mentioned first; a count that is null is unknown and not zero."""
        reading.unless_known()
        asked = {"incident_type": incident_type, "pattern": pattern, "disputed": disputed}
        overlap: dict[str, Any] = {}
        if country_code:
            overlap["countries"] = [country("country", country_code)]
        if party:
            overlap["parties"] = await parts.questions.nouns.ids(party)
        found = await parts.questions.nouns.incidents(
            equal={name: value for name, value in asked.items() if value is not None},
            overlap=overlap,
            before=paging.before,
            limit=limit,
        )
        names = await parts.questions.names(p for row in found for p in row.parties)
        return Incidents(found, names, paging.next(found, limit))

    @get("/{incident:uuid}", opt=READER)
    async def incident(
        self, parts: OpenParts, reading: NamedDependency[Reading], incident: FromPath[UUID]
    ) -> IncidentTold:
        """One incident by its id, or by one that was merged into it; 404 where there is none."""
        reading.unless_known()
        found, mentions = await parts.questions.nouns.incident(str(incident))
        merged = await parts.questions.nouns.incidents_given_up(found.incident)
        return IncidentTold(found, mentions, merged, await parts.questions.names(found.parties))
