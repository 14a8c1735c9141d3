"""Drafts: proposed once, decided once, undone only after a rejection."""

from typing import Any
from uuid import UUID

import pytest

from tests.tracker.domain.telling import DOCUMENT, SHA, decided, new_events, received, uid
from tracker.domain.base import Event
from tracker.domain.catalog import fact_from
from tracker.domain.claim import ClaimMade
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.draft import (
    DraftAccepted,
    DraftProposed,
    DraftRejected,
    DraftReopened,
    Span,
    draft_id,
)
from tracker.domain.errors import Conflict, NotFound, Refused
from tracker.domain.incident import IncidentReported
from tracker.domain.intake import ReceiveDocument, ReviseDocument
from tracker.domain.party import PartyNamed
from tracker.domain.policy import PolicyChanged
from tracker.domain.reviewing import AcceptDraft, RejectDraft
from tracker.domain.undoing import ReopenDraft
from tracker.domain.values import Citation

DRAFT = draft_id(DOCUMENT, "policy-changed", 0, 16)


def proposed(**more: Any) -> DraftProposed:
    fields: dict[str, Any] = {
        "draft": DRAFT,
        "document": DOCUMENT,
        "fact_type": "policy-changed",
        "fact": {"jurisdiction": "EC"},
        "extractor": "suspension",
        "extractor_version": 1,
        "rule": "r",
        "confidence": "0.9",
        "spans": (Span("action", 8, 16),),
    }
    return DraftProposed(**{**fields, **more})


def fact(jurisdiction: str = "EC") -> PolicyChanged:
    return PolicyChanged(
        jurisdiction=jurisdiction,
        kind="entry",
        action="suspended",
        effective_basis="unknown",
        citations=(Citation(document=DOCUMENT, quote="Ecuador suspends"),),
    )


WAITING: tuple[Event, ...] = (received(), proposed())
REJECTED = DraftRejected(draft=DRAFT, document=DOCUMENT, reason="no")


def test_an_accepted_draft_becomes_its_fact_and_is_closed_in_one_append() -> None:
    recorded, accepted = new_events(AcceptDraft(draft=DRAFT, proposed=fact()), *WAITING)

    assert isinstance(recorded.event, PolicyChanged)
    assert accepted.event == DraftAccepted(draft=DRAFT, document=DOCUMENT, fact=str(recorded.id))
    assert {recorded.causation_id, accepted.causation_id} == {UUID(int=1002)}


def test_an_edited_fact_replaces_the_one_proposed_even_where_that_one_is_wrong() -> None:
    command = AcceptDraft(draft=DRAFT.upper(), proposed=fact("XX"), edited=fact("PE"))

    recorded, accepted = decided(command, *WAITING)

    assert isinstance(recorded, PolicyChanged)
    assert isinstance(accepted, DraftAccepted)
    assert (recorded.jurisdiction, accepted.edited) == ("PE", True)
    with pytest.raises(Refused) as refused:
        decided(AcceptDraft(draft=DRAFT, proposed=fact("XX")), *WAITING)
    assert refused.value.field == "jurisdiction"


def test_a_draft_of_an_incident_or_a_claim_becomes_one_with_the_parties_that_it_names() -> None:
    cited = [{"document": DOCUMENT, "quote": "Ecuador suspends"}]
    incident = fact_from(
        "incident-reported",
        {"incident_type": "extortion", "actors": ["Gulf Clan", "AGC"], "citations": cited},
    )
    claim = fact_from(
        "claim-made", {"kind": "driver", "text": "x", "claimant": "IOM", "citations": cited}
    )

    clan, agc, reported, accepted = decided(AcceptDraft(draft=DRAFT, proposed=incident), *WAITING)
    iom, claimed, _ = decided(AcceptDraft(draft=DRAFT, proposed=claim), *WAITING)

    assert isinstance(reported, IncidentReported)
    assert isinstance(claimed, ClaimMade)
    assert isinstance(accepted, DraftAccepted)
    named = [event.party for event in (clan, agc, iom) if isinstance(event, PartyNamed)]
    assert (*reported.actors, claimed.claimant) == tuple(named)
    assert reported.incident is not None


def test_of_two_reviewers_the_second_is_told_who_decided() -> None:
    accepted = DraftAccepted(draft=DRAFT, document=DOCUMENT, fact=uid(5))

    for command in (
        AcceptDraft(draft=DRAFT, proposed=fact()),
        RejectDraft(draft=DRAFT, reason="no"),
    ):
        with pytest.raises(
            Conflict, match=r"already accepted by analyst on 2024-06-19 at 12:03 UTC"
        ):
            decided(command, *WAITING, accepted)
        with pytest.raises(Conflict, match=r"already rejected by analyst on .* UTC: no"):
            decided(command, *WAITING, REJECTED)


