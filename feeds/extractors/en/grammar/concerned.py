"""Whom an act concerns: nationalities, everybody, or only a category of people."""

import re

import msgspec

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.reading import At

_GROUP = (
    r"(?:nationals?|citizens|subjects|travell?ers|visitors|tourists|passengers|arrivals|people"
    r"|persons|migrants|immigrants|refugees|asylum[\s-]seekers|foreigners|residents|holders"
    r"|passports?|students|workers|individuals|officials|diplomats|men|women|children|applicants"
    r"|families|relatives|spouses|members|pilgrims|entrants|non-(?:citizens|residents|nationals)"
    r"|nationalit(?:y|ies)|countries|nations|states|anyone|everyone|those|travel|evacuees|athletes"
    r"|crews?|drivers|scholars|journalists|entrepreneurs|graduates|professionals|nomads"
    r"|politicians|lawmakers|settlers|activists"
    r"|personnel|ministers|envoys)"
)
GROUPS = re.compile(rf"\b{_GROUP}\b", re.IGNORECASE)
# Of these a text means the whole nationality; any other group is only some of it.
_WHOLE = re.compile(
    r"\b(?:nationals?|citizens|travell?ers|visitors|tourists|passengers|arrivals|people|persons"
    r"|foreigners|passports?(?:[\s-]holders)?|holders|anyone|everyone|entrants|travel|immigrants"
    r"|immigration|non-(?:citizens|residents|nationals)|entry|nationalit(?:y|ies))\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:refugees?|asylum|migrants?|students?|workers?|officials?|diplomat(?:s|ic)|men|women"
    r"|children|applicants?|famil(?:y|ies)|relatives|spouses|members|pilgrims|individuals?"
    r"|persons\s+(?:responsible|involved)|athletes|crews?|drivers|scholars|journalists|service"
    r"|politicians|settlers|activists|personnel|ministers|envoys|foreign\s+students"
    r"|entrepreneurs|graduates|professionals|nomads|evacuees|unvaccinated|vaccinated|transgender"
    r"|aged|skilled|those\s+(?:who|responsible|involved)|leaders|lawmakers|elites|residents"
    r"|(?:African|Asian|European|Arab|Western|Caribbean|Muslim|Christian|Pacific|Latin\s+American|Gulf|Nordic"
    r"|Balkan|Commonwealth)(?=\s+\w)"
    r"|(?:who|whose|responsible|involved|complicit|undermin\w+|linked|with\s+ties)\b)",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"^\s*(?:at\s+least\s+|up\s+to\s+|nearly\s+|almost\s+|over\s+)?(?:an?\s|one\s|two\s|three\s|four\s|five\s|six\s|seven\s|eight\s|nine\s|ten\s|several\s"
    r"|dozens\s|some\s+\d|about\s+\d|more\s+than\s+\d|\d[\d,]*\s(?!(?:countries|nations|states"
    r"|nationalities|other|more|mostly|African|Muslim)))",
    re.IGNORECASE,
)
COUNTRIES = re.compile(
    r"\b(?P<phrase>(?:more\s+than\s+|over\s+|at\s+least\s+|about\s+)?(?:\d{1,3}|two|three|four|five"
    r"|six|seven|eight|nine|ten|eleven|twelve|dozens\s+of|several|some)\s+(?:[\w-]+\s+){0,3}?"
    r"(?:countries|nations|states|nationalities))\b"
)
_OWN = re.compile(
    r"\b(?:its|their|our|his|her)\s+(?:own\s+)?(?:[\w-]+\s+){0,2}?"
    r"(?:citizens|nationals|people|residents|men|women|workers|population)\b"
)
_PASSPORTS = re.compile(
    r"\b(diplomatic|official|service)\b[\w\s,-]{0,30}\bpassports?", re.IGNORECASE
)


_PREPOSITION = re.compile(r"\s*(?:for|to|of|from|on|by|with|against)\s+", re.IGNORECASE)
# "Visas held by these individuals" are those of persons named before.
_NAMED_PERSONS = re.compile(r"\bthese\s+(?:\w+\s+)?(?:individuals|persons|people|officials|men)\b")
_VISA = re.compile(r"\s+visas?\b")
_BEEN = re.compile(
    r"\b(?:been|were|was|stay\w*|crossing|bound|visited|travell?ed|deported|headed)\s+"
    r"(?:recently\s+)?(?:in|to|from|for)?\s*(?:mainland\s+|the\s+)?$"
)


class People(msgspec.Struct, frozen=True):
    """Those whom an act concerns, and the words that name them.

    `codes` is empty where only a number of countries is told (`counted` then says how many).
    """

    codes: tuple[str, ...]
    at: At
    category: str | None = None
    passport_type: str | None = None
    counted: str | None = None
    own: bool = False


def people(
    text: str, start: int, end: int, but: str | None, counted: bool = False
) -> People | None:
    """Those whom the words between two offsets name; `but` is the state that acts.

    None where they are nobody that a rule could be made for, or single persons, unless `counted`.
    """
    leading = _PREPOSITION.match(text, start, end)
    start = leading.end() if leading else start
    words = text[start:end]
    if "each other" in words or (not counted and persons(text, start, end)):
        return None
    named = [p for p in places.places(text, start, end) if p.code != but or p.kind == "adjective"]
    codes = tuple(
        dict.fromkeys(
            p.code
            for p in named
            if p.code != but
            and not _VISA.match(text, p.end)
            and not _BEEN.search(text, max(start, p.start - 30), p.start)
        )
    )
    plural = [p for p in named if text[p.start : p.end].endswith("s") and p.kind == "adjective"]
    group = GROUPS.search(words)
    if not (group or plural):
        return None
    part = _PART.search(words)
    passports = _PASSPORTS.search(words)
    category = _category(words) if part and not passports else None
    own = _OWN.search(words)
    if own and not codes:
        return People((but,) if but else (), (start, end), category, own=True)
    several = COUNTRIES.search(words)
    if not codes and several:
        return People((), (start, end), category, counted=several["phrase"])
    passport_type = passports[1].lower() if passports else None
    return People(codes or ("*",), (start, end), category, passport_type)


def persons(text: str, start: int, end: int) -> bool:
    """Whether the words count single persons: "for 30 Chinese nationals"."""
    leading = _PREPOSITION.match(text, start, end)
    words = text[leading.end() if leading else start : end]
    counted = _COUNTED.match(words) is not None and COUNTRIES.match(words) is None
    return counted or _NAMED_PERSONS.search(words) is not None


_EVERYBODY = re.compile(
    r"\b(?:all|any|every|foreign(?:ers)?|non-citizens|non-residents|most|everybody|everyone|anyone)\b",
    re.IGNORECASE,
)


def means_all(text: str, at: At) -> bool:
    """Whether words say themselves that they mean everybody, where no nationality is named."""
    return _EVERYBODY.search(text, *at) is not None


_LEADING = re.compile(
    r"^(?:the\s+|all\s+|any\s+|most\s+|for\s+|to\s+|of\s+|from\s+|on\s+)+", re.IGNORECASE
)


def _category(words: str) -> str:
    return _LEADING.sub("", " ".join(words.split())).strip(" ,.;")[:120]


def everybody(at: At, category: str | None = None) -> People:
    """All people, where an act names none."""
    return People(("*",), at, category)
