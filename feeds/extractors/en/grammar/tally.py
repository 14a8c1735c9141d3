"""What a count is made of: whom it counts, what is done by or to them, and the patterns for it."""

import re
from functools import cache
from typing import Literal

import msgspec

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.numbers import Quantity
from feeds.extractors.en.grammar.tally_terms import (
    ACTS,
    FIELD,
    FLOWS,
    NEUTRAL,
    OF_FIELD,
    THINGS,
    Act,
)

SPOKEN_OF = "tally-spoken-of"
At = tuple[int, int]
Side = Literal["before", "after"]


# Between a number and its noun stand adjectives: neither small words nor other nouns in the plural.
_WORD = (
    r"(?!(?:of|in|on|at|to|and|or|for|from|by|with|who|that|were|was|are|is|have|has|had|as|than|when|after)\b"
    r"|[a-z]*[^\Wsu]s\b|(?:carry|help|hous|host|contain|transport|hold|bring|involv|includ|kill|support)ing\b)"
    r"[\w’'-]+"
)
SUMS_UP = re.compile(
    r"\bso\s+far\s+$|\b(?:have|has|had)\s+(?:\w+ly\s+|already\s+|since\s+|been\s+|also\s+)*$"
    r"|\btotal\s+of\b|\b[Tt]here\s+(?:are|were)\s+(?:\w+\s+)?$|\b(?:have|has)\s+(?:\w+\s+){1,2}$",
    re.IGNORECASE,
)
# What is so, and what is done over and over: "are detained", but not "are rescued" of one day.
STANDS = re.compile(
    r"\b(?:are|is|remain|being)\s+(?:\w+ly\s+|still\s+|being\s+|now\s+)*$", re.IGNORECASE
)
STATES = frozenset({"detained", "stranded"})
BEEN = re.compile(r"\s+(?:have|has|had)\s+(?:\w+ly\s+|already\s+|now\s+)?been\b")
TOGETHER = re.compile(
    r"\b(?:a\s+total\s+of|since|so\s+far|to\s+date|(?:every|each|per|a)\s+(?:year|month|week|day)|annually"
    r"|daily)\b",
    re.IGNORECASE,
)
# "The number of refugees has risen to …", "asylum applications totalled …"
_REACHED = (
    r"(?:has|have|had|was|were|is|are|st(?:oo|an)ds?|rose|rises|fell|falls|reach(?:ed|es)|hits?|pass(?:ed|es)"
    r"|top(?:ped|s)|climb(?:ed|s)|drop(?:ped|s)|gr(?:e|o)ws?|totall?ed|averaged?|number(?:ed|s)|amount(?:ed|s)\s+to"
    r"|surge[ds]|jump(?:ed|s)|soar(?:ed|s)|rocketed|swelled|slumped|plunged|doubled|tripled|surpasse[ds]"
    r"|exceed(?:ed|s)|decline[ds]|increase[ds]|decrease[ds])"
)
_ON_ITS_WAY = (
    r"(?:\s+(?:now|since|already|risen|fallen|grown|increased|climbed|dropped|reached|at|to|swelled|up|jumped"
    r"|soared|surged|more\s+than|nearly|almost|doubled|tripled|quadrupled|halved|plunged|slumped|shrunk|topped"
    r"|passed|hit|exceeded|surpassed|been|a|record|by|about|sharply|slightly|\d[\d.,]*\s?(?:%|percent|per\s+cent)"
    r"|from\s+(?:\w+\s+){0,2}\d[\d.,]*\w*(?:\s+million)?(?:\s+(?:in\s+)?(?:\w+\s+)?(?:\d{4}|year|earlier))?))*"
)
RISEN = re.compile(rf"\b[Nn]umbers?\s+of\s+(?P<term>[^,;.]{{3,90}}?)\s+{_REACHED}{_ON_ITS_WAY}\s+$")


class Tally(msgspec.Struct, frozen=True):
    """A number with those it counts, and what is done by or to them."""

    quantity: Quantity
    term: str | None
    term_at: At
    metric: str
    metric_at: At
    rule: str
    end: int
    counterpart: places.Place | None
    happening: bool
    """Whether it may be the toll of one occasion."""
    side: Side | None
    """Where the act stands: behind those it is done by or to, or before the number."""
    sums_up: bool


