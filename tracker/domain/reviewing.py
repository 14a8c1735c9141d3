"""The commands that decide drafts; each takes others along that state the same as the first.

    draft ─ accept ─→ a fact                  others ─→ further sources of it
    draft ─ join ───→ a further source of a known fact, and so the others
    draft ─ reject, snooze, and so the others

All of one command is one append, under the condition that nobody decided any of them meanwhile.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Self

import msgspec

from tracker.domain.base import (
    Command,
    Given,
    NewEvent,
    Past,
    Query,
    Recorded,
    require,
    tagged,
)
from tracker.domain.correction import FactCorroborated
from tracker.domain.draft import (
    DraftAccepted,
    DraftRejected,
    DraftSnoozed,
    DraftState,
    draft_state,
)
from tracker.domain.errors import Conflict, Decided, NotFound, Refused
from tracker.domain.fact import Fact, RecordFact, settled
from tracker.domain.standing import about, standing, tags_of
from tracker.domain.values import Citation, Id, Instant, checked, checked_value, instant

MOST_TOGETHER = 100


class DecideDrafts(Command, frozen=True, kw_only=True):
    """Decide a draft, and with it others of its stack."""

    draft: Id
    others: tuple[Id, ...] = ()

    @property
    def drafts(self) -> tuple[str, ...]:
        """All that are decided, the first one first."""
        return (self.draft, *self.others)

    def normal(self) -> Self:
        """The ids in normal form, each of the others once."""
        draft = checked_value(self.draft, "id", "draft")
        others = dict.fromkeys(checked_value(self.others, "id", "others"))
        others.pop(draft, None)
        require(
            len(others) < MOST_TOGETHER,
            f"others: at most {MOST_TOGETHER} drafts are decided at once",
            "others",
        )
        return msgspec.structs.replace(self, draft=draft, others=tuple(others))

    def reads(self, past: Past) -> Query:
        """The drafts."""
        return tagged(*(f"draft:{draft}" for draft in self.drafts))

    def together(self, draft: str) -> tuple[str, ...]:
        """The drafts that are decided along with one of them."""
        return tuple(other for other in self.drafts if other != draft)


def waiting(draft: str, past: Past) -> DraftState:
    """The state of a draft that waits; NotFound if it was never proposed, Decided if it was."""
    state = draft_state(draft, past)
    if state is None:
        raise NotFound(f"draft: no draft {draft} is in the log", field="draft")
    if state.status != "waiting" and state.decision:
        raise Decided(
            what=f"draft {draft}",
            how=state.status,
            by=state.decision.actor.user,
            at=state.decision.recorded_at,
            reason=getattr(state.decision.event, "reason", None),
        )
    return state


class AcceptDraft(DecideDrafts, frozen=True, kw_only=True):
    """Record the fact of a draft, with the others as further sources of it.

    `proposed` is the draft's own fact, decoded by the caller who knows the catalogue; `edited`
    replaces it.
    """

    needs_texts: ClassVar[bool] = True
    proposed: Fact
    edited: Fact | None = None
    reason: str | None = None

    def normal(self) -> Self:
        """The ids and the fact to be recorded in normal form."""
        used = "proposed" if self.edited is None else "edited"
        return msgspec.structs.replace(super().normal(), **{used: checked(getattr(self, used))})

    def reads(self, past: Past) -> Query:
        """The drafts, what the others cite, and whatever recording the fact depends on."""
        fact = self.edited or self.proposed
        return super().reads(past) | RecordFact(fact=fact).reads(past) | _cited(self.others, past)

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The fact and the acceptances; Decided if somebody decided one of them before."""
        states = [waiting(draft, past) for draft in self.drafts]
        recorded = settled(self.edited or self.proposed, past, given)
        fact = recorded[-1]
        accepted = DraftAccepted(
            draft=self.draft,
            document=states[0].proposed.document,
            fact=str(fact.id),
            edited=self.edited is not None,
            reason=self.reason,
            together=self.others,
        )
        tags = tuple(sorted(fact.event.tags()))
        return [
            *caused(recorded, states[0]),
            NewEvent(given.new_id(), accepted, states[0].proposal),
            *_joined(self, states[1:], str(fact.id), None, tags, past, given),
        ]


class AcceptTrusted(AcceptDraft, frozen=True, kw_only=True):
    """Accept a draft by the trust that an event set for its feed; no draft that anybody touched."""

    trust: Id

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """As for a person; Conflict where one decided the draft and undid that."""
        if waiting(self.draft, past).touched:
            raise Conflict(f"draft {self.draft} was touched by a person", field="draft")
        *facts, last = super().decide(past, given)
        assert isinstance(last.event, DraftAccepted)
        ruled = msgspec.structs.replace(last.event, trust=self.trust)
        return [*facts, msgspec.structs.replace(last, event=ruled)]


