"""Events in one line each, for pages that point to several."""

from collections.abc import Iterable
from uuid import UUID

from projections.entries import headline
from tracker.parts import Parts


async def headlines(parts: Parts, events: Iterable[str | None]) -> dict[str, str]:
    """The headline of each event by its id; unknown ids are left out."""
    wanted = [UUID(event) for event in dict.fromkeys(events) if event]
    found = await parts.reader.by_ids(wanted) if wanted else []
    facets = [recorded.event.facets() for recorded in found if recorded.event]
    names = await parts.questions.names(party for f in facets for party in f.parties)
    return {str(recorded.id): headline(recorded, names) for recorded in found}