class _Patterns(msgspec.Struct, frozen=True):
    """The words of counts, compiled once."""

    field: tuple[tuple[re.Pattern[str], str], ...]
    neutral: re.Pattern[str]
    things: tuple[tuple[re.Pattern[str], str], ...]
    acts: tuple[tuple[Act, re.Pattern[str]], ...]
    subjects: tuple[tuple[re.Pattern[str], str], ...]


@cache
def counting() -> _Patterns:
    lead = rf"\s+(?:of\s+(?:the\s+)?)?(?P<term>(?:{_WORD}\s+){{0,4}}?"
    demonym = rf"(?:{places.pattern_text()})"
    things = (*THINGS, *FLOWS)
    return _Patterns(
        tuple((re.compile(rf"{lead}(?:{words}))\b", re.IGNORECASE), m) for words, m in FIELD),
        re.compile(rf"{lead}(?:(?:{demonym}\s+)?(?:{NEUTRAL})|(?P<people>{demonym})))(?![\w-])"),
        tuple((re.compile(rf"{lead}(?:{words}))\b", re.IGNORECASE), m) for words, m in THINGS),
        tuple((act, re.compile(rf"\b(?:{act.words})\b")) for act in ACTS),
        tuple(
            (
                re.compile(
                    rf"\b(?P<term>{words})\b(?:\s+(?:in|to|by|from|of|at|for|on|across)\s+[^,;.]{{2,50}}?)?"
                    rf"\s+{_REACHED}{_ON_ITS_WAY}\s+$",
                    re.IGNORECASE,
                ),
                metric,
            )
            for words, metric in things
        ),
    )


def is_of_field(text: str, start: int, end: int) -> bool:
    """Whether a stretch of text speaks of people who cross borders."""
    return OF_FIELD.search(text, start, end) is not None


def clause_end(text: str, at: int, end: int) -> int:
    """Where the clause of a number ends."""
    match = _CLAUSE.search(text, at, end)
    return match.start() if match else end


_CLAUSE = re.compile(
    r"[;:()]|\s[-–—]{1,2}\s|—|,\s+(?:but|while|whereas|and|compared|with|including|up|down)\b"
)


def last_people(text: str, start: int, end: int) -> tuple[str, At, places.Place | None] | None:
    """The people of the field, or of a nationality, that a stretch of text names last."""
    found = [m.span() for m in _LAST.finditer(text, start, end)]
    for place in places.places(text, start, end):
        after = _NATIONALS.match(text, place.end)
        if place.kind == "adjective" and after and after.end() <= end:
            found.append((place.start, after.end()))
        elif (
            place.kind == "adjective" and text[place.end - 1] == "s" and text[place.end - 2] != "s"
        ):
            found.append((place.start, place.end))
    if not found:
        return None
    at = max(found, key=lambda span: span[1])
    return plain(text[at[0] : at[1]]), at, people_of(text, at)


def last_migrants(text: str, start: int, end: int) -> tuple[str, At, None] | None:
    """The word for people who move that a stretch of text has last, be it in "migrant crisis"."""
    found = [m.span("who") for m in _MIGRANTS.finditer(text, start, end)]
    if not found:
        return None
    word = plain(text[slice(*found[-1])])
    return (word if word.endswith("s") else f"{word}s"), found[-1], None


def of_people(term: str, at: At, who: places.Place | None) -> Tally:
    """Those whom a number may count that stands without any."""
    nobody = Quantity("=", at[0], at[1])
    return Tally(nobody, term, at, "", at, SPOKEN_OF, at[1], who, False, None, False)


_LAST = re.compile(
    r"\b(?:refugees(?:\s+and\s+migrants)?|migrants|immigrants|asylum[\s-]seekers|deportees"
    r"|(?:people|human|migrant)[\s-]smugglers|(?:human\s+)?traffickers|smugglers)\b"
)
_MIGRANTS = re.compile(r"\b(?P<who>refugees?|(?:im)?migrants?|asylum[\s-]seekers?)\b")
_NATIONALS = re.compile(r"\s+(?:nationals|citizens|refugees|migrants|asylum[\s-]seekers)\b")


def plain(words: str) -> str:
    return " ".join(words.split())


_FROM = re.compile(r"\b(?:from|of)\s+(?:the\s+)?$")


def people_of(text: str, at: At) -> places.Place | None:
    """The country or group whose people are counted: "Cuban migrants", "migrants from Cuba"."""
    named = [
        p for p in places.places(text, *at)
        if p.kind == "adjective" or _FROM.search(text, at[0], p.start)
        or places.is_uninflected(text[p.start : p.end])
    ]  # fmt: skip
    return named[-1] if named else None
