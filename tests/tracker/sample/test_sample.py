"""The sample's reports read by the ordinary extractors, and the decisions on the drafts."""

from typing import Any
from xml.etree import ElementTree

import pytest

from feeds.extract import drafts
from feeds.parse import parse_bytes
from tracker.domain.catalog import fact_from
from tracker.domain.draft import DraftProposed
from tracker.domain.values import checked
from tracker.sample import DECISIONS, REPORTS, Decision, Report, feed_xml

DOCUMENT = "018f5c6e-0000-7000-8000-000000000002"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


ITEMS = {item.guid: item for item in parse_bytes(feed_xml("http://127.0.0.1:8017")).items}


def found_in(report: Report) -> list[DraftProposed]:
    """The drafts of one report, as it comes out of the feed."""
    return drafts(ITEMS[report.guid], DOCUMENT)


def fitting(decision: Decision) -> list[dict[str, Any]]:
    """The facts of the drafts that a decision fits, as they would be accepted."""
    report = next(r for r in REPORTS if r.guid == decision.guid)
    return [
        decision.edited(draft.fact)
        for draft in found_in(report)
        if decision.fits(report.guid, draft.fact_type, draft.fact)
    ]


def accepted(kind: str) -> list[dict[str, Any]]:
    """The facts of a kind that the sample's user records, in the order of the decisions."""
    return [fact for d in DECISIONS if d.fact_type == kind for fact in fitting(d)]


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda d: d.quote[:24])
def test_every_decision_finds_exactly_one_draft_and_gives_a_fact(decision: Decision) -> None:
    (fact,) = fitting(decision)
    checked(fact_from(decision.fact_type, fact))


def test_both_may_reports_observe_visa_free_entry() -> None:
    states = accepted("policy-observed")
    assert [s["observed_on"] for s in states] == ["2024-05-20", "2024-05-21"]
    for state in states:
        assert state["jurisdiction"] == "EC"
        assert state["rule"] == {"nationalities": ["CN"], "regime": "visa-free"}


def test_the_june_report_gives_the_suspension_with_its_chain_and_the_beginning() -> None:
    suspended, since = accepted("policy-changed")
    assert (suspended["announced_on"], suspended["effective_from"]) == ("2024-06-18", "2024-07-01")
    assert suspended["rule"] == {"nationalities": ["CN"], "regime": "visa-free-suspended"}
    ministry = "Ecuador's Ministry of Foreign Affairs and Human Mobility"
    for citation in suspended["citations"]:
        hops = citation["attribution"]
        assert [h["agent"] for h in hops] == [
            "Sample Wire", "Sample Wire's Cantonese-language service", ministry
        ]  # fmt: skip
        assert hops[-1]["official"] is True
    assert (since["effective_from"], since["rule"]["regime"]) == ("2016-08", "visa-free")
    assert "announced_on" not in since
    assert "Lin Jian" in [h["agent"] for h in since["citations"][0]["attribution"]]


def test_the_statements_were_all_made_on_the_eighteenth_of_june() -> None:
    said = accepted("statement-made")
    assert {s["said_on"] for s in said} == {"2024-06-18"}
    assert [s["speaker"].split()[0] for s in said] == ["Ecuador's", "Ecuador's", "Lin", "Lin"]


def test_the_figures_are_those_of_the_real_reports() -> None:
    fields = ("metric", "geography", "comparator", "value", "period")
    assert [tuple(f[name] for name in fields) for f in accepted("statistic-published")] == [
        ("border-entries", "EC", "~", "50000", "2023"),
        ("transit-crossings", "PA", ">", "125000", "2024-01/2024-04-17"),
        ("border-apprehensions", "US", "<~", "16000", "2023-10/2024-01"),
        ("border-entries", "EC", "~", "50000", "2023"),
        ("border-entries", "EC", "=", "66000", "2023-01/2024-06~"),
        ("border-exits", "EC", "=", "34000", "2023-01/2024-06~"),
        ("border-arrests", "US", ">", "37000", "2023"),
        ("border-arrests", "US", "=", "3282", "2024-04"),
    ]


def test_two_reports_of_one_figure_rest_on_one_origin() -> None:
    twice = [f for f in accepted("statistic-published") if f["value"] == "50000"]
    last = [f["citations"][0]["attribution"][-1] for f in twice]
    assert [(hop["agent"], hop["basis"]) for hop in last] == [
        ("Infobae", "stated"), ("Infobae", "inferred")
    ]  # fmt: skip


def test_some_drafts_are_left_for_the_visitor_to_decide() -> None:
    waiting = [
        draft
        for report in REPORTS
        for draft in found_in(report)
        if not any(d.fits(report.guid, draft.fact_type, draft.fact) for d in DECISIONS)
    ]
    assert len(waiting) == 3


def test_the_feed_is_well_formed_and_holds_the_whole_reports() -> None:
    channel = ElementTree.fromstring(feed_xml("http://127.0.0.1:8017/sample/"))[0]
    items = channel.findall("item")
    assert [i.findtext("guid") for i in items] == [r.guid for r in reversed(REPORTS)]
    assert items[0].findtext("pubDate") == "Wed, 19 Jun 2024 15:50:00 +0000"
    assert items[0].findtext(CONTENT) == REPORTS[-1].body
    link = "http://127.0.0.1:8017/sample/reports/2024-06-19-suspension.html"
    assert items[0].findtext("link") == link
