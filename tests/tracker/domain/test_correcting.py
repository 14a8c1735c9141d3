"""Corrections: of the original, once seen, with a reason, and known from when its source said so."""

from typing import Any

import msgspec
import pytest

from tests.tracker.domain.corrections import (
    DOCUMENTS,
    FACT,
    NEW,
    OLD,
    POLICY,
    RETRACTED,
    TYPING,
    because,
    change,
    corrected,
    earlier,
    fact_of,
    told,
)  # fmt: skip
from tests.tracker.domain.telling import DOCUMENT, given, past, received, uid
from tracker.domain.base import Command, Event, Recorded
from tracker.domain.correcting import CorrectFact, CorroborateFact, RetractFact
from tracker.domain.correction import FactCorrected, FactCorroborated, Reason, ReasonCode
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import Conflict, Refused
from tracker.domain.fact import Fact
from tracker.domain.incident import IncidentMerged, IncidentReported
from tracker.domain.party import PartyNamed
from tracker.domain.policy import PolicyProposed
from tracker.domain.statement import StatementMade
from tracker.domain.values import Citation


def test_a_correction_holds_the_whole_fact_its_place_and_all_its_tags() -> None:
    said = corrected(change(effective_from="2024-07-02", policy=None, jurisdiction="PE"), change())

    assert (said.target, said.target_position) == (FACT, 1)
    assert said.fact_type == "policy-changed"
    assert said.reason == Reason("transcription", "typed wrong")
    fact = fact_of(said)
    assert (fact.policy, fact.effective_from, fact.jurisdiction) == (POLICY, "2024-07-02", "PE")
    # Whoever follows the rules of Ecuador sees that this is none of theirs any more.
    assert said.tags() == (f"target:{FACT}", f"policy:{POLICY}", "rule:EC", "rule:PE")


def test_what_an_earlier_correction_was_about_is_told_of_the_next_one() -> None:
    first = earlier(change(jurisdiction="PE"))

    second = corrected(change(jurisdiction="CO"), change(), first, seen=2)

    assert second.target == FACT
    assert set(second.same_tags) == {f"policy:{POLICY}", "rule:EC", "rule:PE", "rule:CO"}


def test_a_correction_is_settled_as_a_new_fact_would_be() -> None:
    said = StatementMade(speaker=uid(5), text="x", verbatim="paraphrase", first_hand="heard")
    linjian = PartyNamed(party=uid(5), kind="person", names=("Lin Jian",))
    better = msgspec.structs.replace(
        said, organisation="Foreign Ministry", citations=(OLD,), first_hand=None
    )

    named, made = told(
        lambda target: CorrectFact(target=target, replacement=better, reason=TYPING),
        said, linjian, *DOCUMENTS,
    )  # fmt: skip

    assert isinstance(named.event, PartyNamed)
    assert isinstance(made.event, FactCorrected)
    fact = made.event.fact
    assert fact["organisation"] == named.event.party
    assert (fact["citations"][0]["start"], fact["citations"][0]["end"]) == (0, 16)
    assert made.event.facets().documents == (DOCUMENT,)


WRONG: list[tuple[Fact, str, str]] = [
    (change(), "fact", "says the same as event 1"),
    (change(policy=uid(8)), "policy", f"a correction keeps {POLICY}"),
    (change(effective_from="soon"), "effective_from", "not a date"),
    (change(effective_to="2024-06"), "effective_to", "is before effective_from"),
    (change(first_hand=None), "citations", "at least one citation"),
    (change(replaces=(FACT,)), "replaces", "names the fact itself"),
    (
        PolicyProposed(jurisdiction="EC", kind="entry", policy=POLICY, first_hand="x"),
        "fact",
        "the target is a policy-changed, and a correction makes no policy-proposed of it",
    ),
]


@pytest.mark.parametrize(("fact", "field", "reason"), WRONG, ids=[f"{w[1]}-{w[2]}" for w in WRONG])
def test_what_makes_no_correction_is_refused_with_its_field(
    fact: Fact, field: str, reason: str
) -> None:
    with pytest.raises(Refused, match=reason) as refused:
        corrected(fact, change())

    assert refused.value.field == field


def commands(target: Recorded) -> list[Command]:
    return [
        CorrectFact(target=target, replacement=change(title="T"), reason=TYPING),
        RetractFact(target=target, reason=TYPING),
        CorroborateFact(
            target=target, source=FactCorroborated(target=str(target.id), first_hand="told")
        ),
    ]