def test_a_rejection_needs_a_reason() -> None:
    assert decided(RejectDraft(draft=DRAFT, reason=" old news "), *WAITING) == [
        DraftRejected(draft=DRAFT, document=DOCUMENT, reason="old news")
    ]
    with pytest.raises(Refused, match=r"^reason: "):
        decided(RejectDraft(draft=DRAFT, reason=" "), *WAITING)


def test_a_rejection_is_undone_and_then_the_draft_waits_again() -> None:
    [reopened] = decided(ReopenDraft(draft=DRAFT), *WAITING, REJECTED)

    assert reopened == DraftReopened(draft=DRAFT, document=DOCUMENT, reason="undo")
    assert decided(RejectDraft(draft=DRAFT, reason="no"), *WAITING, REJECTED, reopened)
    with pytest.raises(Conflict, match="there is nothing to undo"):
        decided(ReopenDraft(draft=DRAFT), *WAITING)


@pytest.mark.parametrize(
    "command",
    [
        AcceptDraft(draft=uid(9), proposed=fact()),
        RejectDraft(draft=uid(9), reason="no"),
        ReopenDraft(draft=uid(9)),
    ],
)
def test_a_draft_that_was_never_proposed_cannot_be_decided(
    command: AcceptDraft | RejectDraft | ReopenDraft,
) -> None:
    with pytest.raises(NotFound, match="no draft"):
        decided(command, *WAITING)


def test_a_document_is_received_once_with_the_drafts_found_in_it() -> None:
    # Two rules found the same fact in the same span: the first one proposes it.
    twice = (proposed(rule="first"), proposed(rule="second"))
    command = ReceiveDocument(received=received(), content_hash="h", drafts=twice)

    document, draft = new_events(command)

    assert document.event == received()
    assert isinstance(draft.event, DraftProposed)
    assert (draft.event.rule, draft.causation_id) == ("first", document.id)
    assert [new.id for new in new_events(command)] == [document.id, draft.id]
    with pytest.raises(Conflict, match="already in the log"):
        decided(command, received())


def revised(**more: Any) -> DocumentRevised:
    fields: dict[str, Any] = {
        "document": DOCUMENT,
        "raw_sha256": "b" * 64,
        "text_sha256": SHA,
        "url": "https://example.org/a",
        "diff": "substantive",
    }
    return DocumentRevised(**{**fields, **more})


def test_a_revision_that_says_the_same_in_another_notation_is_none() -> None:
    known = received(published_at="2024-06-18T12:00:00Z")
    same = ReviseDocument(
        revised=revised(published_at="2024-06-18T14:00:00+02:00"), content_hash="h"
    )

    assert decided(same, known) == []
    with pytest.raises(NotFound):
        decided(same)


def test_a_revision_proposes_what_is_new_and_going_back_is_a_revision_too() -> None:
    there = ReviseDocument(
        revised=revised(text_sha256="e" * 64),
        content_hash="new",
        drafts=(proposed(), proposed(draft=uid(6))),
    )
    back = ReviseDocument(revised=revised(), content_hash="old")

    first, draft = new_events(there, *WAITING)
    assert isinstance(draft.event, DraftProposed)
    assert draft.event.draft == uid(6)
    [second] = new_events(back, *WAITING, first.event)
    [third] = new_events(there, *WAITING, first.event, second.event, draft.event)
    assert len({first.id, second.id, third.id}) == 3


def test_a_draft_holds_nothing_that_has_two_spellings() -> None:
    for wrong in ({"a": 1.5}, {"a": [{"b": 2**53}]}, {"ä": 1}, {"a": ["\ud800"]}):
        command = ReceiveDocument(
            received=received(), content_hash="h", drafts=(proposed(fact=wrong),)
        )
        with pytest.raises(Refused) as refused:
            decided(command)
        assert "fact" in str(refused.value.field)


def test_documents_of_two_feeds_with_the_same_content_are_two_events() -> None:
    ids = {
        new_events(
            ReceiveDocument(
                received=DocumentReceived(
                    document=DOCUMENT, raw_sha256=SHA, text_sha256=SHA, feed=feed
                ),
                content_hash="h",
            )
        )[0].id
        for feed in (uid(1), uid(2), None)
    }
    assert len(ids) == 3
