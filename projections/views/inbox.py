"""The inbox: every draft, what it would say of whom, and what a reviewer made of it.

Drafts that state one fact are a stack, called after its first one; as long as that one waits, or
another in its place, it is the head that later drafts are held against. Beside them stand the
documents of feeds, for those that name something and gave no draft.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from projections.silent import SilentDocument, received, seen
from projections.view import Lookup, Row, State, View
from tracker.domain.base import Facets, Recorded
from tracker.domain.catalog import fact_from
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.draft import (
    DraftAccepted,
    DraftDecision,
    DraftProposed,
    DraftRejected,
    DraftReopened,
    DraftSnoozed,
)
from tracker.domain.errors import TrackerError
from tracker.domain.fact import Fact
from tracker.domain.sameness import bucket, same
from tracker.domain.seeing import DocumentSeen
from tracker.domain.values import checked, instant


class Draft(Row, frozen=True, kw_only=True):
    """A proposed fact with the facets that the fact would have."""

    table: ClassVar[str] = "draft"
    key: ClassVar[tuple[str, ...]] = ("draft",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("status", "position"),
        ("head_of",),
        ("bucket", "touched"),
        ("stack", "status"),
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
    corroborates: str | None = None
    """The known fact that it was taken as a further source of."""
    feed: str | None = None
    """The feed that brought its document."""
    stack: str
    """The first draft of those that state the same."""
    bucket: str | None
    """What drafts must share to be compared; None where it is compared with none."""
    head_of: str | None
    """The bucket, where later drafts are held against this one."""
    snoozed_until: datetime | None = None
    """Until when it was put off; a reader compares it with now."""
    by_rule: bool = False
    """Whether the trust set for its feed accepted it, and no person."""
    touched: bool = False
    """Whether it was ever decided or put off, and be it undone."""


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The draft that the event proposes or decides, or the document that it is about."""
    event = recorded.event
    if isinstance(event, DraftProposed | DraftDecision):
        yield Lookup(Draft, "draft", event.draft)
    if isinstance(event, DraftProposed):
        yield Lookup(SilentDocument, "document", event.document)
        if compared := _compared(_fact(event)):
            yield Lookup(Draft, "head_of", compared)
    elif isinstance(event, DocumentReceived | DocumentRevised | DocumentSeen):
        yield Lookup(SilentDocument, "document", event.document)


def fold(state: State, recorded: Recorded) -> Iterable[Row]:
    """The draft as it stands after the event; a second proposal of it changes nothing."""
    event = recorded.event
    if isinstance(event, DraftProposed):
        if not state.find(Draft, "draft", event.draft):
            document = next(iter(state.find(SilentDocument, "document", event.document)), None)
            yield _stacked(state, _proposed(event, recorded, document and document.feed))
            if document and document.status != "drafted":
                yield msgspec.structs.replace(document, status="drafted")
    elif isinstance(event, DraftDecision):
        for draft in state.find(Draft, "draft", event.draft):
            yield from _headed(state, _decided(draft, event, recorded))
    elif isinstance(event, DocumentReceived | DocumentRevised):
        old = state.find(SilentDocument, "document", event.document)
        yield from received(old[0] if old else None, event, recorded)
    elif isinstance(event, DocumentSeen):
        for document in state.find(SilentDocument, "document", event.document):
            yield seen(document, event, recorded)


def _stacked(state: State, draft: Draft) -> Draft:
    """The draft in the stack of the first head that says the same; else it is the head of one."""
    fact = _whole(draft.fact_type, draft.fact)
    if fact is None or draft.bucket is None:
        return draft
    for head in sorted(state.find(Draft, "head_of", draft.bucket), key=lambda d: d.position):
        other = _whole(head.fact_type, head.fact)
        if other is not None and same(fact, other):
            return msgspec.structs.replace(draft, stack=head.stack)
    return msgspec.structs.replace(draft, head_of=draft.bucket)


def _headed(state: State, draft: Draft) -> Iterable[Draft]:
    """The draft, and the one that is held up to later ones in its place, or it in another's."""
    if draft.bucket is None:
        yield draft
        return
    rest = [
        other
        for other in state.find(Draft, ("stack", "status"), (draft.stack, "waiting"))
        if other.draft != draft.draft
    ]
    if draft.status != "waiting":
        if draft.head_of and rest:
            first = min(rest, key=lambda d: d.position)
            yield msgspec.structs.replace(first, head_of=draft.bucket)
        yield msgspec.structs.replace(draft, head_of=None)
    elif any(other.head_of for other in rest):
        yield draft
    else:
        yield msgspec.structs.replace(draft, head_of=draft.bucket)


def _proposed(event: DraftProposed, recorded: Recorded, feed: str | None) -> Draft:
    fact = _fact(event)
    facets = fact.facets() if fact else Facets()
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
        feed=feed,
        stack=event.draft,
        bucket=_compared(fact),
        head_of=None,
    )


def _fact(event: DraftProposed) -> Fact | None:
    return _whole(event.fact_type, event.fact)


def _whole(fact_type: str, fields: dict[str, Any]) -> Fact | None:
    """The fact that a draft proposes; None where it is less than one."""
    try:
        return checked(fact_from(fact_type, fields))
    except TrackerError:
        # An extractor may propose less than a whole fact; the reviewer completes it.
        return None


def _compared(fact: Fact | None) -> str | None:
    return bucket(fact) if fact else None


def _decided(draft: Draft, event: DraftDecision, recorded: Recorded) -> Draft:
    by: dict[str, Any] = {
        "decided_by": recorded.actor.user, "decided_at": recorded.recorded_at, "touched": True,
    }  # fmt: skip
    match event:
        case DraftAccepted():
            by |= {
                "status": "accepted", "reason": event.reason, "fact_event": event.fact,
                "edited": event.edited, "corroborates": event.corroborates,
                "by_rule": event.trust is not None,
            }  # fmt: skip
        case DraftRejected():
            by |= {"status": "rejected", "reason": event.reason}
        case DraftSnoozed():
            by |= {"snoozed_until": instant(event.until), "reason": event.reason}
        case DraftReopened():
            by |= {
                "status": "waiting", "reason": event.reason, "decided_by": None,
                "decided_at": None, "snoozed_until": None, "fact_event": None, "edited": False,
                "corroborates": None, "by_rule": False,
            }  # fmt: skip
        case _:
            pass
    return msgspec.structs.replace(draft, **by)


VIEW = View(
    name="inbox",
    version=2,
    rows=(Draft, SilentDocument),
    events=(
        DraftProposed,
        DraftAccepted,
        DraftRejected,
        DraftReopened,
        DraftSnoozed,
        DocumentReceived,
        DocumentRevised,
        DocumentSeen,
    ),
    fold=fold,
    wants=wants,
)
