"""Which state acts in a sentence: by its name, by a body of its, or by whom the text spoke of."""

import re
from collections import Counter
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.reading import Line, Reading
from tracker.domain.groups import LEGISLATORS

_BODIES = (
    r"(?:governments?|administration|authorities|officials?|ministry|ministries|ministers?|cabinet"
    r"|parliament|senate|congress|legislature|lawmakers|president|premier|chancellor|king|emir"
    r"|department|agency|office|embassy|embassies|consulates?|spokes(?:person|man|woman)|secretary"
    r"|service|council|commission|commissioner|police|army|military|forces|guards?|patrol|junta"
    r"|leaders?|states|customs|executive|monarch|taoiseach|assembly|coastguards?|decrees?|laws?|orders?|rules?)"
)
_OF_ITS = re.compile(rf"(?:['’]s?)?\s+(?:[\w’'.-]+\s+){{0,4}}?{_BODIES}\b", re.IGNORECASE)
_OF_THE = re.compile(rf"\b{_BODIES}\s+(?:\w+\s+)?(?:of|in|from)\s+(?:the\s+)?$", re.IGNORECASE)
_NOT_SUBJECT = re.compile(
    r"\b(?:in|from|of|with|to|into|on|against|between|near|for|at|by|over|across|than|like|via"
    r"|through|towards?|about|outside|inside|citing|entering|leaving|visiting|as)"
    r"\s+(?:the\s+|(?:neighbou?ring|nearby|mainland)\s+)*$",
    re.IGNORECASE,
)
_BACKWARD = re.compile(
    r"\b(?:the\s+(?:(?:new|latest|current|executive|federal|national|immigration|foreign|interior"
    r"|travel|revised|South\s+American|European|African|Asian|island)\s+){0,2}(?:country|nation|"
    r"government|ministry|administration|president|prime\s+minister|minister|authorities|order"
    r"|proclamation|decree|directive|decision|measures?|rules?|law|legislation|bill|policy|plan|ban"
    r"|bloc|department|agency|cabinet|parliament|kingdom|republic|secretary|announcement)"
    r"|it|its|he|she|they|we|our|(?-i:I)|officials|authorities|ministers|lawmakers"
    r"|a\s+(?:new\s+)?(?:law"
    r"|decree|proclamation|order))\b",
    re.IGNORECASE,
)
_JOINS = re.compile(r"(?:,?\s+(?:and|or)|,)\s+(?:the\s+)?")
_SENTENCES_BACK = 4
_HOST = re.compile(r"https?://([\w.-]+)")
_SITES = (
    (".gov", "US"), (".gov.uk", "GB"), ("www.gov.uk", "GB"), (".canada.ca", "CA"), (".gc.ca", "CA"),
    (".gov.au", "AU"), (".govt.nz", "NZ"), (".gov.in", "IN"), (".gouv.fr", "FR"), (".bund.de", "DE"),
    (".europa.eu", "EU"), (".gov.cn", "CN"), (".go.jp", "JP"), (".go.kr", "KR"), (".gov.ie", "IE"),
    (".gov.za", "ZA"), (".go.ke", "KE"), (".gob.mx", "MX"), (".gov.br", "BR"), (".gov.sg", "SG"),
)  # fmt: skip
"""Endings of hosts that only public bodies may bear."""


class Actor(msgspec.Struct, frozen=True):
    """A state or union that acts, with the words that name or refer to it."""

    code: str
    start: int
    end: int


@cache
def _bodies() -> tuple[dict[str, str], re.Pattern[str]]:
    text = files("feeds.extractors.en").joinpath("data/bodies.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    codes = {name: code for code, names in rows for name in names.split(";")}
    names = "|".join(re.escape(n) for n in sorted(codes, key=lambda n: (-len(n), n)))
    return codes, re.compile(rf"(?<![\w.-])(?:{names})(?![\w-])")


def state_of(name: str) -> str | None:
    """The state whose head or minister a person is known to be."""
    codes = _bodies()[0]
    last = name.split()[-1]
    return codes.get(name) or codes.get(f"Mr. {last}") or codes.get(last)


def actors(text: str, start: int, end: int) -> list[Actor]:
    """The states that stand between two offsets as somebody who can act, in order."""
    codes, pattern = _bodies()
    found = [
        Actor(codes[m[0]], m.start(), m.end())
        for m in pattern.finditer(text, start, end)
        if not _NOT_SUBJECT.search(text, max(start, m.start() - 40), m.start())
    ]
    before: places.Place | None = None
    for place in places.places(text, start, end):
        # "Of Iraq, Syria and Chad": what stands after the first of a list acts no more than it.
        listed = before is not None and _JOINS.fullmatch(text, before.end, place.start)
        acting = not listed and _acts(text, start, end, place)
        if acting and (place.is_country or place.code in LEGISLATORS):
            found.append(Actor(place.code, place.start, place.end))
        before = None if acting else place
    return sorted(found, key=lambda a: a.start)


def _acts(text: str, start: int, end: int, place: places.Place) -> bool:
    if _OF_ITS.match(text, place.end, end):
        return True
    before = max(start, place.start - 40)
    if _OF_THE.search(text, before, place.start):
        return True
    bare = place.kind == "name" and not text.startswith(("'s", "’s"), place.end)
    return bare and not _NOT_SUBJECT.search(text, before, place.start)


def actor(reading: Reading, number: int, line: Line, verb: int) -> Actor | None:
    """Who acts in a sentence before its verb; a pronoun or "the government" is followed back."""
    text, start = reading.text, line.at.start
    own = actors(text, start, verb)
    if own:
        return own[-1]
    back = list(_BACKWARD.finditer(text, start, verb))
    if not back:
        return None
    code = official(reading.item.url) or _before(reading, number) or home(reading.text)
    return Actor(code, *back[-1].span()) if code else None


def official(url: str | None) -> str | None:
    """The state whose public body a page is of; there "we" and "the Department" are its own."""
    host = _HOST.match(url or "")
    if host is None:
        return None
    return next((code for ending, code in _SITES if host[1].endswith(ending)), None)


def _before(reading: Reading, number: int) -> str | None:
    """The only state that acts in the nearest sentences before; items of a list stand alone."""
    at = reading.lines[number].at
    for back in reversed(reading.lines[max(0, number - _SENTENCES_BACK) : number]):
        if at.item and back.at.paragraph != at.paragraph:
            return None
        codes = {a.code for a in actors(reading.text, back.at.start, back.at.end)}
        if codes:
            return codes.pop() if len(codes) == 1 else None
    return None


@lru_cache(maxsize=8)
def home(text: str) -> str | None:
    """The state that acts most often in a document, if it is named more than all others together."""
    counted = Counter(a.code for a in actors(text, 0, len(text)))
    first = counted.most_common(1)
    return first[0][0] if first and first[0][1] * 2 > counted.total() else None
