"""Recording facts: citations located, dates and references checked, parties named."""

from typing import Any

import pytest

from tests.tracker.domain.telling import DOCUMENT, SHA, TEXT, decided, received, uid
from tracker.domain.base import Event
from tracker.domain.catalog import fact_from
from tracker.domain.document import DocumentRevised
from tracker.domain.errors import NotFound, Refused
from tracker.domain.fact import Fact, RecordFact
from tracker.domain.party import PartyNamed
from tracker.domain.policy import EntryRule, PolicyChanged, PolicyProposed, PolicyRejected
from tracker.domain.statement import StatementMade
from tracker.domain.statistic import StatisticPublished
from tracker.domain.values import Citation, Hop


def citing(quote: str = "Ecuador suspends", **more: Any) -> Citation:
    fields: dict[str, Any] = {"document": DOCUMENT, "quote": quote, **more}
    return Citation(**fields)


def change(**more: Any) -> PolicyChanged:
    fields: dict[str, Any] = {
        "jurisdiction": "EC",
        "kind": "entry",
        "action": "suspended",
        "effective_basis": "stated",
        "effective_from": "2024-07-01",
        "citations": (citing(),),
    }
    return PolicyChanged(**{**fields, **more})


def figure(**more: Any) -> StatisticPublished:
    fields: dict[str, Any] = {
        "metric": "border-entries",
        "comparator": "~",
        "value": "50000",
        "citations": (citing(),),
    }
    return StatisticPublished(**{**fields, **more})


def recorded(fact: Fact, *events: Event) -> Fact:
    last = decided(RecordFact(fact=fact), received(), *events)[-1]
    assert isinstance(last, Fact)
    return last


def test_a_quote_without_offsets_is_located_in_its_context() -> None:
    [cited] = recorded(change(citations=(citing("the agreement"),))).citations

    assert (cited.start, cited.end, cited.url) == (17, 30, "https://example.org/a")
    assert (cited.prefix, cited.suffix) == (
        "Ecuador suspends ",
        " with China. “We act,” said Somm",
    )


def test_offsets_choose_among_several_places() -> None:
    [cited] = recorded(change(citations=(citing("Ecuador", start=70),))).citations

    assert (cited.start, cited.end) == (70, 77)


def test_a_quote_may_stand_in_an_older_version_of_its_document() -> None:
    revised = DocumentRevised(
        document=DOCUMENT, raw_sha256="c" * 64, text_sha256="d" * 64, diff="substantive"
    )
    command = RecordFact(fact=change())

    last = decided(command, received(), revised, texts={SHA: "Ecuador suspends", "d" * 64: "x"})[-1]

    assert isinstance(last, PolicyChanged)
    assert last.citations[0].start == 0


