"""The country that a figure is of: where those counted are, whither they came, or who counts them."""

import re

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.reading import At, Line, Reading
from feeds.extractors.en.grammar.sites import Spot, spots
from feeds.extractors.en.grammar.sources import Source
from feeds.extractors.en.grammar.tally import Tally, clause_end
from tracker.domain.countries import COUNTRIES

_PLACED = re.compile(
    r"\b(?:by|in|into|to|at|across|inside|within|through|on|via|reach(?:ed|ing)?|enter(?:ed|ing)?|off|near"
    r"|left|leaving|visit(?:ed|ing)?)\s+(?:the\s+)?(?:[a-z]+(?:ern)?\s+)?"
    r"(?:(?:border|frontier|coast|island|city|town)s?\s+(?:of|with|between|in)\s+(?:the\s+)?)?$"
)
_FROM = re.compile(r"\bfrom\s+(?:the\s+)?$")
_AWAY = re.compile(r"\b(?:from|fled|flee|fleeing|escap(?:ed|ing)|out\s+of)\s+(?:the\s+)?$")
_OWN = re.compile(
    r"\b(?:fled|flee|fleeing|left|leave)\s+(?:the|their)\s+(?:home\s+|own\s+)?(?:country|homeland|homes?)\b"
)
_LEAVES = frozenset({"removals", "border-exits", "displaced-persons", "evacuations"})
"""Where people went away from is the place of these counts."""
_OTHERS = re.compile(
    r"\b(?:other|all|several|many)\s+(?:countries|states|nations)\b|\belsewhere\b|\brest\s+of\s+the\s+world\b"
    r"|\bworldwide\b|\bacross\s+(?:international\s+)?borders\b|\baround\s+the\s+world\b|\bglobally\b"
)
_UNIONS = re.compile(
    r"\b(?:in|into|to|reach\w*|across|enter\w*)\s+(?:the\s+)?(?:(?:western|eastern|mainland|northern)\s+)?"
    r"(?:Europe|EU|European\s+Union|(?:Middle\s+East)|Africa|Asia|Latin\s+America)\b(?!['’])"
)
_IT = re.compile(
    r"\b(?:[Ii]t|(?:[Tt]he|[Tt]hat)\s+(?:\w+\s+)?(?:country|nation|island|kingdom))\b(?!['’])"
)


def whereabouts(
    reading: Reading, line: Line, counted: Tally, source: Source | None, low: int
) -> tuple[str, At] | None:
    """The country of a figure with the words that name it; `low` is where its clause begins."""
    text = reading.text
    number, stop = counted.quantity, clause_end(text, counted.quantity.end, line.at.end)
    if _OTHERS.search(text, low, stop) or _UNIONS.search(text, number.end, stop):
        return None
    term = counted.term_at
    named = [s for s in spots(text, low, line.at.end)
             if s.country in COUNTRIES and s.part != "people" and not _told(s, source)
             and not (term[0] <= s.start < term[1] and counted.counterpart)]  # fmt: skip
    before = [s for s in named if s.end <= number.start and s.part != "from"]
    placed = [s for s in named if _leads_to(text, max(low, s.start - 45), s.start, counted)]
    gone = [s for s in placed if number.end <= s.start and _AWAY.search(text, low, s.start)]
    chosen = (
        next((s for s in gone if counted.metric in _LEAVES), None)
        or next(
            (s for s in before if counted.side == "before" and s.part in ("subject", "actor")), None
        )
        or next((s for s in placed if number.end <= s.start < stop), None)
        or next((s for s in placed if s.end <= number.start), None)
        or (before[-1] if before else None)
    )
    if chosen and chosen.country:
        return chosen.country, (chosen.start, chosen.end)
    own = _OWN.search(text, number.end, stop) if counted.metric in _LEAVES else None
    if own and counted.counterpart and counted.counterpart.is_country:
        return counted.counterpart.code, own.span()
    if source and source.country:
        return source.country, source.at
    return _antecedent(reading, line, low, number.start)


def _told(spot: Spot, source: Source | None) -> bool:
    speech = source.speech if source else None
    return speech is not None and speech.start <= spot.start < speech.end


def _leads_to(text: str, low: int, at: int, counted: Tally) -> bool:
    if counted.metric in _LEAVES and _AWAY.search(text, low, at):
        return True
    return _PLACED.search(text, low, at) is not None


def _antecedent(reading: Reading, line: Line, low: int, at: int) -> tuple[str, At] | None:
    """The country that "it" means: the only one that the sentence before names."""
    refers = _IT.search(reading.text, low, at)
    index = reading.lines.index(line)
    if refers is None or index == 0:
        return None
    last = reading.lines[index - 1].at
    named = {p.code for p in places.places(reading.text, last.start, last.end)
             if p.is_country and p.kind == "name"}  # fmt: skip
    return (next(iter(named)), refers.span()) if len(named) == 1 else None
