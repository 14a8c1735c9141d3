"""The timeline: everything that happened by what it concerns, when it happened and what it says.

An entry shows what its fact says now: a correction puts its own facets and words in, a retraction
marks it. The event that does so has an entry too, under the facets of what it bears on.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, ClassVar, get_args, get_origin, get_type_hints

import msgspec

from projections.rows import blank
from projections.said import said
from projections.search import terms
from projections.view import Lookup, Row, State, View
from tracker.domain import edtf
from tracker.domain.base import Event, Facets, Recorded
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.fact import Fact
from tracker.domain.ids import id_text
from tracker.domain.incident import IncidentMerged
from tracker.domain.party import PartyMerged, PartyNamed
from tracker.domain.policy import EffectiveDateReached
from tracker.domain.relation import RelationAsserted, RelationResolved


class TimelineEntry(Row, frozen=True, kw_only=True):
    """One event with all that it can be found by."""

    table: ClassVar[str] = "timeline"
    found_first: ClassVar[bool] = True
    key: ClassVar[tuple[str, ...]] = ("position",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("event",),
        ("type", "position"),
        ("occurred_on", "position"),
        ("destination", "position"),
        ("metric", "position"),
        ("policy", "position"),
        ("incident", "position"),
        ("countries",),
        ("nationalities",),
        ("parties",),
        ("documents",),
        ("words",),
    )

    position: int
    event: str
    type: str
    recorded_at: datetime
    occurred: str | None
    """When it happened, as its source gave it (EDTF)."""
    occurred_on: date | None
    """The first day that `occurred` can mean; the last where the first is open."""
    occurred_until: date | None
    """The last day that `occurred` can mean; None where it is open."""
    countries: tuple[str, ...]
    nationalities: tuple[str, ...]
    parties: tuple[str, ...]
    documents: tuple[str, ...]
    destination: str | None
    metric: str | None
    policy: str | None
    incident: str | None
    targets: tuple[str, ...]
    """The facts, or parties or incidents, that this event bears on."""
    words: tuple[int, ...]
    """What a search finds it by: numbers of words."""
    status: str = "recorded"
    """`recorded`, `corrected` or `retracted`."""
    changed_by: str | None = None
    """The event that corrected or retracted it last."""
    changed_at: int | None = None
    """The position of that event."""
    corroborated_by: tuple[str, ...] = ()


class PartyWords(Row, frozen=True, kw_only=True):
    """The words of all names that a party ever had."""

    table: ClassVar[str] = "timeline_party"
    key: ClassVar[tuple[str, ...]] = ("party",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("words",),)

    party: str
    words: tuple[int, ...]


_TARGETS: dict[type[Event], tuple[str, ...]] = {
    FactCorrected: ("target",),
    FactRetracted: ("target",),
    FactCorroborated: ("target",),
    RelationAsserted: ("a", "b"),
    RelationResolved: ("a", "b"),
    EffectiveDateReached: ("change",),
    PartyMerged: ("party", "into"),
    IncidentMerged: ("incident", "into"),
}
"""Which fields name the facts, or parties or incidents, that an event bears on."""
_BLANK = blank(TimelineEntry)
_BEARING = frozenset(_TARGETS) - {PartyMerged, IncidentMerged}
"""Those that bear on facts, whose entries they change or are found by."""


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The entries that an event bears on, and the words of a party that is named."""
    event = recorded.event
    if isinstance(event, PartyNamed):
        yield Lookup(PartyWords, "party", event.party)
    elif event is not None and type(event) in _BEARING:
        for target in _targets(event):
            yield Lookup(TimelineEntry, "event", target)


def fold(state: State, recorded: Recorded) -> Iterable[Row]:
    """The entry of the event, and the entries that it changes."""
    event = recorded.event
    if event is None:
        return ()
    if type(event) is PartyNamed:
        known = state.find(PartyWords, "party", event.party)
        words = terms(event.names) + (known[0].words if known else ())
        return (PartyWords(party=event.party, words=tuple(dict.fromkeys(words))),)
    if type(event) in _BEARING:
        on = [row for t in _targets(event) for row in state.find(TimelineEntry, "event", t)]
        return (*_changed(state, event, recorded, on), _bearing(event, recorded, on))
    return (_entry(event, recorded),)


def _targets(event: Event) -> tuple[str, ...]:
    return tuple(dict.fromkeys([getattr(event, field) for field in _TARGETS[type(event)]]))


def _entry(event: Event, recorded: Recorded) -> TimelineEntry:
    entry = msgspec.structs.replace(
        _BLANK,
        position=recorded.position,
        event=id_text(recorded.id),
        type=recorded.type,
        recorded_at=recorded.recorded_at,
        targets=_targets(event) if type(event) in _TARGETS else (),
    )
    return _found_by(entry, event.facets(), words_of(event))


