"""A report made of a few sentences, and the facts that are read out of it."""

from datetime import UTC, datetime
from typing import Any

from feeds.extract import drafts
from feeds.items import RawItem, compose
from tracker.domain.draft import DraftProposed

DOCUMENT = "018f5c6e-0000-7000-8000-000000000001"


def report(body: str, *, title: str = "A quiet day", published: str = "2024-06-19") -> RawItem:
    """An item published on a day (Wednesday, June 19, 2024, if none is given)."""
    text, start = compose(title, body)
    return RawItem(
        text=text,
        body_start=start,
        title=title,
        publisher="Sample Wire",
        published_at=datetime.fromisoformat(published).replace(tzinfo=UTC),
    )


def proposed(body: str, kind: str = "", **given: str) -> list[DraftProposed]:
    """The drafts of a report, all or those of one kind of fact."""
    return [d for d in drafts(report(body, **given), DOCUMENT) if d.fact_type.startswith(kind)]


def fact(body: str, kind: str, **given: str) -> dict[str, Any]:
    """The one fact of a kind that a report yields."""
    found = proposed(body, kind, **given)
    assert len(found) == 1, [f"{d.fact_type} {d.rule}" for d in found]
    return found[0].fact


def origins(fact: dict[str, Any]) -> list[str]:
    """The last agent of each citation's chain."""
    return [citation["attribution"][-1]["agent"] for citation in fact["citations"]]
