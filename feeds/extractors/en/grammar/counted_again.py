"""The people of a count met again: unnamed, or some of them."""

import re

import msgspec

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.numbers import Quantity
from feeds.extractors.en.grammar.tally import (
    SPOKEN_OF,
    SUMS_UP,
    TOGETHER,
    Side,
    Tally,
    counting,
    people_of,
    plain,
)
from feeds.extractors.en.grammar.tally_terms import Act

_HAVE = re.compile(
    r"\s+(?:more\s+|others\s+)?(?:(?:have|has|had|were|are)\s+)?(?:also\s+|been\s+|since\s+)*"
)
_OBJECT_ENDS = re.compile(r"\s*(?:[.,;)]|$|\s(?:in|last|the\s+year|a\s+year)\b)")


def elliptical(text: str, start: int, quantity: Quantity, whole: Tally | None) -> Tally | None:
    """The same people again, unnamed: "it took in 300; other countries admitted 900"."""
    if whole is None:
        return None
    if been := _HAVE.match(text, quantity.end):
        for act, pattern in counting().acts:
            # Of people spoken of before, only what is surely done by or to those.
            if whole.rule == SPOKEN_OF and not (act.scoped or act.happening):
                continue
            if match := pattern.match(text, been.end()):
                return _again(text, start, quantity, whole, act, match, "after")
    if not _OBJECT_ENDS.match(text, quantity.end):
        return None
    for act, pattern in counting().acts:
        for match in pattern.finditer(text, max(start, quantity.start - 30), quantity.start):
            if not text[match.end() : quantity.start].strip(" "):
                return _again(text, start, quantity, whole, act, match, "before")
    return None


def _again(
    text: str, start: int, quantity: Quantity, whole: Tally, act: Act, match: re.Match[str], side: Side
) -> Tally:  # fmt: skip
    head = text[max(start, match.start() - 40) : match.start()]
    return msgspec.structs.replace(
        whole, quantity=quantity, metric=act.metric, metric_at=match.span(), side=side,
        end=max(quantity.end, match.end()), rule="tally-elliptical", happening=act.happening,
        sums_up=SUMS_UP.search(head) is not None or TOGETHER.search(head) is not None,
    )  # fmt: skip


_TO_WHOM = re.compile(r"\s+(?:to|from|for)(?=\s)")
_AMONG = re.compile(r"\b(?:including|among\s+them|of\s+whom|of\s+which)\s+(?:were\s+)?$")


def among(text: str, quantity: Quantity, whole: Tally | None) -> Tally | None:
    """A part of those just counted: "…, including 300 children", "…, of whom 300 were Cubans"."""
    if whole is None:
        return None
    if were := _WERE.match(text, quantity.end):
        who = next(iter(places.places(text, were.end(), were.end() + 40)), None)
        if who is None or who.start != were.end():
            return None
        at = (who.start, who.end)
        return msgspec.structs.replace(
            whole, quantity=quantity, term=text[who.start : who.end], term_at=at, end=who.end,
            rule="tally-among", counterpart=who,
        )  # fmt: skip
    if not _AMONG.search(text, whole.end, quantity.start):
        return None
    to = _TO_WHOM.match(text, quantity.end)
    match = counting().neutral.match(text, to.end() if to else quantity.end)
    if match is None:
        return None
    at = match.span("term")
    return msgspec.structs.replace(
        whole, quantity=quantity, term=plain(match["term"]), term_at=at, end=match.end(),
        rule="tally-among", counterpart=people_of(text, at) or whole.counterpart,
    )  # fmt: skip


_WERE = re.compile(r"\s+(?:(?:were|are|came|come|being)\s+)(?:from\s+)?(?:the\s+)?(?=[A-Z])")
