"""Relations: between two that are there, said once, settled once."""

from typing import Any

import pytest

from tests.tracker.domain.telling import given, past, received, uid
from tracker.domain.base import Event, Recorded
from tracker.domain.correction import FactCorrected, Reason
from tracker.domain.errors import Conflict, NotFound, Refused
from tracker.domain.incident import IncidentReported
from tracker.domain.relation import (
    AssertRelation,
    RelationAsserted,
    RelationKind,
    RelationResolved,
    ResolveRelation,
)
from tracker.domain.statistic import StatisticPublished

FIGURE = StatisticPublished(metric="border-entries", comparator="=", value="5", first_hand="x")
TYPING = Reason("transcription", "typed wrong")
INCIDENT = uid(0x1C)
LOG: tuple[Event, ...] = (
    FIGURE,
    FIGURE,
    received(),
    FactCorrected(
        target=uid(1001), target_position=1, fact_type=FIGURE.type, fact={}, reason=TYPING
    ),
    IncidentReported(incident=INCIDENT, incident_type="killing", first_hand="x"),
)
A, B, DOCUMENT, CORRECTION = (uid(1001 + n) for n in range(4))


def done(
    command: type[AssertRelation | ResolveRelation], a: str, b: str, kind: str, *more: Event
) -> list[Event]:
    log = past(*LOG, *more)
    made: Any = command(a=a, b=b, kind=kind, reason=" why ", named=tuple(log[:4]))  # pyright: ignore[reportArgumentType]  the kind is one
    made = made.normal()
    known: list[Recorded] = [
        r for r in log if any(set(item.tags) <= set(r.tags) for item in made.reads(()).items)
    ]
    return [new.event for new in made.decide(known, given())]


def asserted(kind: RelationKind, a: str = A, b: str = B) -> RelationAsserted:
    return RelationAsserted(a=a, b=b, kind=kind, reason="why")


def resolved(kind: RelationKind, a: str = A, b: str = B) -> RelationResolved:
    return RelationResolved(a=a, b=b, kind=kind, reason="why")


def test_two_facts_are_related_with_a_reason() -> None:
    assert done(AssertRelation, A, B, "contradicts") == [asserted("contradicts")]


def test_a_fact_may_be_related_to_an_incident() -> None:
    assert done(AssertRelation, A, INCIDENT, "part-of") == [asserted("part-of", A, INCIDENT)]


@pytest.mark.parametrize("turned", [False, True])
def test_the_same_relation_is_said_once_whichever_fact_comes_first(turned: bool) -> None:
    a, b = (B, A) if turned else (A, B)

    with pytest.raises(Conflict, match="same-origin was asserted of the two by event 6"):
        done(AssertRelation, a, b, "same-origin", asserted("same-origin"))
    assert done(AssertRelation, a, b, "drift", asserted("same-origin"))


@pytest.mark.parametrize("kind", ["part-of", "supersedes", "responds-to"])
def test_of_some_relations_the_other_way_round_is_another(kind: RelationKind) -> None:
    assert done(AssertRelation, B, A, kind, asserted(kind)) == [asserted(kind, B, A)]
    with pytest.raises(Conflict):
        done(AssertRelation, A, B, kind, asserted(kind))
    with pytest.raises(NotFound, match=f"nobody asserted {kind} of the two"):
        done(ResolveRelation, B, A, kind, asserted(kind))


@pytest.mark.parametrize("kind", ["contradicts", "not-comparable", "drift"])
def test_a_disagreement_that_only_a_view_found_is_settled_once(kind: RelationKind) -> None:
    assert done(ResolveRelation, A, B, kind) == [resolved(kind)]
    with pytest.raises(Conflict, match="was settled for the two by event 6"):
        done(ResolveRelation, B, A, kind, resolved(kind))


def test_what_was_settled_may_be_asserted_and_settled_again() -> None:
    log = (asserted("same-origin"), resolved("same-origin"))

    assert done(AssertRelation, A, B, "same-origin", *log)
    again = (*log, asserted("same-origin"))
    assert done(ResolveRelation, A, B, "same-origin", *again) == [resolved("same-origin")]


def test_what_nobody_said_cannot_be_taken_back() -> None:
    with pytest.raises(NotFound, match="nobody asserted same-incident"):
        done(ResolveRelation, A, B, "same-incident")


@pytest.mark.parametrize(
    ("a", "b", "field", "reason"),
    [
        (A, A, "b", "is the same as a"),
        (A, uid(9), "b", "no fact and no incident"),
        (uid(9), B, "a", "no fact and no incident"),
        (A, DOCUMENT, "b", "is a document-received and no fact"),
        (CORRECTION, B, "a", f"name the original fact, {A}"),
        ("x", B, "a", "not an id"),
    ],
)
def test_a_relation_is_between_two_facts(a: str, b: str, field: str, reason: str) -> None:
    for command in (AssertRelation, ResolveRelation):
        with pytest.raises((Refused, NotFound), match=reason) as refused:
            done(command, a, b, "contradicts")
        assert refused.value.field == field


def test_a_relation_without_a_reason_is_refused() -> None:
    with pytest.raises(Refused, match="reason: say why"):
        AssertRelation(a=A, b=B, kind="contradicts", reason=" ").normal()
