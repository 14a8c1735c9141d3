"""Texts of our own with the facts that they hold: half of them hold none, and look as if."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from feeds.extract import drafts
from feeds.items import RawItem, compose

FOLDER = Path(__file__).parents[1] / "data" / "corpus"
DOCUMENT = "01a1ffcc-4f46-7c5c-9b71-7b90fa44b482"
Fact = dict[str, Any]


class Text(msgspec.Struct, frozen=True):
    """A short text; each fact names its type first, then the field by which it is known.

    `optional` are kinds of facts that one may find in it as well.
    """

    title: str
    published: str
    text: str
    facts: list[Fact]
    optional: tuple[str, ...] = ()

    @property
    def item(self) -> RawItem:
        """The text as a feed would bring it."""
        whole, start = compose(self.title, self.text)
        day = datetime.fromisoformat(f"{self.published}T12:00:00+00:00")
        return RawItem(text=whole, body_start=start, title=self.title, published_at=day)


class Tally(msgspec.Struct):
    """What was found of one kind of fact."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    fields_right: int = 0
    fields: int = 0

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """The share of what there is that was found."""
        return self.right / max(1, self.right + self.missed)


def texts() -> Iterator[Text]:
    """Every text of the corpus."""
    for path in sorted(FOLDER.glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            yield msgspec.json.decode(line, type=Text)


def tallies(of: Iterable[Text]) -> dict[str, Tally]:
    """How the extractors do on texts, by kind of fact."""
    counted: dict[str, Tally] = {}
    for text in of:
        _compare(counted, text, _found(text))
    return counted


def _found(text: Text) -> list[Fact]:
    found = [(draft.fact_type, draft.fact) for draft in drafts(text.item, DOCUMENT)]
    return [{"type": kind, **fact} for kind, fact in found]


def _compare(counted: dict[str, Tally], text: Text, found: list[Fact]) -> None:
    left = list(found)
    for want in text.facts:
        tally = counted.setdefault(want["type"], Tally())
        key, *fields = [name for name in want if name != "type"]
        like = [f for f in left if f["type"] == want["type"] and _has(f, key, want[key])]
        if not like:
            tally.missed += 1
            continue
        best = max(like, key=lambda f: sum(_has(f, name, want[name]) for name in fields))
        left.remove(best)
        tally.right += 1
        tally.fields += len(fields)
        tally.fields_right += sum(_has(best, name, want[name]) for name in fields)
    for fact in left:
        if fact["type"] not in text.optional:
            counted.setdefault(fact["type"], Tally()).wrong += 1


def _has(fact: Fact, name: str, value: object) -> bool:
    outer, _, inner = name.partition(".")
    given = fact.get(outer)
    return (given.get(inner) if inner and given else given) == value
