"""`python tests/bench/extraction.py DOCS_DIR`: what the extractors find, in the schema of a corpus.

DOCS_DIR holds one JSON object a file: id, url, title, published (a day), text, source. One line
`{"id", "events"}` a document goes to standard output. Nothing else knows this schema.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    # Run as a file, Python looks beside it first, where other modules have the names of packages.
    sys.path[0] = str(Path(__file__).parents[2])

import msgspec

from feeds.extract import drafts
from feeds.extractors.en.grammar.places import places
from feeds.items import RawItem, compose
from tests.bench.corpus_terms import (
    ACTIONS,
    COMPARATORS,
    COUNTED,
    ENDED,
    HALTED,
    INCIDENTS,
    MEASURES,
    TARGETED,
    TITLES,
    UNCOUNTED,
)
from tracker.domain import edtf
from tracker.domain.draft import DraftProposed
from tracker.domain.groups import LEGISLATORS

_DOCUMENT = "01a1ffcc-4f46-7c5c-9b71-7b90fa44b481"
Row = dict[str, Any]


class Paper(msgspec.Struct, frozen=True):
    """A document of the corpus."""

    id: str
    text: str
    title: str | None = None
    url: str | None = None
    published: str | None = None


def item_of(paper: Paper) -> RawItem:
    """The document as a feed would bring it."""
    text, body_start = compose(paper.title, paper.text)
    at = datetime.fromisoformat(paper.published).replace(tzinfo=UTC) if paper.published else None
    return RawItem(
        text=text, body_start=body_start, title=paper.title, url=paper.url, published_at=at
    )


def events(paper: Paper) -> list[Row]:
    """The drafts of a document as events of the corpus; what rests on the title alone is left."""
    item = item_of(paper)
    found = [
        (d, row) for d in drafts(item, _DOCUMENT)
        if (row := _KINDS[d.fact_type](d, item)) is not None
    ]  # fmt: skip
    # The corpus counts all that a speaker, or an unnamed one of a body, says in a document as one
    # statement: the longest of the quotations that name their speaker is given, if there is one.
    said: dict[str, tuple[tuple[bool, int], Row]] = {}
    for draft, row in found:
        if row["kind"] == "statement":
            weight = (draft.rule in ("quotation", "press-release"), len(row["quote_or_gist"]))
            named = "on_behalf_of" in draft.fact or not row["organisation"]
            who = row["speaker" if named else "organisation"]
            said[who] = max(said.get(who, (weight, row)), (weight, row), key=lambda one: one[0])
    others = [row for _, row in found if row["kind"] != "statement"]
    return others + [row for _, row in said.values()]


def _policy(draft: DraftProposed, item: RawItem) -> Row | None:
    fact, rule = draft.fact, _part(draft.fact, "rule")
    if draft.fact_type == "policy-observed":
        return None
    action, title = fact.get("action", "introduced"), fact.get("title", "")
    home = fact["jurisdiction"]
    where, whom = home, list(rule.get("nationalities") or ["*"])
    if fact["kind"] == "exit":
        # What bars a state's own people from a country is filed under the country barred.
        where, whom = next((p.code for p in places(title, 0, len(title))), home), [home]
    elif home in LEGISLATORS:
        whom = [p.code for p in places(title, 0, len(title))] or ["*"]
    counted = COUNTED.search(title)
    return _quoted(draft, item, "evidence", {
        "kind": "policy_change",
        # Schengen's acts are the Union's there.
        "destination": ["EU" if where in LEGISLATORS else where],
        "nationalities": UNCOUNTED.sub("", counted[0]) if counted else whom,
        "measure": _measure(fact["kind"], action, title, rule),
        "change": "proposed" if draft.fact_type == "policy-proposed" else ACTIONS[action],
        "announced_on": fact.get("announced_on"),
        "effective_from": fact.get("effective_from"),
        "effective_to": fact.get("effective_to"),
        "max_stay_days": rule.get("max_stay_days"),
    })  # fmt: skip


def _measure(kind: str, action: str, title: str, rule: Row) -> str:
    """The instrument: what a rule was before it was repealed, or what happened to its granting."""
    regime = rule.get("regime") or TITLES.get(title.partition(":")[0])
    if "fee" in title:
        return "fee"
    if action == "repealed" and regime in ENDED:
        return ENDED[regime]
    targeted = regime == "entry-ban" and TARGETED.search(rule.get("category", ""))
    if regime in MEASURES and not targeted:
        return MEASURES[regime]
    return HALTED.get(action, "other") if kind == "entry" else "other"


def _statement(draft: DraftProposed, item: RawItem) -> Row | None:
    fact = draft.fact
    names = ("speaker", "role", "organisation", "country", "said_on")
    row = {"kind": "statement", **{name: fact.get(name) for name in names}}
    return _quoted(draft, item, "quote_or_gist", row)


def _statistic(draft: DraftProposed, item: RawItem) -> Row | None:
    fact = draft.fact
    value: Any = _number(fact.get("value"))
    if fact["comparator"] == "range":
        value = [_number(fact["lower"]), _number(fact["upper"])]
    return _quoted(draft, item, "evidence", {
        "kind": "statistic",
        "measure": fact["metric"],
        "value": value,
        "qualifier": COMPARATORS[fact["comparator"]],
        "unit": fact.get("unit"),
        "place": [fact["geography"]] if fact.get("geography") else [],
        "population": fact.get("counterpart") or fact.get("population_term"),
        "period": _interval(fact.get("period"), item),
        "publisher": fact.get("publisher"),
    })  # fmt: skip


def _interval(period: str | None, item: RawItem) -> str | None:
    """The days that an EDTF period covers; what is open or about ends with the publication."""
    if period is None:
        return None
    bounds = edtf.bounds(period)
    upper = bounds.upper
    if item.published_at and ("~" in period or upper is None or upper > item.published_at.date()):
        upper = item.published_at.date()
    return f"{bounds.lower}/{upper}" if bounds.lower and upper else None


def _incident(draft: DraftProposed, item: RawItem) -> Row | None:
    fact, place = draft.fact, _part(draft.fact, "place")
    kind = INCIDENTS.get(fact["incident_type"], "other")
    if kind in ("deaths", "other"):
        # The corpus calls every death one, of whatever cause, and an accident without any other.
        kind = "deaths" if "killed" in fact or draft.rule in _DEATHS else "other"
    return _quoted(draft, item, "evidence", {
        "kind": "incident",
        "type": kind,
        "place": place.get("name"),
        "country": place.get("country"),
        "date": fact.get("occurred"),
        **{name: _best(_part(fact, name)) for name in ("killed", "injured", "affected")},
    })  # fmt: skip


_DEATHS = ("loss-of-life", "deaths-of", "found-dead", "migrants-die", "migrants-killed")


def _part(fact: Row, name: str) -> Row:
    return fact.get(name) or {}


def _best(count: Row) -> int | None:
    return next((count[name] for name in ("best", "low", "high") if name in count), None)


def _number(text: str | None) -> int | float | None:
    if text is None:
        return None
    return float(text) if "." in text else int(text)


def _quoted(draft: DraftProposed, item: RawItem, name: str, row: Row) -> Row | None:
    """The row with the first quotation that stands in the text itself."""
    for citation in draft.fact["citations"]:
        if citation["start"] >= item.body_start:
            return {**row, name: citation["quote"]}
    return None


_KINDS: dict[str, Callable[[DraftProposed, RawItem], Row | None]] = {
    "policy-changed": _policy,
    "policy-proposed": _policy,
    "policy-observed": _policy,
    "statement-made": _statement,
    "statistic-published": _statistic,
    "incident-reported": _incident,
}


def main() -> None:
    """Read every document of the folder given."""
    for path in sorted(Path(sys.argv[1]).glob("*.json")):
        paper = msgspec.json.decode(path.read_bytes(), type=Paper)
        line = {"id": paper.id, "events": events(paper)}
        sys.stdout.write(msgspec.json.encode(line).decode() + "\n")


if __name__ == "__main__":
    main()
