"""Where a draft stands after what was decided about it."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from projections.silent import SilentDocument
from projections.views.inbox import VIEW, Draft
from tests.projections.folding import event_id, folded
from tracker.domain.base import Event
from tracker.domain.document import Diff, DocumentReceived, DocumentRevised
from tracker.domain.draft import (
    DraftAccepted,
    DraftProposed,
    DraftRejected,
    DraftReopened,
    DraftSnoozed,
    Span,
)
from tracker.domain.seeing import DocumentSeen

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


OTHER, THIRD = event_id(72), event_id(73)


def rows(*events: Event | None) -> dict[str, Draft]:
    """All drafts after the events, by their ids."""
    return {row.draft: row for row in folded(VIEW, events).of(Draft)}


def another(draft: str, **fact: Any) -> DraftProposed:
    return msgspec.structs.replace(proposal(CHANGE | fact), draft=draft)


def test_drafts_of_one_fact_are_a_stack_called_after_its_first() -> None:
    apart = another(THIRD, effective_from="2024-08-01")
    found = rows(proposal(), another(OTHER, effective_from="2024-07"), apart)
    assert [found[d].stack for d in (DRAFT, OTHER, THIRD)] == [DRAFT, DRAFT, THIRD]
    assert [bool(found[d].head_of) for d in (DRAFT, OTHER, THIRD)] == [True, False, True]


def test_a_stack_goes_on_under_the_next_that_waits_and_ends_with_the_last() -> None:
    two = (proposal(), another(OTHER), REJECTED)
    assert rows(*two, another(THIRD))[THIRD].stack == DRAFT
    rejected = DraftRejected(draft=OTHER, document=DOCUMENT, reason="no")
    assert rows(*two, rejected, another(THIRD))[THIRD].stack == THIRD
    again = rows(*two, REOPENED)
    assert [bool(again[d].head_of) for d in (DRAFT, OTHER)] == [False, True]


def test_a_snoozed_draft_waits_with_the_moment_at_which_it_wakes() -> None:
    snoozed = DraftSnoozed(draft=DRAFT, document=DOCUMENT, until="2024-07-01T08:00:00.000000Z")
    row = draft(proposal(), snoozed)
    assert (row.status, row.snoozed_until) == ("waiting", datetime(2024, 7, 1, 8, tzinfo=UTC))
    assert draft(proposal(), snoozed, REOPENED).snoozed_until is None
    assert row.touched


def test_a_draft_undone_after_its_acceptance_is_of_no_fact() -> None:
    joined = msgspec.structs.replace(ACCEPTED, corroborates=event_id(3), edited=False)
    assert draft(proposal(), joined).corroborates == event_id(3)
    row = draft(proposal(), joined, REOPENED)
    assert (row.status, row.fact_event, row.corroborates, row.edited) == (
        "waiting", None, None, False,
    )  # fmt: skip


RECEIVED = DocumentReceived(
    document=DOCUMENT, raw_sha256="a" * 64, text_sha256="b" * 64, feed=event_id(60),
    names=("CN", "EC"),
)  # fmt: skip
SEEN = DocumentSeen(document=DOCUMENT, reason="sport")


def revised(diff: Diff) -> DocumentRevised:
    return DocumentRevised(
        document=DOCUMENT, raw_sha256="c" * 64, text_sha256="d" * 64, feed=event_id(60),
        names=("PE",), diff=diff,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([RECEIVED], "waiting"),
        ([msgspec.structs.replace(RECEIVED, names=())], "nothing"),
        ([RECEIVED, proposal()], "drafted"),
        ([RECEIVED, SEEN], "seen"),
        ([RECEIVED, SEEN, msgspec.structs.replace(SEEN, again=True)], "waiting"),
        ([RECEIVED, SEEN, revised("cosmetic")], "seen"),
        ([RECEIVED, SEEN, revised("substantive")], "waiting"),
    ],
)
def test_a_document_that_names_something_and_gave_no_draft_waits_until_it_is_seen(
    events: list[Event], status: str
) -> None:
    after = folded(VIEW, events)
    (document,) = after.of(SilentDocument)
    assert document.status == status
    assert {d.feed for d in after.of(Draft)} <= {event_id(60)}
