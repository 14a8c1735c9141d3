"""Retractions and further sources: when they count from, and of which fact."""

from typing import Any

import pytest

from tests.tracker.domain.corrections import (
    DOCUMENTS,
    FACT,
    NEW,
    OLD,
    POLICY,
    TYPING,
    because,
    change,
    told,
)  # fmt: skip
from tests.tracker.domain.telling import uid
from tracker.domain.correcting import CorroborateFact, RetractFact
from tracker.domain.correction import FactCorroborated, FactRetracted, ReasonCode
from tracker.domain.errors import NotFound, Refused
from tracker.domain.values import Citation


@pytest.mark.parametrize(
    ("code", "more", "since"),
    [
        ("transcription", {}, "2024-04-01"),
        ("source-withdrew", {"citations": (NEW,)}, "2024-06-01T00:00:00.000000Z"),
        ("source-withdrew", {"known_since": "2024-06-02"}, "2024-06-02"),
        ("duplicate", {}, None),
    ],
)
def test_a_retraction_counts_from_when_its_source_took_the_fact_back(
    code: ReasonCode, more: dict[str, Any], since: str | None
) -> None:
    [made] = told(
        lambda target: RetractFact(target=target, reason=because(code), **more),
        change(known_since="2024-04-01"), *DOCUMENTS,
    )  # fmt: skip

    assert isinstance(made.event, FactRetracted)
    assert made.event.known_since == since
    assert made.event.tags() == (f"target:{FACT}", f"policy:{POLICY}", "rule:EC")


def test_the_documents_of_a_retraction_are_looked_up() -> None:
    citation = Citation(document=uid(9), quote="x")

    with pytest.raises(NotFound) as missing:
        told(lambda t: RetractFact(target=t, reason=TYPING, citations=(citation,)), change())

    assert missing.value.field == "citations[0].document"


def test_a_further_source_gets_the_place_of_its_fact_and_may_come_twice() -> None:
    source = FactCorroborated(target=uid(9), citations=(OLD,))
    first = FactCorroborated(target=FACT, target_position=1, citations=(OLD,))

    [made] = told(
        lambda target: CorroborateFact(target=target, source=source), change(), first, *DOCUMENTS
    )

    assert isinstance(made.event, FactCorroborated)
    assert (made.event.target, made.event.target_position) == (FACT, 1)
    assert made.event.known_since == "2024-05-01T00:00:00.000000Z"
    assert made.event.tags() == (f"target:{FACT}", f"policy:{POLICY}", "rule:EC")


def test_a_further_source_is_a_source() -> None:
    bare = FactCorroborated(target=FACT)

    with pytest.raises(Refused, match="at least one citation"):
        told(lambda target: CorroborateFact(target=target, source=bare), change())
