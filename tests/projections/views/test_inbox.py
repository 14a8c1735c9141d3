"""Where a draft stands after what was decided about it."""

from typing import Any

from projections.views.inbox import VIEW, Draft
from tests.projections.folding import event_id, folded
from tracker.domain.base import Event
from tracker.domain.draft import (
    DraftAccepted,
    DraftProposed,
    DraftRejected,
    DraftReopened,
    Span,
)

DRAFT, DOCUMENT, FACT = event_id(70), event_id(50), event_id(71)
RULE = {"nationalities": ["CN", "gcc"], "regime": "visa-free-suspended"}
CHANGE: dict[str, Any] = {
    "jurisdiction": "EC", "kind": "entry", "action": "suspended", "effective_basis": "stated",
    "effective_from": "2024-07-01", "rule": RULE,
}  # fmt: skip


def proposal(fact: dict[str, Any] = CHANGE, fact_type: str = "policy-changed") -> DraftProposed:
    """A draft read out of a document."""
    return DraftProposed(
        draft=DRAFT, document=DOCUMENT, fact_type=fact_type, fact=fact, extractor="suspensions",
        extractor_version=1, rule="suspends-visa-free", confidence="0.8",
        spans=(Span("effective_from", 10, 20), Span("rule", 0, 5), Span("rule", 30, 35)),
    )  # fmt: skip


ACCEPTED = DraftAccepted(draft=DRAFT, document=DOCUMENT, fact=FACT, edited=True)
REJECTED = DraftRejected(draft=DRAFT, document=DOCUMENT, reason="a duplicate")
REOPENED = DraftReopened(draft=DRAFT, document=DOCUMENT, reason="undo")


def draft(*events: Event | None) -> Draft:
    """The only draft after the events."""
    (row,) = folded(VIEW, events).of(Draft)
    return row


def test_a_proposed_draft_waits_under_the_key_that_its_fact_would_concern() -> None:
    row = draft(proposal())
    assert (row.status, row.event, row.confidence) == ("waiting", event_id(1), "0.8")
    assert (row.destination, row.nationalities) == ("EC", ("CN", "GCC"))
    assert row.countries == ("EC", "CN")
    assert row.spans == {"effective_from": [[10, 20]], "rule": [[0, 5], [30, 35]]}


def test_a_draft_that_is_no_whole_fact_waits_too() -> None:
    assert draft(proposal({"rule": 7})).destination is None
    assert draft(proposal({"x": "y"}, "no-such-fact")).countries == ()
    assert draft(proposal(CHANGE | {"jurisdiction": "nowhere"})).destination is None


def test_an_accepted_draft_names_its_fact_and_who_decided() -> None:
    row = draft(proposal(), ACCEPTED)
    assert (row.status, row.fact_event, row.decided_by, row.edited) == (
        "accepted", FACT, "ana", True,
    )  # fmt: skip
    assert row.decided_at is not None


def test_a_rejected_draft_keeps_the_reason_and_waits_again_once_reopened() -> None:
    row = draft(proposal(), REJECTED)
    assert (row.status, row.reason, row.fact_event) == ("rejected", "a duplicate", None)
    row = draft(proposal(), REJECTED, REOPENED)
    assert (row.status, row.decided_by, row.decided_at) == ("waiting", None, None)


def test_proposing_a_decided_draft_again_changes_nothing() -> None:
    assert draft(proposal(), REJECTED, proposal()).status == "rejected"


def test_a_decision_about_an_erased_draft_is_passed_over() -> None:
    assert folded(VIEW, [None, ACCEPTED]).of(Draft) == []
