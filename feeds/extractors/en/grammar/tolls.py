"""How many were killed, injured or otherwise concerned, as a text counts those of one happening."""

import re
from typing import Literal

import msgspec

from feeds.extractors.en.grammar.numbers import COMPARATORS

Bound = Literal["low", "best", "high"]

_BOUNDS: dict[str, Bound] = {
    ">": "low", ">=": "low", "<": "high", "<=": "high", "<~": "best", "~": "best",
}  # fmt: skip
_UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: number for number, word in enumerate(_UNITS, 1)} | {
    word: number for number, word in zip(range(20, 100, 10), _TENS, strict=True)
}
_CUES: dict[str, Bound] = {
    **{cue: _BOUNDS[comparator] for cue, comparator in COMPARATORS if comparator in _BOUNDS},
    "a total of": "best",
}
_CUE = "|".join(re.escape(cue).replace(r"\ ", r"\s+") for cue in sorted(_CUES, key=len)[::-1])
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
# "a 12-year-old", "12 miles", "12 March", "12%" and "$12" count nobody.
NUMBER = (
    rf"(?:\b(?:{_CUE})\s+(?:another\s+)?)?(?<![\w$€£.,:/-])(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,6}}"
    rf"|\b(?:{_WORD})(?:-(?:{_WORD}))?)(?![\w%]|[.,:/]\d|-\w|\s?(?:%|percent|per\s+cent|km|miles?"
    r"|met(?:re|er)s?|kilomet\w+|nautical|feet|tons?|tonnes|years?|months?|weeks?|days?|hours?"
    r"|minutes?|times|a\.m|p\.m|million|billion|boats|vehicles|countries|January|February|March"
    r"|April|May|June|July|August|September|October|November|December)\b)"
)
_NUMBER = re.compile(
    rf"(?:\b(?P<cue>{_CUE})\s+(?:another\s+)?)?(?P<figure>[\d,]+|(?:{_WORD})(?:-(?:{_WORD}))?)",
    re.IGNORECASE,
)
# "A boy of eight died".
_AGE = re.compile(r"\b(?:boy|girl|child|man|woman|son|daughter|teenager)\s+of\s+$|\baged?\s+$")
_LARGEST = 100_000
"""More people than any one happening concerns."""

