"""Whose citizens an act is about: nationalities with their people, lists of countries, everybody."""

import re
from functools import cache

import msgspec

from feeds.extractors.en.grammar import places

At = tuple[int, int]

_PEOPLE = (
    r"(?:nationals|citizens|travell?ers|visitors|passport[\s-]holders|passports|tourists|migrants|refugees"
    r"|asylum[\s-]seekers|immigrants|people|workers|students|officials|visas?|evacuees|diplomats|applicants"
    r"|arrangement|families|members|government|nationality)"
)
_OF = re.compile(
    r"\b(?:citizens|nationals|people|visitors|travell?ers|tourists|holders|passports?|refugees|migrants|immigrants"
    r"|visas|arrivals|entry|admission|bans?|restrictions|ban\s+on|status|TPS|those)\s+(?:of|from|for|on|to)\s+"
    r"(?:[a-z]+\s+){0,3}?(?:the\s+)?$"
)
_ON = re.compile(
    r"\b(?:on|for|exempts?|include[sd]?|including|add(?:s|ed|ing)?|from|of)\s+(?:the\s+)?$"
)
_JOINS = re.compile(r"(?:,\s+(?:and\s+)?|\s+and\s+|\s*;\s*)(?:the\s+)?$")
_EVERYBODY = re.compile(
    r"\b(?:all|most|any)\s+(?:foreign(?:ers)?|non-(?:citizens|residents)|travell?ers|visitors|tourists)\b"
    r"|\bforeign\s+(?:nationals|visitors|citizens|travell?ers|tourists)\b|\bforeigners\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\b(?:(?:more\s+than|over|at\s+least|about|some|another|up\s+to)\s+)?(?:\d{1,3}|two|three|four|five|six|seven"
    r"|eight|nine|ten|eleven|twelve|dozens\s+of|several|a\s+dozen)\s+(?:more\s+|other\s+|additional\s+|mostly\s+)*"
    r"(?:[A-Z]?[\w-]+\s+)?(?:countries|nations|states)\b"
)
_PASSPORT = re.compile(r"\b(ordinary|diplomatic|official|service)\s+passport", re.IGNORECASE)


_WHOLE = re.compile(
    r"(?:nationals|citizens|travell?ers|visitors|passport[\s-]holders|passports|tourists|people|visas?"
    r"|arrangement|nationality|migrants)$"
)
_COUNTED = re.compile(
    r"(?:\d[\d,]*|\b(?:some|several|many|certain|few|dozens\s+of|hundreds\s+of|thousands\s+of|two|three"
    r"|four|five|six|seven|eight|nine|ten|a|an))\s+$"
)
_NARROWS = re.compile(
    r"\s+(?:who\b|whose\b|aged\b|under\b|over\s+\d|living\b|residing\b|studying\b|working\b"
    r"|accused\b|suspected\b|convicted\b|involved\b|linked\b|responsible\b|subject\b)[^.;,]{0,60}"
)


class Peoples(msgspec.Struct, frozen=True):
    """Country codes, `*` for everybody, or none where only their number is told.

    `some` says which of a nationality, where it is not all; `counted` that they are individuals.
    """

    codes: tuple[str, ...]
    at: At
    passport_type: str | None = None
    some: str | None = None
    counted: bool = False


@cache
def _followed() -> re.Pattern[str]:
    return re.compile(rf"(?:['’]s)?\s+(?:[\w-]+\s+){{0,2}}?{_PEOPLE}\b")


def peoples(text: str, start: int, end: int, destination: str) -> Peoples | None:
    """The people that an act between two offsets is about; the destination's own are left out."""
    named = [p for p in places.places(text, start, end)
             if p.is_country and p.code != destination]  # fmt: skip
    chosen: list[places.Place] = []
    for place in named:
        before = text[max(start, place.start - 60) : place.start]
        joins = bool(chosen) and _JOINS.fullmatch(text, chosen[-1].end, place.start) is not None
        if place.kind == "adjective":
            taken = (
                _followed().match(text, place.end, end) is not None or text[place.end - 1] == "s"
            )
        else:
            taken = _OF.search(before) is not None or _ON.search(before) is not None
            taken = taken or text.startswith(("'s", "’s"), place.end)
        if taken or joins or (not chosen and _listed(text, place, named, end)):
            chosen.append(place)
    passport = _PASSPORT.search(text, start, end)
    kind = passport[1].lower() if passport else None
    if chosen:
        codes = tuple(dict.fromkeys(p.code for p in chosen))
        counted = _COUNTED.search(text, max(start, chosen[0].start - 20), chosen[0].start)
        return Peoples(
            codes, (chosen[0].start, chosen[-1].end), kind, _some(text, chosen, end),
            counted is not None,
        )  # fmt: skip
    if found := _EVERYBODY.search(text, start, end):
        return Peoples(("*",), found.span(), kind)
    if found := _NUMBER.search(text, start, end):
        return Peoples((), found.span(), kind)
    return None


def _some(text: str, chosen: list[places.Place], end: int) -> str | None:
    """The words for those of a nationality that are meant, unless all are."""
    last = chosen[-1]
    people = _followed().match(text, last.end, end) if last.kind == "adjective" else None
    after = people.end() if people else last.end
    narrows = _NARROWS.match(text, after, end)
    if narrows or (people and not _WHOLE.search(people[0])):
        stop = narrows.end() if narrows else after
        return " ".join(text[chosen[0].start : stop].split())
    return None


def _listed(text: str, place: places.Place, named: list[places.Place], end: int) -> bool:
    """Whether an adjective begins a list whose people come last: "Iraqi and Syrian refugees"."""
    if place.kind != "adjective":
        return False
    later = [p for p in named if p.start > place.start and p.kind == "adjective"]
    return any(
        _JOINS.fullmatch(text, place.end, p.start) and _followed().match(text, p.end, end)
        for p in later[:1]
    )