RULE = EntryRule(nationalities=("CN",), regime="visa-required")
WRONG: list[tuple[Fact, str, str]] = [
    (change(citations=(citing("Peru"),)), "citations[0].quote", "'Peru' is not in document"),
    (change(citations=(citing(start=3),)), "citations[0].quote", "at offset 3"),
    (change(citations=(citing(start=-83),)), "citations[0].quote", "at offset -83"),
    (change(citations=(citing(start=0, end=3),)), "citations[0].quote", "is not in document"),
    (change(citations=(citing(""),)), "citations[0].quote", "is empty"),
    (change(citations=(citing(), citing(document="x"))), "citations[1].document", "not an id"),
    (change(citations=()), "citations", "at least one citation"),
    (change(citations=(), first_hand=" "), "citations", "at least one citation"),
    (change(jurisdiction="XX"), "jurisdiction", "'XX' is not a country code"),
    (change(effective_from="2024-02-30"), "effective_from", "not a date that exists"),
    (change(effective_to="2024-06"), "effective_to", "is before effective_from 2024-07-01"),
    (change(announced_on="2024/2023"), "announced_on", "ends before it begins"),
    (change(effective_from=None), "effective_from", "missing although effective_basis is stated"),
    (change(effective_basis="unknown"), "effective_basis", "although effective_from is given"),
    (change(effective_basis="immediate"), "announced_on", "missing although effective_basis"),
    (change(kind="exit", rule=RULE), "rule", "only a policy of kind entry"),
    (change(rule=EntryRule(nationalities=(), regime="eta")), "rule.nationalities", "at least one"),
    (
        change(rule=EntryRule(nationalities=("CN", "Atlantis"), regime="eta")),
        "rule.nationalities[1]",
        "neither a country code nor a known group",
    ),
    (
        change(rule=EntryRule(nationalities=("*",), regime="visa-free", max_stay_days=0)),
        "rule.max_stay_days",
        "above zero",
    ),
    (
        change(rule=EntryRule(nationalities=("*",), regime="visa-free", max_stay_days=2**53)),
        "rule.max_stay_days",
        "too large",
    ),
    (change(direction="looser"), "override_reason", "say why direction or severity is not what"),
    (change(severity=5, override_reason=" "), "override_reason", "say why"),
    (figure(metric="unicorns"), "metric", "not in the catalogue"),
    (figure(value="1e3"), "value", "not a plain decimal number"),
    (figure(value=None), "value", "give a value"),
    (figure(comparator="range", lower="5"), "lower", "needs lower and upper"),
    (figure(comparator="range", lower="5", upper="4.9"), "upper", "4.9 is below lower 5"),
    (figure(period="2023-13"), "period", "not a date that exists"),
    (figure(published_on="yesterday"), "published_on", "not a day that exists"),
    (change(known_since="2024-06-18T10:00"), "known_since", "no time zone"),
    (change(note="a\0b"), "note", "NUL"),
]


@pytest.mark.parametrize(("fact", "field", "reason"), WRONG, ids=[f"{w[1]}-{w[2]}" for w in WRONG])
def test_what_is_wrong_is_refused_with_its_field_and_reason(
    fact: Fact, field: str, reason: str
) -> None:
    with pytest.raises(Refused) as refused:
        recorded(fact)

    assert refused.value.field == field
    assert refused.value.message.startswith(f"{field}: ")
    assert reason in refused.value.message


UNKNOWN: list[tuple[Fact, str]] = [
    (change(citations=(citing(document=uid(9)),)), "citations[0].document"),
    (change(policy=uid(9)), "policy"),
    (change(replaces=(uid(9),)), "replaces[0]"),
    # 1001 is in the log and is a document.
    (change(replaces=(uid(1001),)), "replaces[0]"),
    (figure(revises=uid(1001)), "revises"),
    (figure(publisher=uid(9)), "publisher"),
]


@pytest.mark.parametrize(("fact", "field"), UNKNOWN)
def test_what_is_not_in_the_log_cannot_be_named(fact: Fact, field: str) -> None:
    with pytest.raises(NotFound, match=r"^.* is in the log$") as missing:
        recorded(fact)

    assert missing.value.field == field


def test_a_rejection_names_the_proposal_that_failed() -> None:
    proposal = PolicyProposed(jurisdiction="EC", kind="exit", policy=uid(7), first_hand="x")
    rejection = PolicyRejected(
        jurisdiction="EC", kind="exit", policy=uid(7), replaces=(uid(1002),), first_hand="x"
    )

    assert recorded(rejection, proposal) == rejection


def test_a_new_policy_gets_an_id_and_a_known_one_keeps_its_own() -> None:
    first = recorded(change(first_hand="told"))
    assert isinstance(first, PolicyChanged)

    assert first.policy == uid(1)
    second = recorded(change(policy=first.policy, action="amended"), first)
    assert isinstance(second, PolicyChanged)
    assert second.policy == first.policy


def test_a_revision_names_a_figure() -> None:
    assert recorded(figure(revises=uid(1002)), figure()).type == "statistic-published"


@pytest.mark.parametrize(
    ("published_at", "known_since"),
    [
        ("2024-06-18T12:00:00+02:00", "2024-06-18T10:00:00.000000Z"),
        ("2024-06-17", "2024-06-17T23:59:59.999999Z"),
        # Nobody published it after it was captured (12:01 on the 19th).
        ("2024-06-19", "2024-06-19T12:01:00.000000Z"),
        ("2031-01-01", "2024-06-19T12:01:00.000000Z"),
        (None, None),
    ],
)
def test_a_fact_is_known_since_the_earliest_publication_of_what_it_cites(
    published_at: str | None, known_since: str | None
) -> None:
    events = [received(published_at=published_at), received(document=uid(8))]
    fact = change(citations=(citing(), citing(document=uid(8))))

    last = decided(RecordFact(fact=fact), *events)[-1]

    assert isinstance(last, PolicyChanged)
    assert last.known_since == known_since


