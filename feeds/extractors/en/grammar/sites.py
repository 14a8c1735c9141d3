"""Where something happened, told apart from whence people came and whither they went."""

import re
from functools import cache
from typing import Literal

import msgspec

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.localities import localities
from feeds.extractors.en.grammar.migrants import AUTHORITY, MIGRANTS, PERSONS

Part = Literal["site", "border", "actor", "subject", "from", "by", "to", "people", "other"]

_LEADS: tuple[tuple[Part, str], ...] = (
    # "To seek asylum in Italy" is where they want to be.
    ("to", r"\b(?:asylum|refuge|protection|life|jobs?|work|settle|live)\s+in"),
    (
        "site",
        r"\b(?:off|near|outside|along|inside|within|around|at|across|over|throughout|between|cross(?:ing|ed|es)?)"
        r"(?:\s+(?:the\s+)?(?:[\w-]+\s+){0,2}(?:coasts?|shores?|islands?|city|town|border|waters|port|village"
        r"|province|state|region|coastline|beach|outskirts)(?:\s+(?:of|in|with|between))?)?",
    ),
    (
        "site",
        r"\b(?:in|on|of)(?:\s+(?:the\s+|a\s+)?(?:[\w’'-]+\s+){0,4}?(?:coasts?|shores?|islands?|city|town"
        r"|border|waters|port|village|province|state|region|coastline|archipelago|capital|enclave|territory|district)"
        r"(?:\s+(?:of|in|with|between))?)",
    ),
    ("site", r"\b(?:coasts?|shores?|islands?|city|town|port|village|camp|region|province|enclave|exclave|capital) (?:of|in)"),
    ("site", r"\b(?:in|on)(?:\s+(?:the\s+)?(?:(?:north|south|east|west)\w*|central|coastal|rural|mainland|upstate))?"),
    ("by", r"\bby"),
    ("from", r"\b(?:from|out\s+of|left|leaving|departed|fled|fleeing)"),
    (
        "to",
        r"\b(?:to|into|towards?|for|reach(?:ed|ing|es)?|enter(?:ed|ing|s)?|via|through|with|against)",
    ),
)  # fmt: skip
_BEFORE: tuple[tuple[Part, re.Pattern[str]], ...] = tuple(
    (part, re.compile(words + r"\s+(?:(?:the|an?)\s+)?$", re.IGNORECASE)) for part, words in _LEADS
)
_SOIL = re.compile(
    r"(?:['’]s)?\s+(?:[\w-]+\s+){0,2}?(?:coasts?|coastline|waters|shores?|borders?|islands?|city|town|ports?|capital"
    r"|territory|side|enclave|exclave|desert|village|province|beach(?:es)?|airport|soil|state|archipelago|region|resort"
    r"|district|prison|detention|highway|motorway|road|forest|woods|river|jungle|mountains?|farm)\b",
)
_PEOPLE = re.compile(
    rf"(?:['’]s)?\s+(?:[\w-]+\s+){{0,2}}?(?:{MIGRANTS}|{PERSONS}|(?:(?:im)?migrants?|refugees?|deportees)\b)"
)
_AUTHORITY = re.compile(rf"(?:['’]s?)?\s+(?:[\w-]+\s+){{0,2}}?{AUTHORITY}\b")
_BY = re.compile(r"\bby\s+(?:the\s+)?$")
_BORDER_WITH = re.compile(r"\b(?:border|frontier)\s+with\s+(?:the\s+)?$")
_BORDER_OF = re.compile(r"\s+(?:border|frontier)\b")
_IN_A_PLACE = re.compile(r",\s+$")


class Spot(msgspec.Struct, frozen=True):
    """A named place and its part in the sentence; `country` is None for waters of nobody."""

    country: str | None
    part: Part
    start: int
    end: int
    name: str | None = None
    """Of a place within a country, or of a sea."""


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted(localities(), key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, names))})(?![\w])")


def spots(text: str, start: int, end: int) -> list[Spot]:
    """Every place named between two offsets with its part, in order."""
    found: list[tuple[int, int, str | None, str | None, str]] = [
        (match.start(), match.end(), None if code == "-" else code, match[0], "name")
        for match in _pattern().finditer(text, start, end)
        if (code := localities()[match[0]])
    ]
    for place in places.places(text, start, end):
        if place.is_country and all(place.end <= f[0] or f[1] <= place.start for f in found):
            found.append((place.start, place.end, place.code, None, place.kind))
    read: list[Spot] = []
    for at, stop, country, name, kind in sorted(found, key=lambda f: f[0]):
        part = _part(text, start, at, stop, end, kind)
        if part == "other" and read and read[-1].part == "site" and _IN_A_PLACE.fullmatch(
            text, read[-1].end, at
        ):  # fmt: skip
            part = "site"
        read.append(Spot(country, part, at, stop, name))
    return read


def _part(text: str, start: int, at: int, stop: int, end: int, kind: str) -> Part:
    if _PEOPLE.match(text, stop, end) and kind == "adjective":
        return "people"
    before = text[max(start, at - 70) : at]
    # Whoever acts at the border with another state does so on this side of it.
    if _BORDER_WITH.search(before) or (kind == "adjective" and _BORDER_OF.match(text, stop, end)):
        return "border"
    if _SOIL.match(text, stop, end):
        return "site"
    if _AUTHORITY.match(text, stop, end):
        return "by" if _BY.search(before) else "actor"
    for part, words in _BEFORE:
        if words.search(before):
            return part
    if (kind == "name" and not text[start:at].strip(" \"“‘’'")) or before.endswith(
        (" the ", "The ")
    ):
        return "subject"
    return "subject" if kind == "name" and text[at - 2 : at - 1] == "," else "other"


def site(found: list[Spot], verb: int, arrives: bool) -> Spot | None:
    """Where it happened: a place said to be so in a country, else whose authorities acted.

    Of several the one that follows the verb; for who arrives it is the place that they reach.
    """
    parts = ("site", "to") if arrives else ("site",)
    sites = [s for s in found if s.part in parts]
    ordered = [*(s for s in sites if s.start > verb), *(s for s in sites if s.start < verb)]
    acting = [s for s in found if s.part in ("actor", "subject", "by") and s.country]
    waters = [s for s in ordered if s.country is None]
    borders = [s for s in found if s.part == "border"]
    return next(iter((*(s for s in ordered if s.country), *acting, *borders, *waters)), None)


def remover(found: list[Spot], verb: int, passive: bool) -> Spot | None:
    """The country that sends people away: whoever does it, else from where they are sent."""
    acting = [s for s in found if s.country and s.part in ("actor", "subject")
              and (passive or s.start < verb)]  # fmt: skip
    by = [s for s in found if s.country and s.part == "by"]
    away = [s for s in found if s.country and s.part == "from" and (passive or s.start > verb)]
    sites = [s for s in found if s.country and s.part == "site"]
    chosen = (*by, *away, *acting[:1], *sites) if passive else (*acting, *away, *sites)
    return next(iter(chosen), None)
