"""Which quotes of facts the newest version of their document does not bear out."""

from collections.abc import Sequence

import msgspec

from projections.tables import Views
from projections.views.documents import Unborne
from tracker.domain.base import Recorded
from tracker.domain.correction import citations


class GoneQuote(msgspec.Struct, frozen=True):
    """A quote that its document says no more; the version that did is kept."""

    citation: int
    """The number of the citation, from 0."""
    document: str
    quote: str
    since: int
    """The position of the event from which on that is known."""


async def gone_quotes(views: Views, events: Sequence[Recorded]) -> dict[str, tuple[GoneQuote, ...]]:
    """Event → those of its quotes that are gone; nothing for events whose quotes all stand."""
    cited = {str(r.id): found for r in events if (found := citations(r.event))}
    if not cited:
        return {}
    most = sum(len(found) for found in cited.values())
    rows = await views.select(
        Unborne, within={"event": list(cited)}, order=("event", "citation"), limit=most
    )
    gone: dict[str, list[GoneQuote]] = {}
    for row in rows:
        if row.citation < len(cited[row.event]):
            quote = cited[row.event][row.citation].quote
            gone.setdefault(row.event, []).append(
                GoneQuote(row.citation, row.document, quote, row.since)
            )
    return {event: tuple(found) for event, found in gone.items()}