def test_a_quote_that_only_a_revision_has_is_known_since_its_capture() -> None:
    revision = DocumentRevised(
        document=DOCUMENT, raw_sha256="b" * 64, text_sha256="c" * 64, diff="substantive"
    )
    events = [received(published_at="2024-06-01"), revision]
    texts = {SHA: TEXT, "c" * 64: f"{TEXT} And from July on."}

    def known_since(quote: str) -> str | None:
        [fact] = decided(RecordFact(fact=change(citations=(citing(quote),))), *events, texts=texts)
        return fact.known_since if isinstance(fact, PolicyChanged) else None

    assert known_since("Ecuador suspends") == "2024-06-01T23:59:59.999999Z"
    assert known_since("And from July on.") == "2024-06-19T12:02:00.000000Z"


def test_a_date_given_for_when_it_was_known_stands() -> None:
    fact = recorded(change(known_since="20240101"))

    assert fact.known_since == "2024-01-01"


def test_names_become_parties_and_known_names_and_ids_the_same_party() -> None:
    known = PartyNamed(party=uid(7), kind="person", names=("Lin Jian", "林剑"))
    said = StatementMade(
        speaker="LIN  jian ",
        organisation="Foreign Ministry",
        on_behalf_of="foreign ministry",
        text="x",
        verbatim="paraphrase",
        first_hand="heard",
    )

    named, fact = decided(RecordFact(fact=said), known)

    assert isinstance(named, PartyNamed)
    assert isinstance(fact, StatementMade)
    assert (named.kind, named.names) == ("organisation", ("Foreign Ministry",))
    assert (fact.speaker, fact.organisation, fact.on_behalf_of) == (uid(7), uid(1), uid(1))
    by_id = StatementMade(
        speaker=uid(0xABC).upper(), text="x", verbatim="verbatim", first_hand="heard"
    )
    other = PartyNamed(party=uid(0xABC), kind="person", names=("B",))
    [same] = decided(RecordFact(fact=by_id), other)
    assert isinstance(same, StatementMade)
    assert same.speaker == uid(0xABC)


def test_the_chain_of_an_attribution_is_checked_too() -> None:
    hop = Hop(agent="AFP", relation="quotes", basis="stated", work_date="last week")

    with pytest.raises(Refused) as refused:
        recorded(change(citations=(citing(attribution=(hop,)),)))

    assert refused.value.field == "citations[0].attribution[0].work_date"


@pytest.mark.parametrize(
    ("fields", "headline"),
    [
        ({"value": "66000"}, "Entries in Ecuador, 2023: 66,000"),
        (
            {"value": "50000", "comparator": "~", "counterpart": "CN"},
            "Entries in Ecuador, nationals of China, 2023: about 50,000",
        ),
        (
            {"value": "3.5", "counterpart": "CN", "population_term": "Chinese citizens"},
            "Entries in Ecuador, Chinese citizens, 2023: 3.5",
        ),
        (
            {"comparator": "range", "lower": "45000", "upper": "55000.5"},
            "Entries in Ecuador, 2023: 45,000 to 55,000.5",
        ),
        ({"value": "1200000", "comparator": "<~"}, "Entries in Ecuador, 2023: nearly 1,200,000"),
        ({"comparator": ">=", "cue": "dozens"}, "Entries in Ecuador, 2023: at least dozens"),
        ({"value": "many"}, "Entries in Ecuador, 2023: many"),
    ],
)
def test_the_headline_of_a_figure_reads_as_a_sentence_of_its_source(
    fields: dict[str, str], headline: str
) -> None:
    body = {"metric": "border-entries", "comparator": "=", "geography": "EC", "period": "2023"}
    assert fact_from("statistic", body | fields).headline(str) == headline
