"""What an erasure takes, from the events alone."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from tracker.domain.base import Actor, Event, Given, Recorded, first_tag
from tracker.domain.closure import Closure, closure
from tracker.domain.correction import (
    FactCorrected,
    FactCorroborated,
    FactRetracted,
    Reason,
)  # fmt: skip
from tracker.domain.document import DocumentReceived, DocumentRevised, documents
from tracker.domain.draft import DraftAccepted, DraftProposed, DraftRejected
from tracker.domain.erasing import ErasePayload
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import Refused
from tracker.domain.feed import FeedPaused
from tracker.domain.incident import IncidentMerged
from tracker.domain.party import PartyMerged
from tracker.domain.relation import RelationAsserted, RelationResolved
from tracker.domain.statement import StatementMade
from tracker.domain.values import Citation
from tracker.log.envelope import ENVELOPE_BYTES, encoded

NOW = datetime(2024, 7, 1, tzinfo=UTC)
ADMIN = Actor(str(UUID(int=7)), "admin")
DOCUMENT, OTHER = str(UUID(int=1001)), str(UUID(int=1002))
DRAFT, SPARE, USED = (str(UUID(int=n)) for n in (2001, 2002, 2003))


WHY = Reason("other", "why")


def corrected(target: int, *cited: str) -> FactCorrected:
    """A correction of the statement at a place, which cites these."""
    fact = msgspec.json.decode(msgspec.json.encode(statement(*cited)))
    return FactCorrected(
        target=str(UUID(int=target)),
        target_position=target,
        fact_type="statement-made",
        fact=fact,
        reason=WHY,
    )


def recorded(position: int, event: Event | None, cause: int | None = None, **tags: str) -> Recorded:
    own = event.tags() if event else tuple(f"{k}:{v}" for k, v in tags.items())
    return Recorded(
        position=position,
        id=UUID(int=position),
        type=event.type if event else "statement-made",
        schema_version=1,
        recorded_at=NOW,
        actor=ADMIN,
        correlation_id=UUID(int=0),
        causation_id=UUID(int=cause) if cause else None,
        tags=own,
        event=event,
    )


def received(document: str, raw: str, text: str) -> DocumentReceived:
    return DocumentReceived(document=document, raw_sha256=raw * 64, text_sha256=text * 64)


def revised(document: str, raw: str, text: str) -> DocumentRevised:
    return DocumentRevised(
        document=document, raw_sha256=raw * 64, text_sha256=text * 64, diff="substantive"
    )


def statement(*cited: str) -> StatementMade:
    return StatementMade(
        speaker=str(UUID(int=3)),
        text="no",
        verbatim="verbatim",
        citations=tuple(Citation(document=d, quote="no") for d in cited),
    )


def proposal(draft: str, document: str = DOCUMENT) -> DraftProposed:
    return DraftProposed(
        draft=draft,
        document=document,
        fact_type="statement-made",
        fact={"citations": [{"document": document, "quote": "no"}]},
        extractor="en.statements",
        extractor_version=1,
        rule="said",
        confidence="0.9",
        spans=(),
    )


LOG: Sequence[Recorded] = (
    recorded(1, received(DOCUMENT, "a", "b")),
    recorded(2, proposal(DRAFT)),
    recorded(3, proposal(SPARE)),
    recorded(4, proposal(USED)),
    recorded(5, revised(DOCUMENT, "a", "c")),
    recorded(6, statement(DOCUMENT), 2),
    recorded(7, DraftAccepted(draft=DRAFT, document=DOCUMENT, fact=str(UUID(int=6))), 2),
    recorded(8, DraftRejected(draft=SPARE, document=DOCUMENT, reason="no"), 3),
    recorded(9, statement(DOCUMENT), 4),
    recorded(10, DraftAccepted(draft=USED, document=DOCUMENT, fact=str(UUID(int=9))), 4),
    recorded(11, received(OTHER, "d", "e")),
    recorded(12, corrected(6, OTHER)),
    recorded(13, corrected(6)),
    recorded(14, corrected(9)),
)


def positions(found: Closure) -> list[int]:
    return sorted(UUID(target).int for target in found.targets)


def test_a_fact_takes_its_draft_its_corrections_and_what_it_cites_and_no_other_fact() -> None:
    found = closure(str(UUID(int=6)), LOG)

    assert positions(found) == [2, 3, 6, 7, 8, 12, 13]
    assert sorted(h[0] for h in found.evidence) == ["a", "b", "c", "d", "e"]
    assert set(found.documents) == {DOCUMENT, OTHER}


def test_with_the_evidence_kept_other_drafts_of_the_document_stay() -> None:
    found = closure(str(UUID(int=6)), LOG, keep_evidence=True)

    assert positions(found) == [2, 6, 7, 12, 13]
    assert (found.evidence, found.documents) == ((), ())


@pytest.mark.parametrize("root", [UUID(int=2), UUID(int=7), UUID(DRAFT)])
def test_a_draft_takes_the_fact_that_it_became(root: UUID) -> None:
    assert positions(closure(str(root), LOG)) == [2, 3, 6, 7, 8, 12, 13]


@pytest.mark.parametrize("root", [UUID(int=5), UUID(DOCUMENT)])
def test_a_document_takes_its_versions_and_the_drafts_that_became_no_fact(root: UUID) -> None:
    found = closure(str(root), LOG)

    assert positions(found) == [1, 3, 5, 8]
    assert found.documents == (DOCUMENT,)


def test_a_correction_alone_leaves_the_fact() -> None:
    assert positions(closure(str(UUID(int=14)), LOG)) == [14]
    alone = closure(str(UUID(int=12)), LOG)
    assert (positions(alone), alone.documents) == ([12], (OTHER,))


def test_all_that_is_said_of_a_fact_goes_with_it_and_of_another_fact_nothing() -> None:
    one, other, third = (str(UUID(int=n)) for n in (1, 2, 3))
    past = [
        recorded(1, statement()),
        recorded(2, statement()),
        recorded(3, statement()),
        recorded(4, FactCorroborated(target=one, citations=statement(DOCUMENT).citations)),
        recorded(5, FactRetracted(target=one, target_position=1, reason=WHY)),
        recorded(6, RelationAsserted(a=other, b=one, kind="contradicts", reason="why")),
        recorded(7, RelationResolved(a=one, b=third, kind="contradicts", reason="why")),
        recorded(8, RelationAsserted(a=other, b=third, kind="drift", reason="why")),
        recorded(9, received(DOCUMENT, "a", "b")),
    ]

    found = closure(one, past)

    assert positions(found) == [1, 4, 5, 6, 7]
    assert found.documents == (DOCUMENT,)
    assert positions(closure(str(UUID(int=6)), past)) == [6]


@pytest.mark.parametrize(
    "merged",
    [
        PartyMerged(party=DOCUMENT, into=OTHER, reason="his other name"),
        IncidentMerged(incident=DOCUMENT, into=OTHER, reason="his other report"),
    ],
)
def test_the_words_of_a_merge_can_be_erased(merged: Event) -> None:
    [event] = decided([recorded(1, merged)], UUID(int=1))

    assert event.targets == (str(UUID(int=1)),)


def test_what_an_earlier_erasure_named_is_not_named_again() -> None:
    first = closure(str(UUID(int=6)), LOG)
    erased = PayloadErased(
        legal_basis="x",
        targets=first.targets,
        evidence=first.evidence,
        documents=first.documents,
    )

    # Before the deletion and after it.
    assert closure(str(UUID(int=6)), [*LOG, recorded(15, erased)]) == Closure((), (), ())
    gone = recorded(6, None)
    assert closure(str(UUID(int=6)), [gone, recorded(15, erased)]) == Closure((), (), ())
    second = closure(str(UUID(int=9)), [*LOG, recorded(15, erased)])
    assert (positions(second), second.evidence) == ([4, 9, 10, 14], ())


def test_a_document_without_its_evidence_has_no_versions_for_decisions() -> None:
    erased = PayloadErased(legal_basis="x", documents=(DOCUMENT,))

    assert documents([*LOG, recorded(15, erased)])[DOCUMENT].versions == []
    assert documents([recorded(15, erased)])[DOCUMENT].sha256s() == []


def decided(past: Sequence[Recorded], root: UUID) -> list[PayloadErased]:
    command = ErasePayload(root=str(root), legal_basis="x", id=str(UUID(int=99)), named=(past[0],))
    new = command.decide(past, Given(NOW, lambda: UUID(int=0), ADMIN, {}))
    assert len({n.id for n in new}) == len(new)
    for n in new:
        assert len(encoded(n, ADMIN, UUID(int=0), b"").head) < ENVELOPE_BYTES
    return [n.event for n in new if isinstance(n.event, PayloadErased)]


def test_a_large_closure_is_several_events_that_each_fit_an_envelope() -> None:
    corrections = [recorded(n, corrected(1)) for n in range(2, 2002)]
    past = [recorded(1, statement()), *corrections]

    events = decided(past, UUID(int=1))

    assert len(events) == 5
    assert sum(len(e.targets) for e in events) == 2001
    assert {t for e in events for t in e.targets} == {str(r.id) for r in past}


def test_what_the_tracker_did_is_no_content() -> None:
    paused = recorded(1, FeedPaused(feed=str(UUID(int=5)), reason="x"))

    with pytest.raises(Refused, match="a feed-paused says what this tracker did"):
        decided([paused], UUID(int=1))
    assert first_tag("feed:", paused.tags) == str(UUID(int=5))