# Words between a number and what happened to those counted; a second fate ends the count.
_FEW = (
    r"(?:,?\s+(?!injur|wound|missing|rescue|surviv|other\b|others\b|and\b|but\b|when\b|after\b"
    r"|while\b|\d)[\w’'-]+){0,5}?"
)
_FEW_ALONE = _FEW.replace("injur", rf"(?:{_WORD})\b|died?\b|dead|drown|kill|injur")
_DIED = (
    r"(?:died|dies?|dead|drown(?:ed)?|killed|perish(?:ed)?|suffocated?|asphyxiated|bodies|corpses"
    r"|deaths?|fatalities|los[et]\s+their\s+lives|froze\s+to\s+death|burned\s+to\s+death)"
)
Patterns = tuple[str, ...]
KILLED: Patterns = (
    rf"(?P<n>{NUMBER}){_FEW},?\s+{_DIED}\b",
    rf"\b(?:kill(?:s|ed|ing)?|(?:shoots?|shot|shooting)\s+dead|claim(?:s|ed|ing)?\s+the\s+lives\s+of|(?:deaths?|bodies|drownings?"
    rf"|killings?|loss|lives)\s+of)\s+(?:the\s+)?(?P<n>{NUMBER})",
    rf"\b(?:leav(?:es|ing)|left)\s+(?P<n>{NUMBER})(?:\s+[\w’'-]+){{0,3}}\s+dead\b",
    rf"\btoll\b[^.;]{{0,40}}?\b(?:to|at|of|is|was|reached)\s+(?P<n>{NUMBER})",
)
INJURED: Patterns = (
    rf"(?P<n>{NUMBER}){_FEW_ALONE}(?:\s+others?)?(?:\s+(?:are|were|was|have|been|more))*\s+"
    r"(?:injured|wounded|hurt|hospitali[sz]ed)\b",
    rf"\b(?:injur|wound)(?:es|s|ed|ing)\s+(?:another\s+)?(?P<n>{NUMBER})",
)
ABOARD: Patterns = (
    rf"\b(?:carrying|transporting|with|containing|aboard|packed\s+with|holding)\s+(?:nearly\s+)?"
    rf"(?P<n>{NUMBER})(?=\s+(?:[\w’'-]+\s+){{0,3}}(?:people|persons|migrants|refugees|passengers"
    r"|immigrants|asylum|men|women|occupants|on\s+board|aboard)|\s+on\s+board|\s+aboard)",
    rf"(?P<n>{NUMBER}){_FEW_ALONE}\s+(?:who\s+were\s+)?(?:on\s+board|onboard|aboard)\b",
)
RESCUED: Patterns = (
    rf"(?P<n>{NUMBER}){_FEW_ALONE}(?:\s+others?)?(?:\s+(?:are|were|was|have|has|been|people|on\s+the\s+"
    r"\w+))*\s+(?:rescued|survived?|survivors|found\s+alive|saved|picked\s+up)\b",
    rf"\b(?:rescu(?:es?|ed|ing)|sav(?:es?|ed|ing)|pick(?:s|ed|ing)?\s+up)\s+(?P<n>{NUMBER})",
)
MISSING: Patterns = (
    rf"(?P<n>{NUMBER}){_FEW_ALONE}(?:\s+others?)?(?:\s+(?:are|were|remain(?:ed|s)?|reported|still|have"
    r"|been|went|go))*\s+(?:missing|unaccounted)\b",
    rf"\bsearch(?:es|ed|ing)?\s+for\s+(?P<n>{NUMBER})",
)
ARRESTED: Patterns = (
    rf"\b(?:arrest|detain)(?:s|ed|ing)?\s+(?P<n>{NUMBER})",
    rf"(?P<n>{NUMBER}){_FEW_ALONE}\s+(?:is|are|was|were|have\s+been)\s+(?:arrested|detained)\b",
)


class Toll(msgspec.Struct, frozen=True):
    """A number of people with the bound that its words give, and where it stands."""

    bound: Bound
    number: int
    start: int
    end: int

    @property
    def count(self) -> dict[str, int]:
        """The number as a fact holds it."""
        return {self.bound: self.number}


_COMPILED: dict[Patterns, tuple[re.Pattern[str], ...]] = {
    patterns: tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
    for patterns in (KILLED, INJURED, ABOARD, RESCUED, MISSING, ARRESTED)
}
_ANY = re.compile(NUMBER, re.IGNORECASE)


def toll(patterns: Patterns, text: str, start: int, end: int) -> Toll | None:
    """The first number that one of the patterns counts between two offsets."""
    for pattern in _COMPILED[patterns]:
        for match in pattern.finditer(text, start, end):
            at = match.span("n")
            if _AGE.search(text, max(start, at[0] - 20), at[0]):
                continue
            if read := _read(text, *at):
                return read
    return None


def number_in(text: str, start: int, end: int) -> Toll | None:
    """The first number of people between two offsets."""
    match = _ANY.search(text, start, end)
    return _read(text, *match.span()) if match else None


def _read(text: str, start: int, end: int) -> Toll | None:
    match = _NUMBER.match(text, start, end)
    if match is None:
        return None
    figure = match["figure"].lower()
    if figure[0].isalpha():
        number = sum(_WORDS[word] for word in figure.split("-"))
    else:
        number = int(figure.replace(",", ""))
    cue = " ".join((match["cue"] or "").lower().split())
    is_a_year = cue == "" and "," not in figure and 1900 <= number <= 2100
    if not 0 < number <= _LARGEST or is_a_year:
        return None
    return Toll(_CUES.get(cue, "best"), number, start, end)
