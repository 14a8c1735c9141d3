"""The command that undoes a decision on drafts, all of it, unless somebody built on its fact.

rejected, snoozed ─→ the drafts wait again
accepted ──────────→ the facts and further sources are retracted, and the drafts wait again
"""

from collections.abc import Sequence
from typing import Self

import msgspec

from tracker.domain.base import Command, Given, NewEvent, Past, Query, Recorded, first_tag, tagged
from tracker.domain.correction import FactCorroborated, FactRetracted, Reason
from tracker.domain.draft import (
    DraftAccepted,
    DraftDecision,
    DraftReopened,
    DraftState,
    draft_state,
)
from tracker.domain.errors import Conflict, NotFound
from tracker.domain.fact import Fact
from tracker.domain.policy import EffectiveDateReached
from tracker.domain.standing import standing, tags_of
from tracker.domain.values import Id, checked_value, instant_text


class ReopenDraft(Command, frozen=True, kw_only=True):
    """Undo the decision that stands on a draft, and on those decided in the same append.

    `facts` are the events that the acceptances recorded: a door fetches them, as only their ids
    lead to them.
    """

    draft: Id
    reason: str = "undo"
    facts: tuple[Recorded, ...] = ()

    def normal(self) -> Self:
        """The id in normal form."""
        return msgspec.structs.replace(self, draft=checked_value(self.draft, "id", "draft"))

    def reads(self, past: Past) -> Query:
        """The drafts of the decision, and everything that may rest on what it recorded."""
        query = tagged(*(f"draft:{draft}" for draft in together(self.draft, past)))
        for fact in self.facts:
            query |= tagged(f"target:{fact.id}", *_own_tags(fact))
        return query

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """Retractions and reopenings; NotFound or Conflict says why there is nothing to undo."""
        states = undoable(self.draft, past)
        wanted = {event.fact for state in states if (event := _acceptance(state))}
        facts = {str(fact.id): fact for fact in self.facts}
        if wanted != set(facts):
            raise Conflict(f"draft {self.draft} was decided anew meanwhile; try again")
        for fact in facts.values():
            _refuse_built_on(self.draft, fact, wanted, past)
        # Further sources first, so that none is one of a fact that is gone.
        order = sorted(facts.values(), key=lambda f: -f.position)
        retracted = [NewEvent(given.new_id(), self._retraction(fact, past)) for fact in order]
        return retracted + [
            NewEvent(given.new_id(), self._reopened(state, states), state.proposal)
            for state in states
        ]

    def _retraction(self, fact: Recorded, past: Past) -> FactRetracted:
        """As of a slip of ours: no reader of the sources ever knew it so."""
        event = fact.event
        assert isinstance(event, Fact)
        further = event.target if isinstance(event, FactCorroborated) else None
        return FactRetracted(
            target=str(fact.id),
            target_position=fact.position,
            reason=Reason("transcription", f"its acceptance was undone: {self.reason}"),
            known_since=event.known_since or instant_text(fact.recorded_at),
            same_tags=tags_of(fact, past),
            source_of=further,
        )

    def _reopened(self, state: DraftState, states: Sequence[DraftState]) -> DraftReopened:
        own = state.proposed
        return DraftReopened(
            draft=own.draft,
            document=own.document,
            reason=self.reason.strip() or "undo",
            together=tuple(s.proposed.draft for s in states if s is not state),
        )


def together(draft: str, past: Past) -> tuple[str, ...]:
    """The draft and those that were decided with it, as far as it was read."""
    state = draft_state(draft, past)
    event = state.decision.event if state and state.decision else None
    return (draft, *(event.together if isinstance(event, DraftDecision) else ()))


def undoable(draft: str, past: Past) -> list[DraftState]:
    """Where the drafts of one decision stand; Conflict where there is none to undo."""
    state = draft_state(draft, past)
    if state is None:
        raise NotFound(f"draft: no draft {draft} is in the log", field="draft")
    if state.decision is None:
        raise Conflict(f"draft {draft} waits: there is nothing to undo", field="draft")
    decision = state.decision.correlation_id
    states = [known for d in together(draft, past) if (known := draft_state(d, past))]
    return [s for s in states if s.decision and s.decision.correlation_id == decision]


def facts_of(states: Sequence[DraftState]) -> list[str]:
    """The ids of the events that the acceptances recorded."""
    return [event.fact for state in states if (event := _acceptance(state))]


def _acceptance(state: DraftState) -> DraftAccepted | None:
    event = state.decision.event if state.decision else None
    return event if isinstance(event, DraftAccepted) else None


def _own_tags(fact: Recorded) -> list[str]:
    if isinstance(fact.event, FactCorroborated):
        return []
    return [tag for tag in fact.tags if not tag.startswith("type:")]


def _refuse_built_on(draft: str, fact: Recorded, own: set[str], past: Past) -> None:
    """Refuse what somebody corrected, bore out, related, replaced or went on telling."""
    if not isinstance(fact.event, FactCorroborated):
        standing(fact, past)
    for recorded in past:
        if recorded.position <= fact.position or str(recorded.id) in own:
            continue
        if _rests_on(recorded, fact, past):
            raise Conflict(
                f"draft {draft} cannot be undone: event {recorded.position}"
                f" ({recorded.type}) builds on what it recorded",
                field="draft",
            )


def _rests_on(recorded: Recorded, fact: Recorded, past: Past) -> bool:
    if isinstance(recorded.event, EffectiveDateReached):
        return False  # a date passed, and nobody said anything
    named = str(fact.id)
    if f"target:{named}" in recorded.tags or named in getattr(recorded.event, "replaces", ()):
        return True
    for kind in ("policy:", "incident:"):
        about = first_tag(kind, fact.tags)
        if about and f"{kind}{about}" in recorded.tags:
            first = next(r for r in (*past, fact) if f"{kind}{about}" in r.tags)
            if first.id == fact.id:
                return True
    return False
