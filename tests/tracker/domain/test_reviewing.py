"""Several drafts of one fact decided at once, put off, joined to a known fact, and all undone."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.tracker.domain.telling import DOCUMENT, decided, given, past, received, uid
from tracker.domain.base import Command, Event, Recorded
from tracker.domain.catalog import fact_from
from tracker.domain.correction import FactCorroborated, FactRetracted
from tracker.domain.draft import (
    DraftAccepted,
    DraftProposed,
    DraftRejected,
    DraftReopened,
    DraftSnoozed,
    draft_state,
)
from tracker.domain.errors import Conflict, Decided, Refused
from tracker.domain.policy import PolicyChanged
from tracker.domain.reviewing import AcceptDraft, JoinDraft, RejectDraft, SnoozeDraft
from tracker.domain.seeing import DocumentSeen, SeeDocument
from tracker.domain.undoing import ReopenDraft, facts_of, undoable

ONE, OTHER, FACT = uid(0xD1), uid(0xD2), uid(0xFAC7)
CHANGE: dict[str, Any] = {
    "jurisdiction": "EC", "kind": "entry", "action": "suspended",
    "citations": [{"document": DOCUMENT, "quote": "Ecuador suspends"}],
}  # fmt: skip


def proposed(draft: str, fact_type: str = "policy-changed") -> DraftProposed:
    return DraftProposed(
        draft=draft, document=DOCUMENT, fact_type=fact_type, fact=CHANGE, extractor="e",
        extractor_version=1, rule="r", confidence="0.9", spans=(),
    )  # fmt: skip


WAITING: tuple[Event, ...] = (received(), proposed(ONE), proposed(OTHER))
FIRST = fact_from("policy", CHANGE)


def known(*events: Event) -> Recorded:
    """The last of the events, as the log holds it."""
    return past(*events)[-1]


def log_of(*commands: Command, first: tuple[Event, ...] = WAITING) -> list[Recorded]:
    """What the log holds after commands; each finds what all before it recorded."""
    log = past(*first)
    for number, command in enumerate(commands, 1):
        for new in command.normal().decide(log, given()):
            row = past(new.event)[0]
            ids = {"id": new.id, "correlation_id": UUID(int=number)}
            log.append(msgspec.structs.replace(row, position=len(log) + 1, **ids))
    return log


def test_the_others_of_a_stack_become_further_sources_in_the_same_append() -> None:
    fact, accepted, source, joined = decided(
        AcceptDraft(draft=ONE, others=(OTHER, ONE), proposed=FIRST), *WAITING
    )

    assert isinstance(fact, PolicyChanged)
    assert isinstance(accepted, DraftAccepted)
    assert isinstance(source, FactCorroborated)
    assert isinstance(joined, DraftAccepted)
    assert (source.target, source.same_tags) == (accepted.fact, fact.tags())
    assert (joined.draft, joined.corroborates) == (OTHER, accepted.fact)
    assert (accepted.together, joined.together) == ((OTHER,), (ONE,))


def test_a_stack_is_not_decided_where_somebody_decided_one_of_it() -> None:
    rejected = DraftRejected(draft=OTHER, document=DOCUMENT, reason="no")

    for command in (
        AcceptDraft(draft=ONE, others=(OTHER,), proposed=FIRST),
        RejectDraft(draft=ONE, others=(OTHER,), reason="old"),
        SnoozeDraft(draft=ONE, others=(OTHER,), until="2024-07-01"),
    ):
        with pytest.raises(Decided, match=f"draft {OTHER} was already rejected by analyst"):
            decided(command, *WAITING, rejected)


def test_a_draft_is_taken_as_a_further_source_of_a_known_fact_of_its_kind() -> None:
    fact = known(*WAITING, FIRST)
    command = JoinDraft(draft=ONE, target=fact)
    source, accepted = command.decide(past(*WAITING), given())

    assert isinstance(source.event, FactCorroborated)
    assert isinstance(accepted.event, DraftAccepted)
    assert (source.event.target, source.event.target_position) == (str(fact.id), fact.position)
    assert (accepted.event.fact, accepted.event.corroborates) == (str(source.id), str(fact.id))
    with pytest.raises(Refused, match="is a policy-changed, and the draft one of statement-made"):
        decided(JoinDraft(draft=ONE, target=fact), received(), proposed(ONE, "statement-made"))


def test_a_draft_is_put_off_until_a_moment_that_lies_ahead() -> None:
    [snoozed] = decided(SnoozeDraft(draft=ONE, until="2024-07-01T08:00Z"), *WAITING)

    assert isinstance(snoozed, DraftSnoozed)
    assert snoozed.until == "2024-07-01T08:00:00.000000Z"
    assert decided(RejectDraft(draft=ONE, reason="no"), *WAITING, snoozed)
    with pytest.raises(Refused, match="has gone by"):
        decided(SnoozeDraft(draft=ONE, until="2024-06-01"), *WAITING)


@pytest.mark.parametrize(
    "command",
    [
        RejectDraft(draft=ONE, others=(OTHER,), reason="old"),
        SnoozeDraft(draft=ONE, others=(OTHER,), until="2024-07-01"),
    ],
)
def test_undoing_one_draft_of_a_decision_undoes_them_all(command: Command) -> None:
    log = log_of(command)
    reopened = [new.event for new in ReopenDraft(draft=OTHER).decide(log, given())]

    assert reopened == [
        DraftReopened(draft=OTHER, document=DOCUMENT, reason="undo", together=(ONE,)),
        DraftReopened(draft=ONE, document=DOCUMENT, reason="undo", together=(OTHER,)),
    ]


def test_undoing_an_acceptance_retracts_the_fact_and_its_further_sources() -> None:
    log = log_of(AcceptDraft(draft=ONE, others=(OTHER,), proposed=FIRST))
    facts = tuple(r for r in log if str(r.id) in facts_of(undoable(ONE, log)))
    undo = ReopenDraft(draft=ONE, facts=facts)
    source, fact, *reopened = [new.event for new in undo.decide(log, given())]

    assert isinstance(source, FactRetracted)
    assert isinstance(fact, FactRetracted)
    assert source.source_of == fact.target == str(facts[0].id)
    assert fact.reason.code == "transcription"
    assert {e.draft for e in reopened if isinstance(e, DraftReopened)} == {ONE, OTHER}
    both = AcceptDraft(draft=ONE, others=(OTHER,), proposed=FIRST)
    state = draft_state(ONE, log_of(both, undo))
    assert state
    assert (state.status, state.decision, state.touched) == ("waiting", None, True)


def test_undoing_is_refused_where_somebody_built_on_the_fact() -> None:
    log = log_of(AcceptDraft(draft=ONE, proposed=FIRST))
    fact = next(r for r in log if isinstance(r.event, PolicyChanged))
    undo = ReopenDraft(draft=ONE, facts=(fact,))
    further = FactCorroborated(target=str(fact.id), first_hand="seen at the border")
    replacing = msgspec.structs.replace(FIRST, replaces=(str(fact.id),), policy=uid(7))
    same = msgspec.structs.replace(FIRST, policy=getattr(fact.event, "policy", None))

    for event in (further, replacing, same):
        later = msgspec.structs.replace(past(event)[0], position=99, id=UUID(int=99))
        with pytest.raises(Conflict, match="cannot be undone: event 99"):
            undo.decide([*log, later], given())
    with pytest.raises(Conflict, match="decided anew meanwhile"):
        ReopenDraft(draft=ONE).decide(log, given())


def test_a_document_is_seen_once_and_again_when_that_is_undone() -> None:
    [seen] = decided(SeeDocument(document=DOCUMENT, reason="sport"), received())

    assert seen == DocumentSeen(document=DOCUMENT, reason="sport")
    with pytest.raises(Decided, match=f"document {DOCUMENT} was already seen by analyst"):
        decided(SeeDocument(document=DOCUMENT), received(), seen)
    [again] = decided(SeeDocument(document=DOCUMENT, again=True), received(), seen)
    assert decided(SeeDocument(document=DOCUMENT, again=True), received(), seen, again) == []
    assert decided(SeeDocument(document=DOCUMENT), received(), seen, again)