def _found_by(entry: TimelineEntry, facets: Facets, words: tuple[int, ...]) -> TimelineEntry:
    """The entry with all that it is found by."""
    occurred = edtf.bounds(facets.occurred) if facets.occurred else edtf.OPEN
    return msgspec.structs.replace(
        entry,
        occurred=facets.occurred,
        occurred_on=occurred.lower or occurred.upper,
        occurred_until=occurred.upper,
        countries=facets.countries,
        nationalities=facets.nationalities,
        parties=facets.parties,
        documents=facets.documents,
        destination=facets.destination,
        metric=facets.metric,
        policy=facets.policy,
        incident=facets.incident,
        words=words,
    )


def _bearing(event: Event, recorded: Recorded, on: Sequence[TimelineEntry]) -> TimelineEntry:
    """The entry of an event that speaks of others: found by what those are found by."""
    own = _entry(event, recorded)
    new = said(recorded) if isinstance(event, FactCorrected) else None
    if new is not None:
        words = dict.fromkeys((*own.words, *words_of(new.fact)))
        own = _found_by(own, new.fact.facets(), tuple(words))
    first = on[0] if on else own
    return msgspec.structs.replace(
        own,
        countries=_union(own.countries, *(row.countries for row in on)),
        nationalities=_union(own.nationalities, *(row.nationalities for row in on)),
        parties=_union(own.parties, *(row.parties for row in on)),
        documents=_union(own.documents, *(row.documents for row in on)),
        destination=own.destination or first.destination,
        metric=own.metric or first.metric,
        policy=own.policy or first.policy,
        incident=own.incident or first.incident,
    )


def _union(*several: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for values in several for value in values))


def _changed(
    state: State, event: Event, recorded: Recorded, on: Sequence[TimelineEntry]
) -> Iterable[TimelineEntry]:
    """The entries that look different after the event."""
    by: dict[str, Any] = {"changed_by": str(recorded.id), "changed_at": recorded.position}
    for row in on:
        match event:
            case FactCorrected() if row.status != "retracted":
                new = said(recorded)
                if new is not None:
                    shown = _found_by(row, new.fact.facets(), words_of(new.fact))
                    incident = shown.incident or row.incident
                    yield msgspec.structs.replace(
                        shown, status="corrected", incident=incident, **by
                    )
            case FactRetracted() if row.status != "retracted":
                yield msgspec.structs.replace(row, status="retracted", **by)
                if row.type == FactCorroborated.type:
                    yield from _without(state, row)
            case FactCorroborated():
                sources = _union(row.corroborated_by, (str(recorded.id),))
                yield msgspec.structs.replace(row, corroborated_by=sources)
            case _:
                pass


def _without(state: State, gone: TimelineEntry) -> Iterable[TimelineEntry]:
    """The fact that a retracted corroboration bore out."""
    for target in gone.targets:
        for row in state.find(TimelineEntry, "event", target):
            left = tuple(e for e in row.corroborated_by if e != gone.event)
            if row.event != gone.event:
                yield msgspec.structs.replace(row, corroborated_by=left)


def words_of(event: Event) -> tuple[int, ...]:
    """Of its headline, of every field of plain text and of its quotes; parties are no words."""
    headline = event.headline(_unnamed)
    texts = [headline]
    for text in _plain(type(event))(event):
        # A title is mostly the end of its headline, which has its words then.
        if text and not headline.endswith(f" {text}"):
            texts.append(text)
    if isinstance(event, Fact):
        for citation in event.citations:
            texts.append(citation.quote)
    return terms(texts)


def _unnamed(party: str) -> str:
    return ""


@cache
def _plain(kind: type[Event]) -> Callable[[Event], Iterable[str | None]]:
    """What is in the fields that hold text as it was written, by their annotations alone."""
    hints = get_type_hints(kind, include_extras=True)
    names = [name for name in kind.__struct_fields__ if _is_text(hints[name])]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda event: [getattr(event, name) for name in names]


def _is_text(hint: object) -> bool:
    return hint is str or (
        get_origin(hint) is not Annotated and str in get_args(hint) and type(None) in get_args(hint)
    )


VIEW = View(
    name="timeline",
    version=5,
    rows=(TimelineEntry, PartyWords),
    events=(
        Fact,
        DocumentReceived,
        DocumentRevised,
        FactCorrected,
        FactRetracted,
        PartyNamed,
        PartyMerged,
        IncidentMerged,
        RelationAsserted,
        RelationResolved,
        EffectiveDateReached,
    ),
    fold=fold,
    wants=wants,
    effort=45,
)
