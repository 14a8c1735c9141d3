"""The lines of the timeline: an event in a sentence, in the words that count now."""

import msgspec

from projections.borne import GoneQuote
from projections.said import said
from projections.search import terms
from projections.views.timeline import TimelineEntry
from tracker.domain.base import Event, Recorded
from tracker.domain.fact import Fact


class Entry(msgspec.Struct, frozen=True):
    """One line of the timeline: the event, its facets and a sentence."""

    row: TimelineEntry
    headline: str
    """Of what it says now, if it was corrected."""
    recorded: Recorded
    says: Event | None = None
    """What it says now; None once it is erased."""
    quotes: tuple[str, ...] = ()
    """The quotes with words that were searched for."""
    gone: tuple[GoneQuote, ...] = ()
    """The quotes of what it says now that their documents say no more."""


def headline(recorded: Recorded, names: dict[str, str]) -> str:
    """One line about an event; an erased one says so."""
    if recorded.event is None:
        return f"{recorded.type} (erased)"
    return recorded.event.headline(lambda party: names.get(party, party))


def entry_of(
    row: TimelineEntry,
    events: dict[str, Recorded],
    names: dict[str, str],
    words: set[int],
    gone: dict[str, tuple[GoneQuote, ...]],
) -> Entry:
    """The line of an event, in the words of its latest correction."""
    recorded = events[row.event]
    says, line = recorded.event, headline(recorded, names)
    correcting = events.get(row.changed_by or "") if row.status == "corrected" else None
    new = said(correcting) if correcting else None
    if new is not None:
        says, line = new.fact, new.fact.headline(lambda party: names.get(party, party))
    quotes = [c.quote for c in says.citations] if isinstance(says, Fact) and words else []
    saying = row.event if new is None else str(row.changed_by)
    found = tuple(q for q in quotes if words & set(terms([q])))
    return Entry(row, line, recorded, says, found, gone.get(saying, ()))
