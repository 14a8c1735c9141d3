"""The timeline: every fact and document by what it concerns and when it happened."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import ClassVar

from projections.view import Row, State, View
from tracker.domain import edtf
from tracker.domain.base import Recorded
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.fact import Fact


class TimelineEntry(Row, frozen=True, kw_only=True):
    """One event with the facets that it can be filtered by."""

    table: ClassVar[str] = "timeline"
    key: ClassVar[tuple[str, ...]] = ("position",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("event",),
        ("type", "position"),
        ("occurred_on", "position"),
        ("destination", "position"),
        ("metric", "position"),
        ("policy", "position"),
        ("countries",),
        ("nationalities",),
        ("parties",),
        ("documents",),
    )

    position: int
    event: str
    type: str
    recorded_at: datetime
    occurred: str | None
    """When it happened, as its source gave it (EDTF)."""
    occurred_on: date | None
    """The first day that `occurred` can mean."""
    countries: tuple[str, ...]
    nationalities: tuple[str, ...]
    parties: tuple[str, ...]
    documents: tuple[str, ...]
    destination: str | None
    metric: str | None
    policy: str | None


def fold(state: State, recorded: Recorded) -> Iterable[Row]:
    """The entry of a fact or a version of a document; other events have none."""
    event = recorded.event
    if not isinstance(event, Fact | DocumentReceived | DocumentRevised):
        return
    facets = event.facets()
    yield TimelineEntry(
        position=recorded.position,
        event=str(recorded.id),
        type=recorded.type,
        recorded_at=recorded.recorded_at,
        occurred=facets.occurred,
        occurred_on=edtf.lower(facets.occurred) or edtf.upper(facets.occurred),
        countries=facets.countries,
        nationalities=facets.nationalities,
        parties=facets.parties,
        documents=facets.documents,
        destination=facets.destination,
        metric=facets.metric,
        policy=facets.policy,
    )


VIEW = View(
    name="timeline",
    version=1,
    rows=(TimelineEntry,),
    events=(Fact, DocumentReceived, DocumentRevised),
    fold=fold,
)
