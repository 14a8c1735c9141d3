"""The inbox: every draft, what it would say of whom, and what a reviewer made of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from projections.view import Lookup, Row, State, View
from tracker.domain.base import Facets, Recorded
from tracker.domain.catalog import fact_from
from tracker.domain.draft import DraftAccepted, DraftProposed, DraftRejected, DraftReopened
from tracker.domain.errors import TrackerError
from tracker.domain.values import checked


class Draft(Row, frozen=True, kw_only=True):
    """A proposed fact with the facets that the fact would have."""

    table: ClassVar[str] = "draft"
    key: ClassVar[tuple[str, ...]] = ("draft",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("status", "position"),
        ("document",),
        ("destination", "status"),
        ("nationalities",),
        ("countries",),
    )

    draft: str
    event: str
    """The proposal."""
    document: str
    fact_type: str
    fact: dict[str, Any]
    spans: dict[str, Any]
    """Field → the [start, end] pairs of the text that supports it."""
    extractor: str
    extractor_version: int
    rule: str
    confidence: str
    position: int
    proposed_at: datetime
    destination: str | None
    nationalities: tuple[str, ...]
    countries: tuple[str, ...]
    metric: str | None
    status: str = "waiting"
    """`waiting`, `accepted` or `rejected`."""
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    fact_event: str | None = None
    """The fact that an accepted draft became."""
    edited: bool = False


Decision = DraftAccepted | DraftRejected | DraftReopened


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The draft that the event proposes or decides."""
    if isinstance(recorded.event, DraftProposed | Decision):
        yield Lookup(Draft, "draft", recorded.event.draft)


def fold(state: State, recorded: Recorded) -> Iterable[Row]:
    """The draft as it stands after the event; a second proposal of it changes nothing."""
    event = recorded.event
    if isinstance(event, DraftProposed):
        if not state.find(Draft, "draft", event.draft):
            yield _proposed(event, recorded)
    elif isinstance(event, Decision):
        for draft in state.find(Draft, "draft", event.draft):
            yield _decided(draft, event, recorded)


def _proposed(event: DraftProposed, recorded: Recorded) -> Draft:
    facets = _facets(event)
    spans: dict[str, list[list[int]]] = {}
    for span in event.spans:
        spans.setdefault(span.field, []).append([span.start, span.end])
    return Draft(
        draft=event.draft,
        event=str(recorded.id),
        document=event.document,
        fact_type=event.fact_type,
        fact=event.fact,
        spans=dict(spans),
        extractor=event.extractor,
        extractor_version=event.extractor_version,
        rule=event.rule,
        confidence=event.confidence,
        position=recorded.position,
        proposed_at=recorded.recorded_at,
        destination=facets.destination,
        nationalities=facets.nationalities,
        countries=facets.countries,
        metric=facets.metric,
    )


def _facets(event: DraftProposed) -> Facets:
    try:
        return checked(fact_from(event.fact_type, event.fact)).facets()
    except TrackerError:
        # An extractor may propose less than a whole fact; the reviewer completes it.
        return Facets()


def _decided(draft: Draft, event: Decision, recorded: Recorded) -> Draft:
    if isinstance(event, DraftReopened):
        return msgspec.structs.replace(
            draft, status="waiting", decided_by=None, decided_at=None, reason=event.reason
        )
    accepted = isinstance(event, DraftAccepted)
    return msgspec.structs.replace(
        draft,
        status="accepted" if accepted else "rejected",
        decided_by=recorded.actor.user,
        decided_at=recorded.recorded_at,
        reason=event.reason,
        fact_event=event.fact if accepted else None,
        edited=event.edited if accepted else False,
    )


VIEW = View(
    name="inbox",
    version=1,
    rows=(Draft,),
    events=(DraftProposed, DraftAccepted, DraftRejected, DraftReopened),
    fold=fold,
    wants=wants,
)