@pytest.mark.parametrize("which", range(3))
@pytest.mark.parametrize(
    ("events", "refusal", "reason"),
    [
        ((received(),), Refused, "is a document-received and no fact"),
        ((earlier(change(title="T")),), Refused, f"name the original fact, {FACT}"),
        ((FactCorroborated(target=FACT, first_hand="x"),), Refused, f"original fact, {FACT}"),
        ((change(), RETRACTED), Conflict, f"{FACT} was retracted by event 2"),
        (
            (change(), PayloadErased(legal_basis="x", targets=(FACT,))),
            Conflict,
            "erased by event 2",
        ),
    ],
)
def test_only_a_fact_that_stands_is_corrected_withdrawn_or_borne_out(
    which: int, events: tuple[Event, ...], refusal: type[Refused | Conflict], reason: str
) -> None:
    with pytest.raises(refusal, match=reason) as refused:
        told(lambda target: commands(target)[which], *events)

    assert refused.value.field == "event"


@pytest.mark.parametrize("which", range(3))
def test_of_an_erased_fact_nothing_more_is_said(which: int) -> None:
    erased = msgspec.structs.replace(past(change())[0], event=None)

    with pytest.raises(Refused, match=f"what {FACT} said was erased"):
        commands(erased)[which].normal().decide([], given())


@pytest.mark.parametrize("which", range(2))
def test_a_correction_or_retraction_without_a_reason_is_refused(which: int) -> None:
    command: Any = commands(past(change())[0])[which]

    with pytest.raises(Refused, match="say why") as refused:
        msgspec.structs.replace(command, reason=Reason("other", " ")).normal()

    assert refused.value.field == "reason.text"


def test_nobody_overwrites_a_correction_that_they_have_not_read() -> None:
    log = (change(), earlier(change(title="First")))

    with pytest.raises(Conflict, match="event 1 was corrected by event 2; read that") as told_so:
        corrected(change(title="Second"), *log)
    assert told_so.value.field == "seen"
    assert fact_of(corrected(change(title="Second"), *log, seen=2)).title == "Second"
    with pytest.raises(Refused, match="says the same as event 2"):
        corrected(change(title="First"), *log, seen=2)


def test_what_depends_on_the_target_is_read_so_that_two_cannot_cross() -> None:
    for command in commands(past(change())[0]):
        tags = {tag for item in command.reads(()).items for tag in item.tags}
        assert f"target:{FACT}" in tags


@pytest.mark.parametrize(
    ("code", "before", "after", "since"),
    [
        # What was typed wrong was there to be read all the time.
        ("transcription", {"known_since": "2024-04-01"}, {"citations": (NEW,)}, "2024-04-01"),
        ("transcription", {}, {}, "2024-06-19T12:01:00.000000Z"),
        ("source-corrected", {}, {"citations": (NEW,)}, "2024-06-01T00:00:00.000000Z"),
        # The old document says nothing of when the source corrected itself.
        ("source-corrected", {}, {"citations": (OLD, NEW)}, "2024-06-01T00:00:00.000000Z"),
        ("source-corrected", {}, {"citations": (OLD,)}, None),
        ("source-corrected", {"known_since": "2024-05-01"}, {"known_since": "2024-05-01"}, None),
        ("source-corrected", {}, {"known_since": "2024-06-02"}, "2024-06-02"),
        ("transcription", {}, {"known_since": "2024-06-02"}, "2024-06-02"),
        ("other", {}, {"citations": (OLD,)}, "2024-05-01T00:00:00.000000Z"),
        ("other", {}, {"citations": ()}, None),
    ],
)
def test_from_when_a_reader_of_the_sources_could_know_it_so(
    code: ReasonCode, before: dict[str, Any], after: dict[str, Any], since: str | None
) -> None:
    cited = Citation(
        document=DOCUMENT, quote="Ecuador suspends", url="https://example.org/a", start=0, end=16,
        prefix="", suffix=" the agreement with China. “We a",
    )  # fmt: skip
    original = change(citations=(cited,), **before)
    replacement = change(title="New", **{"citations": original.citations, **after})

    said = corrected(replacement, original, *DOCUMENTS, reason=because(code))

    assert said.fact.get("known_since") == since


def test_a_typing_mistake_in_a_correction_was_known_since_that_correction() -> None:
    first = corrected(
        change(title="T", known_since="2024-06-02"), change(), reason=because("source-corrected")
    )

    second = corrected(change(title="U"), change(known_since="2024-04-01"), first, seen=2)

    assert second.fact["known_since"] == "2024-06-02"


def test_only_when_it_was_known_may_be_what_changes() -> None:
    said = corrected(change(known_since="2024-01-02"), change(known_since="2024-01-01"))

    assert said.fact["known_since"] == "2024-01-02"


def test_a_report_of_an_incident_merged_away_is_corrected_where_it_was_made() -> None:
    report = IncidentReported(incident=uid(8), incident_type="killing", first_hand="x")
    merged = IncidentMerged(incident=uid(8), into=uid(9), reason="the same")
    better = msgspec.structs.replace(report, incident=None, incident_type="attack")

    said = corrected(better, report, merged)

    assert (said.fact["incident"], said.fact["incident_type"]) == (uid(8), "attack")
