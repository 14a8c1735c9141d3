"""Drafts: facts proposed by an extractor, and what a reviewer made of them."""

from typing import Any, ClassVar, Literal, Self

import msgspec

from tracker.domain.base import Command, Event, Facets, Given, NewEvent, Past, Query, tagged
from tracker.domain.errors import Conflict, NotFound, Refused
from tracker.domain.fact import Fact, RecordFact, settled
from tracker.domain.ids import derived
from tracker.domain.values import Decimal, Id, checked, checked_value


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


class DraftAccepted(Event, frozen=True, kw_only=True):
    """A reviewer, or a rule, made a fact of a draft."""

    type: ClassVar[str] = "draft-accepted"

    draft: Id
    document: Id
    fact: Id
    edited: bool = False
    reason: str | None = None

    def tags(self) -> tuple[str, ...]:
        """The draft."""
        return (f"draft:{self.draft}",)


class DraftRejected(Event, frozen=True, kw_only=True):
    """A reviewer decided that a draft is no fact."""

    type: ClassVar[str] = "draft-rejected"

    draft: Id
    document: Id
    reason: str

    def tags(self) -> tuple[str, ...]:
        """The draft."""
        return (f"draft:{self.draft}",)


class DraftReopened(Event, frozen=True, kw_only=True):
    """A rejection was undone; the draft waits again."""

    type: ClassVar[str] = "draft-reopened"

    draft: Id
    document: Id
    reason: str

    def tags(self) -> tuple[str, ...]:
        """The draft."""
        return (f"draft:{self.draft}",)


class DraftState(msgspec.Struct):
    """A draft and where it stands."""

    proposed: DraftProposed
    proposal: Any
    status: Literal["waiting", "accepted", "rejected"] = "waiting"
    decided_by: str = ""


def draft_id(document: str, fact_type: str, start: int, end: int, *quotes: str) -> str:
    """The id of the draft for a span of a document; a decided draft is never proposed again.

    The wording of its quotes is part of it: an edit that moves nothing may change everything.
    """
    return str(derived("draft", document, fact_type, str(start), str(end), *quotes))


def draft_state(draft: str, past: Past) -> DraftState | None:
    """The draft among the events, or None where it was never proposed."""
    state: DraftState | None = None
    for recorded in past:
        match recorded.event:
            case DraftProposed() as event if event.draft == draft and state is None:
                state = DraftState(event, recorded.id)
            case DraftAccepted() as event if event.draft == draft and state:
                state.status, state.decided_by = "accepted", recorded.actor.user
            case DraftRejected() as event if event.draft == draft and state:
                state.status, state.decided_by = "rejected", recorded.actor.user
            case DraftReopened() as event if event.draft == draft and state:
                state.status = "waiting"
            case _:
                pass
    return state


def _waiting(draft: str, past: Past) -> DraftState:
    state = draft_state(draft, past)
    if state is None:
        raise NotFound(f"no draft {draft} is in the log", field="draft")
    if state.status != "waiting":
        raise Conflict(f"draft {draft} was already {state.status} by {state.decided_by}")
    return state


class AcceptDraft(Command, frozen=True, kw_only=True):
    """Close a draft and record its fact in one append; `edited` replaces the proposed fact.

    `proposed` is the draft's own fact, decoded by the caller who knows the catalogue.
    """

    needs_texts: ClassVar[bool] = True
    draft: Id
    proposed: Fact
    edited: Fact | None = None
    reason: str | None = None

    def normal(self) -> Self:
        """The draft's id and the fact to be recorded in normal form."""
        used = "proposed" if self.edited is None else "edited"
        draft = checked_value(self.draft, "id", "draft")
        return msgspec.structs.replace(self, draft=draft, **{used: checked(getattr(self, used))})

    def reads(self, past: Past) -> Query:
        """The draft, and whatever recording the fact depends on."""
        fact = self.edited or self.proposed
        return tagged(f"draft:{self.draft}") | RecordFact(fact=fact).reads(past)

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The fact and the acceptance; Conflict if somebody decided before."""
        state = _waiting(self.draft, past)
        recorded = settled(self.edited or self.proposed, past, given)
        accepted = DraftAccepted(
            draft=self.draft,
            document=state.proposed.document,
            fact=str(recorded[-1].id),
            edited=self.edited is not None,
            reason=self.reason,
        )
        facts = [msgspec.structs.replace(new, causation_id=state.proposal) for new in recorded]
        return [*facts, NewEvent(given.new_id(), accepted, state.proposal)]


class RejectDraft(Command, frozen=True, kw_only=True):
    """Close a draft without a fact; a reason is mandatory."""

    draft: Id
    reason: str

    def reads(self, past: Past) -> Query:
        """The draft."""
        return tagged(f"draft:{self.draft}")

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The rejection; Conflict if somebody decided before."""
        state = _waiting(self.draft, past)
        if not self.reason.strip():
            raise Refused("reason: say why the draft is rejected", field="reason")
        event = DraftRejected(
            draft=self.draft, document=state.proposed.document, reason=self.reason.strip()
        )
        return [NewEvent(given.new_id(), event, state.proposal)]


class ReopenDraft(Command, frozen=True, kw_only=True):
    """Undo a rejection."""

    draft: Id
    reason: str = "undo"

    def reads(self, past: Past) -> Query:
        """The draft."""
        return tagged(f"draft:{self.draft}")

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The reopening; Conflict unless the draft is rejected."""
        state = draft_state(self.draft, past)
        if state is None:
            raise NotFound(f"no draft {self.draft} is in the log", field="draft")
        if state.status != "rejected":
            raise Conflict(f"draft {self.draft} is {state.status}: only a rejection can be undone")
        event = DraftReopened(
            draft=self.draft, document=state.proposed.document, reason=self.reason
        )
        return [NewEvent(given.new_id(), event, state.proposal)]
