"""The exact place of a quote in a text, from what was marked or from what was typed of it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tracker.domain.errors import Refused
from tracker.domain.values import Citation, Hop

_LONGEST = 10_000
_MOST = 1000


def quoted(text: str, sent: Mapping[str, str]) -> tuple[int, int]:
    """Where the text has the quote of a form; Refused where it does not, or not only there."""
    quote = sent.get("quote", "").replace("\r\n", "\n").strip()
    if not quote:
        raise Refused("quote: mark or type the words that say it", field="quote")
    if len(quote) > _LONGEST:
        raise Refused(f"quote: has over {_LONGEST} characters; quote less", field="quote")
    places = _places(text, quote)
    if not places:
        raise Refused("quote: the document does not say this; copy its exact words", field="quote")
    start, end = _number(sent, "start"), _number(sent, "end")
    if start is not None and end is not None and (start, end) in places:
        return start, end
    if len(places) == 1:
        return places[0]
    which = _number(sent, "which")
    if which is None or not 1 <= which <= len(places):
        raise Refused(
            f"which: the document says this {len(places)} times; give the number of the one"
            f" that is meant, from 1 to {len(places)}, or quote more",
            field="which",
        )
    return places[which - 1]


def _places(text: str, quote: str) -> Sequence[tuple[int, int]]:
    """Every place of the words; spaces and line ends between them are as good as each other."""
    words = re.compile(r"\s+".join(map(re.escape, quote.split())))
    # A place may begin within another one: "ana" is in "banana" twice.
    found: list[tuple[int, int]] = []
    at = 0
    while len(found) < _MOST and (match := words.search(text, at)):
        found.append(match.span())
        at = match.start() + 1
    return found


def _number(sent: Mapping[str, str], name: str) -> int | None:
    typed = sent.get(name, "").strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise Refused(f"{name}: {typed[:80]!r} is not a whole number", field=name)
    return int(typed)


def cited(document: str, text: str, sent: Mapping[str, str]) -> Citation:
    """The citation of a form: the quote in its place, and who is quoted if somebody is."""
    start, end = quoted(text, sent)
    return Citation(
        document=document, quote=text[start:end], start=start, end=end, attribution=_hops(sent)
    )


def _hops(sent: Mapping[str, str]) -> tuple[Hop, ...]:
    agent = sent.get("agent", "").strip()
    if not agent:
        return ()
    relation: Any = sent.get("relation") or "quotes"
    if relation not in ("published", "quotes", "cites", "translates", "summarises"):
        raise Refused(f"relation: {relation[:80]!r} is none of an origin", field="relation")
    official = sent.get("official") == "yes"
    return (Hop(agent=agent, relation=relation, basis="stated", official=official),)


def rating(sent: Mapping[str, str]) -> dict[str, Any]:
    """Reliability and credibility as far as they were chosen."""
    found: dict[str, Any] = {}
    if letter := sent.get("reliability"):
        found["reliability"] = letter
    if (number := _number(sent, "credibility")) is not None:
        found["credibility"] = number
    return found
