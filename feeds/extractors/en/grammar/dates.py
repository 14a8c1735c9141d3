"""Dates in English text as EDTF, relative ones resolved against the day of publication."""

import calendar
import re
from datetime import date, timedelta
from typing import Literal

import msgspec

Lean = Literal["past", "near", "future"]
"""Which of several possible years or weeks is meant: a report's own date looks back, "starting
July 1" means the nearest, "next" looks ahead."""

_MONTHS = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_WEEKDAYS = {name.lower(): i for i, name in enumerate(calendar.day_name)}

_SMALL = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten".split(), 1)
} | {"a": 1, "an": 1}

MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
)
_WEEKDAY = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_YEAR = r"(?:19|20)\d\d"
_DAY = r"[0-3]?\d(?:st|nd|rd|th)?"
_DATE = re.compile(
    rf"""(?:(?P<iso>{_YEAR}-\d\d-\d\d)
      | (?:(?:(?i:last|this|next)\s+)?{_WEEKDAY}\s*,?\s*\(?)?
        (?P<month>{MONTH})\s+(?P<day>{_DAY})\b(?!,\d{{3}})(?:,?\s+(?P<year>{_YEAR}))?
      | (?:the\s+)?(?P<day2>{_DAY})\s+(?:of\s+)?(?P<month2>{MONTH})(?:,?\s+(?P<year2>{_YEAR}))?
      | (?:(?P<part>early|mid|late)[-\s]+)?
        (?:(?P<month3>{MONTH}),?\s+(?P<year3>{_YEAR})|(?P<month4>{MONTH})|(?P<year4>{_YEAR}))
      | (?:(?P<which>(?i:last|this|next))\s+)?(?P<weekday>{_WEEKDAY})
      | (?P<relday>(?i:today|yesterday|tomorrow))
      | (?P<which2>(?i:last|this|next))\s+(?P<unit>week|month|year)
      | (?P<ago>\d{{1,3}}|{"|".join(_SMALL)})\s+(?P<ago_unit>day|week|month|year)s?\s+ago
    )\b\.?""",
    re.VERBOSE,
)


_JOINED = re.compile(r"[\w$€£.,/-]")


class When(msgspec.Struct, frozen=True):
    """A date found in a text: its EDTF form and its offsets; `basis` names the kind of year."""

    edtf: str
    start: int
    end: int
    basis: str | None = None


def date_at(text: str, start: int, end: int, today: date | None, lean: Lean) -> When | None:
    """The date that begins at an offset; None where there is none or it cannot be resolved."""
    match = _DATE.match(text, start, end)
    if match is None or start == end:
        return None
    edtf = _resolved(match, today, lean)
    stop = match.end() - (1 if match[0].endswith(".") and not _abbreviated(match[0]) else 0)
    return When(edtf, match.start(), stop) if edtf else None


def dates(text: str, start: int, end: int, today: date | None, lean: Lean) -> list[When]:
    """All dates between two offsets that can be resolved, in order."""
    found: list[When] = []
    for match in _DATE.finditer(text, start, end):
        alone = match.start() == 0 or not _JOINED.match(text, match.start() - 1)
        when = date_at(text, match.start(), end, today, lean) if alone else None
        if when:
            found.append(when)
    return found


def _abbreviated(words: str) -> bool:
    return words[-4:-1].lower() in _MONTHS


def _resolved(match: re.Match[str], today: date | None, lean: Lean) -> str | None:
    g = match.groupdict()
    if g["iso"]:
        return _day(*(int(part) for part in g["iso"].split("-")))
    month, day = g["month"] or g["month2"], g["day"] or g["day2"]
    year = g["year"] or g["year2"] or g["year3"] or g["year4"]
    if month and day:
        return _month_day(_month(month), int(re.sub(r"\D", "", day)), year, today, lean)
    qualifier = "~" if g["part"] else ""
    named = g["month3"] or g["month4"]
    if named:
        number = _month(named)
        if year is None and today is None:
            return None
        chosen = int(year) if year else _year_of_month(number, today or date.min, lean)
        return f"{chosen:04}-{number:02}{qualifier}"
    if year:
        return f"{int(year):04}{qualifier}"
    return _relative(g, today, lean) if today else None


def _month(name: str) -> int:
    return _MONTHS[name.rstrip(".").lower()]


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _month_day(
    month: int, day: int, year: str | None, today: date | None, lean: Lean
) -> str | None:
    if year or today is None:
        return _day(int(year), month, day) if year else None
    days = [_day(today.year + shift, month, day) for shift in (-1, 0, 1)]
    return _chosen([date.fromisoformat(d) for d in days if d], today, lean)


def _chosen(days: list[date], today: date, lean: Lean) -> str | None:
    # A day of grace: the reporter's morning may be the server's evening before.
    if lean == "past":
        days = [d for d in days if d <= today + timedelta(days=1)]
    elif lean == "future":
        days = [d for d in days if d >= today]
    return min(days, key=lambda d: abs(d - today)).isoformat() if days else None


def _year_of_month(month: int, today: date, lean: Lean) -> int:
    if lean == "past":
        return today.year if month <= today.month else today.year - 1
    if lean == "future":
        return today.year if month >= today.month else today.year + 1
    return min(
        (today.year + shift for shift in (-1, 0, 1)),
        key=lambda year: abs((year - today.year) * 12 + month - today.month),
    )


def _relative(g: dict[str, str | None], today: date, lean: Lean) -> str | None:
    if g["relday"]:
        shift = {"today": 0, "yesterday": -1, "tomorrow": 1}[g["relday"].lower()]
        return (today + timedelta(days=shift)).isoformat()
    if g["ago"]:
        return _ago(_SMALL.get(g["ago"]) or int(g["ago"]), g["ago_unit"] or "day", today)
    if g["weekday"]:
        back = (today.weekday() - _WEEKDAYS[g["weekday"].lower()]) % 7
        which = (g["which"] or "").lower()
        if which == "next" or (lean == "future" and not which):
            return (today + timedelta(days=(7 - back) % 7 or 7)).isoformat()
        if which == "last" and back == 0:
            back = 7
        return (today - timedelta(days=back)).isoformat()
    shift = {"last": -1, "this": 0, "next": 1}[(g["which2"] or "this").lower()]
    if g["unit"] == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=shift)
        return f"{monday.isoformat()}/{(monday + timedelta(days=6)).isoformat()}"
    if g["unit"] == "month":
        return _shifted(today, shift)
    return f"{today.year + shift:04}"


def _shifted(today: date, shift: int) -> str:
    months = today.year * 12 + today.month - 1 + shift
    return f"{months // 12:04}-{months % 12 + 1:02}"


def _ago(number: int, unit: str, today: date) -> str:
    """The day meant by "three days ago"; longer units are only about right."""
    if unit == "month":
        return f"{_shifted(today, -number)}~"
    if unit == "year":
        return f"{today.year - number:04}~"
    if unit == "week":
        return f"{(today - timedelta(weeks=number)).isoformat()}~"
    return (today - timedelta(days=number)).isoformat()