class JoinDraft(DecideDrafts, frozen=True, kw_only=True):
    """Take drafts as further sources of a known fact; the door fetches it by its id."""

    needs_texts: ClassVar[bool] = True
    target: Recorded
    reason: str | None = None

    def reads(self, past: Past) -> Query:
        """The drafts, what they cite, and what is said of the fact."""
        return super().reads(past) | about(self.target) | _cited(self.drafts, past)

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """A corroboration and an acceptance for each draft.

        Raises Decided where somebody decided one of them before, Refused for a target that is no
        fact or of another type, Conflict for one that was retracted.
        """
        states = [waiting(draft, past) for draft in self.drafts]
        fact = standing(self.target, past).fact
        for state in states:
            kind = state.proposed.fact_type
            require(
                kind == fact.type,
                f"fact: {self.target.id} is a {fact.type}, and the draft one of {kind}",
                "fact",
            )
        target = str(self.target.id)
        tags = tags_of(self.target, past)
        return _joined(self, states, target, self.target.position, tags, past, given)


class RejectDraft(DecideDrafts, frozen=True, kw_only=True):
    """Close drafts without a fact; a reason is mandatory."""

    reason: str

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The rejections; Decided if somebody decided one of them before."""
        states = [waiting(draft, past) for draft in self.drafts]
        if not self.reason.strip():
            raise Refused("reason: say why the draft is rejected", field="reason")
        return [
            NewEvent(
                given.new_id(),
                DraftRejected(
                    draft=state.proposed.draft,
                    document=state.proposed.document,
                    reason=self.reason.strip(),
                    together=self.together(state.proposed.draft),
                ),
                state.proposal,
            )
            for state in states
        ]


class SnoozeDraft(DecideDrafts, frozen=True, kw_only=True):
    """Put drafts off; they wake by themselves, as the moment stands in the event."""

    until: Instant
    reason: str | None = None

    def normal(self) -> Self:
        """The ids and the moment in normal form."""
        until = checked_value(self.until, "instant", "until")
        return msgspec.structs.replace(super().normal(), until=until)

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The postponements; Decided if somebody decided one, Refused for a moment gone by."""
        states = [waiting(draft, past) for draft in self.drafts]
        require(instant(self.until) > given.now, f"until: {self.until} has gone by", "until")
        return [
            NewEvent(
                given.new_id(),
                DraftSnoozed(
                    draft=state.proposed.draft,
                    document=state.proposed.document,
                    until=self.until,
                    reason=self.reason,
                    together=self.together(state.proposed.draft),
                ),
                state.proposal,
            )
            for state in states
        ]


def caused(events: Iterable[NewEvent], state: DraftState) -> list[NewEvent]:
    """The events as following from a proposal."""
    return [msgspec.structs.replace(new, causation_id=state.proposal) for new in events]


def citations_of(state: DraftState) -> tuple[Citation, ...]:
    """What the fact of a draft cites; Refused where that cannot be read."""
    try:
        return msgspec.convert(state.proposed.fact.get("citations", ()), tuple[Citation, ...])
    except msgspec.ValidationError:
        draft = state.proposed.draft
        raise Refused(f"draft: the citations of {draft} cannot be read", field="draft") from None


def _cited(drafts: Sequence[str], past: Past) -> Query:
    """The documents that drafts cite, as far as the drafts are read."""
    states = [state for draft in drafts if (state := draft_state(draft, past))]
    cited = (c.document for state in states for c in citations_of(state))
    return tagged(*(f"document:{document}" for document in cited))


def _joined(
    command: DecideDrafts,
    states: Sequence[DraftState],
    target: str,
    position: int | None,
    tags: tuple[str, ...],
    past: Past,
    given: Given,
) -> list[NewEvent]:
    """A corroboration of the fact and an acceptance for each draft."""
    new: list[NewEvent] = []
    for state in states:
        own = state.proposed
        source = FactCorroborated(
            target=target,
            target_position=position,
            same_tags=tags,
            citations=citations_of(state),
            reliability=own.fact.get("reliability"),
        )
        recorded = settled(source, past, given)
        accepted = DraftAccepted(
            draft=own.draft,
            document=own.document,
            fact=str(recorded[-1].id),
            corroborates=target,
            reason=getattr(command, "reason", None),
            together=command.together(own.draft),
        )
        new += [*caused(recorded, state), NewEvent(given.new_id(), accepted, state.proposal)]
    return new
