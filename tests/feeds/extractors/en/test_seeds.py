"""The three real reports that the acceptance table rests on, where they are at hand."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feeds.extract import drafts
from feeds.items import RawItem
from tests.feeds.extractors.en.paper import DOCUMENT

SEEDS = Path(__file__).resolve().parents[5] / "shared" / "seeds"
REPORTS = {
    "first": ("000_136930278b49fbde.txt", "2024-05-20", "Breitbart"),
    "second": ("002_5c9a720b596b922d.txt", "2024-05-21", "MENAFN"),
    "third": ("001_4ad7dcfca7d7f181.txt", "2024-06-19", "RFA English"),
}
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seeds are not beside this tree")


def facts(report: str, kind: str) -> list[dict[str, Any]]:
    """The facts of a kind that are read out of one of the reports."""
    name, day, publisher = REPORTS[report]
    item = RawItem(
        text=(SEEDS / name).read_text("utf-8"),
        publisher=publisher,
        published_at=datetime.fromisoformat(day).replace(tzinfo=UTC),
    )
    return [d.fact for d in drafts(item, DOCUMENT) if d.fact_type == kind]


def figures(report: str) -> set[tuple[Any, ...]]:
    """Metric, geography, comparator, value and period of the report's figures."""
    fields = ("metric", "geography", "comparator", "value", "period")
    return {tuple(f.get(n) for n in fields) for f in facts(report, "statistic-published")}


@pytest.mark.parametrize(("report", "day"), [("first", "2024-05-20"), ("second", "2024-05-21")])
def test_the_may_reports_observe_visa_free_entry(report: str, day: str) -> None:
    (state,) = facts(report, "policy-observed")
    assert (state["jurisdiction"], state["observed_on"]) == ("EC", day)
    assert state["rule"] == {"nationalities": ["CN"], "regime": "visa-free"}
    assert not facts(report, "policy-changed")


def test_the_june_report_has_the_suspension_and_the_beginning() -> None:
    suspended, since = facts("third", "policy-changed")
    assert (suspended["announced_on"], suspended["effective_from"]) == ("2024-06-18", "2024-07-01")
    assert suspended["rule"] == {"nationalities": ["CN"], "regime": "visa-free-suspended"}
    chain = [hop["agent"] for hop in suspended["citations"][0]["attribution"]]
    ministry = "Ecuador's Ministry of Foreign Affairs and Human Mobility"
    assert chain == ["RFA English", "RFA Cantonese", ministry]
    assert suspended["citations"][0]["attribution"][-1]["official"] is True
    assert (since["effective_from"], since["action"]) == ("2016-08", "introduced")
    assert not facts("third", "policy-observed")


def test_the_figures_are_read_with_their_bounds_and_periods() -> None:
    assert figures("first") == {
        ("border-entries", "EC", "~", "50000", "2023"),
        ("border-apprehensions", "US", "<~", "16000", "2023-10/2024-01"),
        ("transit-crossings", "PA", ">", "125000", "2024-01/2024-04-17"),
        ("transit-crossings", "PA", "=", "520000", "2023"),
    }
    assert figures("second") == {
        ("border-entries", "EC", "~", "50000", "2023"),
        ("asylum-applications", None, ">", "600000", "2012/2024-05~"),
    }
    assert figures("third") == {
        ("border-entries", "EC", "=", "66000", "2023-01/2024-06~"),
        ("border-exits", "EC", "=", "34000", "2023-01/2024-06~"),
        ("border-arrests", "US", ">", "37000", "2023"),
        ("border-arrests", "US", "=", "3282", "2024-04"),
    }


def test_the_statements_are_those_of_the_spokesman_and_the_ministry() -> None:
    said = facts("third", "statement-made")
    assert [s["speaker"].split()[0] for s in said] == ["Ecuador's"] * 4 + ["Lin"] * 4
    assert {s["said_on"] for s in said} == {"2024-06-18"}
    assert {s.get("role") for s in said} == {None, "foreign ministry spokesperson"}
    assert not facts("first", "statement-made")
    assert not facts("second", "statement-made")
