"""Drafts: facts proposed by an extractor, and what a reviewer made of them."""

from typing import Any, ClassVar, Literal
from uuid import UUID

import msgspec

from tracker.domain.base import Event, Facets, Past, Recorded
from tracker.domain.ids import derived
from tracker.domain.values import Decimal, Id, Instant

Status = Literal["waiting", "accepted", "rejected"]


class Span(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The text that supports one field, by offsets in code points into the stored text."""

    field: str
    start: int
    end: int


class DraftProposed(Event, frozen=True, kw_only=True):
    """A fact that an extractor read out of a document, with the text behind every field.

    `fact` has the fields of `fact_type`; parties in it are names, resolved on acceptance.
    """

    type: ClassVar[str] = "draft-proposed"

    draft: Id
    document: Id
    fact_type: str
    fact: dict[str, Any]
    extractor: str
    extractor_version: int
    rule: str
    confidence: Decimal
    spans: tuple[Span, ...]

    def tags(self) -> tuple[str, ...]:
        """The draft and its document."""
        return (f"draft:{self.draft}", f"document:{self.document}")

    def facets(self) -> Facets:
        """The document it was read from."""
        return Facets(documents=(self.document,))

    def headline(self, name: object) -> str:
        """What kind of fact waits."""
        return f"Draft of {self.fact_type} by {self.extractor} {self.extractor_version}"


class DraftDecision(Event, frozen=True, kw_only=True):
    """What was made of a draft, alone or with others that state the same."""

    draft: Id
    document: Id
    together: tuple[Id, ...] = ()
    """The other drafts that the same append decides; undoing one undoes them all."""

    def tags(self) -> tuple[str, ...]:
        """The draft."""
        return (f"draft:{self.draft}",)


class DraftAccepted(DraftDecision, frozen=True, kw_only=True):
    """A reviewer, or a rule, made a fact of a draft."""

    type: ClassVar[str] = "draft-accepted"

    fact: Id
    edited: bool = False
    reason: str | None = None
    corroborates: Id | None = None
    """The fact that it is a further source of; `fact` is then the corroboration."""
    trust: Id | None = None
    """The event that set the feed's trust, where that rule decided and no person."""


class DraftRejected(DraftDecision, frozen=True, kw_only=True):
    """A reviewer decided that a draft is no fact."""

    type: ClassVar[str] = "draft-rejected"

    reason: str


class DraftSnoozed(DraftDecision, frozen=True, kw_only=True):
    """A reviewer put a draft off; it waits on, and is shown again from a moment on."""

    type: ClassVar[str] = "draft-snoozed"

    until: Instant
    reason: str | None = None


class DraftReopened(DraftDecision, frozen=True, kw_only=True):
    """A decision was undone; the draft waits again."""

    type: ClassVar[str] = "draft-reopened"

    reason: str


class DraftState(msgspec.Struct):
    """A draft and where it stands."""

    proposed: DraftProposed
    proposal: UUID
    status: Status = "waiting"
    decision: Recorded | None = None
    """The last one that was not undone, a postponement among them."""
    touched: bool = False
    """Whether anybody ever decided it, and be it undone."""


_STATUS: dict[type[Event], Status] = {DraftAccepted: "accepted", DraftRejected: "rejected"}


def draft_id(document: str, fact_type: str, start: int, end: int, *quotes: str) -> str:
    """The id of the draft for a span of a document; a decided draft is never proposed again.

    The wording of its quotes is part of it: an edit that moves nothing may change everything.
    """
    return str(derived("draft", document, fact_type, str(start), str(end), *quotes))


def draft_state(draft: str, past: Past) -> DraftState | None:
    """The draft among the events, or None where it was never proposed."""
    state: DraftState | None = None
    for recorded in past:
        event = recorded.event
        if isinstance(event, DraftProposed) and event.draft == draft and state is None:
            state = DraftState(event, recorded.id)
        elif isinstance(event, DraftDecision) and event.draft == draft and state:
            state.touched = True
            state.decision = None if isinstance(event, DraftReopened) else recorded
            state.status = _STATUS.get(type(event), "waiting")
    return state
