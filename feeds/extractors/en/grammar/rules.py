"""Whom an entry rule concerns, which country makes it, and the words that change or describe it."""

import re
from functools import cache
from typing import Literal

import msgspec

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.reading import At

Object = Literal["free", "required", "requirement"]

# The nouns that stand for a whole nationality; students, crews or officials are only some of it.
PEOPLE = (
    r"(?:nationals|citizens|travell?ers|visitors|(?:(?:ordinary|diplomatic|official|service)\s+)?"
    r"passport[\s-]holders|tourists|passports|arrivals|migrants|people)"
)
_PURPOSES = {"tourist": "tourism"}
_PASSPORT = re.compile(r"\b(ordinary|diplomatic|official|service)\b", re.IGNORECASE)
FREE = (
    r"(?:visa-free\s+(?:entry|travel|access|regime|policy|arrangements?|agreement|status|stays?"
    r"|scheme|programme|program|treatment)(?:\s+(?:policy|arrangements?|regime|scheme"
    r"|programme|program|agreement|status))?|visa\s+(?:waivers?|exemptions?)"
    r"(?:\s+(?:policy|agreement|scheme|programme|program))?)"
)
REQUIREMENT = r"(?:(?:entry\s+)?visa\s+(?:requirements?|regime|obligations?))"
# Bare "visas" is the requirement only before whom it concerns: visa fees and visa rules are not.
REQUIRED = rf"(?:{REQUIREMENT}|(?:entry\s+)?visas(?=\s+(?:for|on)\b))"


class Whom(msgspec.Struct, frozen=True):
    """The nationalities a rule concerns, with passports and purpose where they are said."""

    codes: tuple[str, ...]
    start: int
    end: int
    passport_type: str | None = None
    purpose: str | None = None


@cache
def _whom() -> re.Pattern[str]:
    # Built on first use: the alternation of all names is long.
    place = rf"(?:{places.pattern_text()})"
    listed = rf"(?P<codes>{place}(?:(?:,\s+|\s+and\s+|,\s+and\s+){place}){{0,12}})"
    return re.compile(
        rf"""(?:\b(?:for|to|from|of|on|by|that)\s+)?(?:all\s+|most\s+)?
        (?:(?:holders|bearers)\s+of\s+(?P<kind>(?:ordinary|diplomatic|official|service)\s+)?
            {listed}\s+passports?
         | (?:ordinary\s+|diplomatic\s+|official\s+)?{listed.replace("codes", "codes2")}\s+
            (?P<people>{PEOPLE})(?!\s+(?:of\b|from\s+(?:the\s+)?{place}))
         | (?:citizens|nationals|visitors|travell?ers)\s+(?:of|from)\s+
            (?:the\s+)?{listed.replace("codes", "codes3")}(?![\w-])
        )""",
        re.VERBOSE,
    )


# What follows narrows the rule to some people of a nationality: not read yet, so no draft.
_COUNTED = re.compile(
    r"(?:\d|\b(?:some|several|many|certain|few|dozens\s+of|hundreds\s+of|thousands\s+of|non|young"
    r"|wealthy|eligible|selected))[\s-]+$",
    re.IGNORECASE,
)
_NARROWED = re.compile(
    r"\s*,?\s*(?:who\b|whose\b|with\b(?!\s+(?:immediate\s+)?effect)|aged\b|holding\b|under\b|over\s+\d|living\b|residing\b"
    r"|studying\b|working\b|travelling\s+(?:on|for|with)\b|traveling\s+(?:on|for|with)\b)"
)


def whom(text: str, start: int, end: int) -> Whom | None:
    """The first people named between two offsets; None where only some of them are meant."""
    for match in _whom().finditer(text, start, end):
        group = next(g for g in ("codes", "codes2", "codes3") if match[g])
        named = places.places(text, match.start(group), match.end(group))
        counted = _COUNTED.search(text, max(start, match.start(group) - 20), match.start(group))
        if not named or counted or _NARROWED.match(text, match.end(), end):
            continue
        passport = _PASSPORT.search(match[0])
        people = (match["people"] or "").lower()
        purpose = next((p for word, p in _PURPOSES.items() if word in people), None)
        return Whom(
            tuple(dict.fromkeys(place.code for place in named)),
            match.start(group),
            match.end(),
            passport[1].lower() if passport else None,
            purpose,
        )
    return None


_TO = re.compile(r"\s*,?\s*(?:to\s+(?:enter|visit|travel\s+to)|entering|visiting|into|to|in)\s+"
                 r"(?:the\s+)?")  # fmt: skip
_BACKWARD = re.compile(
    r"\b(?:The\s+country|the\s+country|[Ii]ts?|[Ii]t|The\s+government|[Tt]he\s+[Mm]inistry"
    r"|[Tt]he\s+South\s+American\s+(?:country|nation)|[Tt]he\s+(?:\w+\s+)?nation)\b"
)


def destination(
    text: str, subject: At, after: At, people: Whom, before: tuple[At, ...]
) -> tuple[str, At] | None:
    """The country whose rule it is, and the words that say so; None unless just one fits.

    It stands right after the people ("to Ecuador"), or is the one country named in the subject
    that is not their own, or is what "the country" refers to in the sentences `before`.
    """
    explicit = _TO.match(text, after[0], after[1])
    if explicit:
        named = places.places(text, explicit.end(), after[1])
        if named and named[0].start == explicit.end() and named[0].code not in people.codes:
            return (named[0].code, _at(named[0])) if named[0].is_country else None
    own = _others(text, subject, people)
    if len({p.code for p in own}) == 1:
        return own[-1].code, _at(own[-1])
    if own or not (refers := _BACKWARD.search(text, *subject)):
        return None
    for at in reversed(before):
        back = [p for p in _others(text, at, people) if p.kind == "name"]
        if back:
            only = {p.code for p in back}
            return (back[0].code, (refers.start(), refers.end())) if len(only) == 1 else None
    return None


def _others(text: str, at: At, people: Whom) -> list[places.Place]:
    return [p for p in places.places(text, *at) if p.is_country and p.code not in people.codes]


def _at(place: places.Place) -> At:
    return (place.start, place.end)


_STAY = re.compile(
    r"\b(?:for\s+)?(?:stays?\s+of\s+)?(?:up\s+to|a\s+maximum\s+of|not\s+exceeding)\s+"
    r"(?P<days>\d{1,3})[\s-]days?\b"
)


def stay(text: str, start: int, end: int) -> tuple[int, At] | None:
    """The longest stay in days, where the sentence gives one."""
    match = _STAY.search(text, start, end)
    if match is None or int(match["days"]) == 0:
        return None
    return int(match["days"]), (match.start("days"), match.end("days"))


def entry_rule(people: Whom, regime: str, longest: tuple[int, At] | None) -> dict[str, object]:
    """The rule as a fact holds it; what is not said is left out."""
    rule: dict[str, object] = {"nationalities": list(people.codes), "regime": regime}
    if people.passport_type:
        rule["passport_type"] = people.passport_type
    if people.purpose:
        rule["purpose"] = people.purpose
    if longest:
        rule["max_stay_days"] = longest[0]
    return rule


def spans(people: Whom, regime_at: At, longest: tuple[int, At] | None) -> dict[str, At]:
    """The words behind each field of an entry rule."""
    at = (people.start, people.end)
    found = {"rule.regime": regime_at, "rule.nationalities": at}
    if people.passport_type:
        found["rule.passport_type"] = at
    if people.purpose:
        found["rule.purpose"] = at
    if longest:
        found["rule.max_stay_days"] = longest[1]
    return found
