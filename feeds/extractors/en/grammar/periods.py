"""The stretch of time that a figure covers, as EDTF."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from feeds.extractors.en.grammar.dates import MONTH, When, date_at

_YEAR = r"(?:19|20)\d\d"
_ORDER = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "final": 4}
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
           "nine": 9, "ten": 10, "eleven": 11}  # fmt: skip
# The United States count from October; the year is named for the one in which it ends.
_FISCAL_START = 10

_Rule = Callable[[re.Match[str], str, date | None], When | None]


def periods(text: str, start: int, end: int, today: date | None) -> list[When]:
    """The periods named between two offsets, in order, none overlapping an earlier one."""
    found: list[When] = []
    for pattern, rule in _RULES:
        for match in pattern.finditer(text, start, end):
            taken = any(w.start < match.end() and match.start() < w.end for w in found)
            when = None if taken else rule(match, text, today)
            if when is not None:
                found.append(when)
    return sorted(found, key=lambda when: when.start)


def _month_text(today: date) -> str:
    return f"{today.year:04}-{today.month:02}"


def _open(edtf: str, match: re.Match[str], today: date | None, basis: str | None = None) -> When:
    """From a start to about now: the source does not say on which day it counted last."""
    until = f"{_month_text(today)}~" if today else ".."
    return When(f"{edtf}/{until}", match.start(), match.end(), basis)


def _since_relative(match: re.Match[str], text: str, today: date | None) -> When | None:
    if today is None:
        return None
    year = today.year - (1 if match["which"].lower() == "last" else 0)
    return _open(f"{year:04}-01", match, today)


def _since_fiscal(match: re.Match[str], text: str, today: date | None) -> When | None:
    if match["year"] is None and today is None:
        return None
    if match["year"]:
        named = int(match["year"])
    else:
        assert today is not None
        named = today.year + (1 if today.month >= _FISCAL_START else 0)
    return _open(f"{named - 1:04}-{_FISCAL_START:02}", match, today, "fiscal:US")


def _since(match: re.Match[str], text: str, today: date | None) -> When | None:
    when = date_at(text, match.start("date"), match.end("date"), today, "past")
    if when is None or "/" in when.edtf or (today and when.edtf[:4] > f"{today.year:04}"):
        return None
    return _open(when.edtf, match, today)


def _span(match: re.Match[str], text: str, today: date | None) -> When | None:
    last = date_at(text, match.start("b"), match.end("b"), today, "past")
    if last is None:
        return None
    first_words = match["a"]
    if not re.search(_YEAR, first_words) and re.match(MONTH, first_words):
        # "between January and April 2023": the year stands once, at the end.
        first = date_at(text, match.start("a"), match.end("a"), _end_of_year(last), "past")
    else:
        first = date_at(text, match.start("a"), match.end("a"), today, "past")
    if first and first.edtf > last.edtf and not re.search(_YEAR, match["a"] + match["b"]):
        # "Between October and March": over the turn of the year.
        first = date_at(text, match.start("a"), match.end("a"), _end_of_year(last, 1), "past")
    if first is None or first.edtf > last.edtf:
        return None
    return When(f"{first.edtf}/{last.edtf}", match.start(), match.end())


def _end_of_year(when: When, before: int = 0) -> date:
    return date(int(when.edtf[:4]) - before, 12, 31)


def _part_of_year(match: re.Match[str], text: str, today: date | None) -> When | None:
    named = match["year"]
    if named is None and today is None:
        return None
    if named:
        year = int(named)
    else:
        assert today is not None
        year = today.year - (1 if (match["rel"] or "").lower().startswith("last") else 0)
    order = _ORDER[match["order"].lower()]
    unit = match["unit"].lower()
    if unit == "months":
        months = _COUNTS.get((match["count"] or "").lower(), 0) or int(match["count"] or 0)
        if order != 1 or not 1 <= months <= 12:
            return None
        first, last = 1, months
    elif unit == "quarter":
        first, last = order * 3 - 2, order * 3
    else:
        if order not in (1, 2):
            return None
        first, last = order * 6 - 5, order * 6
    return When(f"{year:04}-{first:02}/{year:04}-{last:02}", match.start(), match.end())


def _fiscal(match: re.Match[str], text: str, today: date | None) -> When:
    year = int(match["year"])
    return When(
        f"{year - 1:04}-{_FISCAL_START:02}/{year:04}-{_FISCAL_START - 1:02}",
        match.start(), match.end(), "fiscal:US",
    )  # fmt: skip


def _so_far(match: re.Match[str], text: str, today: date | None) -> When | None:
    return _open(f"{today.year:04}-01", match, today, "year-to-date") if today else None


def _this_fiscal(match: re.Match[str], text: str, today: date | None) -> When | None:
    if today is None:
        return None
    year = today.year + (1 if today.month >= _FISCAL_START else 0)
    if match["which"].lower() in ("last", "past", "previous"):
        year -= 1
        edtf = f"{year - 1:04}-{_FISCAL_START:02}/{year:04}-{_FISCAL_START - 1:02}"
        return When(edtf, match.start(), match.end(), "fiscal:US")
    return _open(f"{year - 1:04}-{_FISCAL_START:02}", match, today, "fiscal:US")


def _year_to(match: re.Match[str], text: str, today: date | None) -> When | None:
    """ "In the year to March 2019": the months that end there, or whole days where it names one."""
    last = date_at(text, match.start("date"), match.end("date"), today, "past")
    if last is None or not re.fullmatch(r"\d{4}-\d\d(?:-\d\d)?", last.edtf):
        return None
    count = (match["count"] or "12").lower()
    months = _COUNTS.get(count, 0) or (int(count) if count.isdecimal() else 12)
    ends = int(last.edtf[:4]) * 12 + int(last.edtf[5:7]) - 1
    first = ends - months + 1
    until = last.edtf
    return When(f"{first // 12:04}-{first % 12 + 1:02}/{until}", match.start(), last.end)


def _until_today(match: re.Match[str], text: str, today: date | None) -> When | None:
    """ "In the past two weeks": from so long before the publication until then."""
    if today is None:
        return None
    count = (match["count"] or "one").lower()
    many = {"one": 1, **_COUNTS, "twelve": 12}.get(count, 0) or int(count)
    unit = match["unit"].lower().rstrip("s")
    if unit in ("day", "week"):
        days = many * (7 if unit == "week" else 1)
        first = (today - timedelta(days=days)).isoformat()
        return When(f"{first}/{today.isoformat()}", match.start(), match.end())
    months = (
        today.year * 12 + today.month - 1 - many * {"month": 1, "year": 12, "decade": 120}[unit]
    )
    return _open(f"{months // 12:04}-{months % 12 + 1:02}", match, today)


def _as_of(match: re.Match[str], text: str, today: date | None) -> When | None:
    when = date_at(text, match.start("date"), match.end("date"), today, "past")
    if when is None or "/" in when.edtf or when.edtf.endswith("~"):
        return None
    if today and when.edtf[:4] > f"{today.year:04}":
        return None
    day = f"{when.edtf}-12-31" if match["end"] and len(when.edtf) == len("2024") else when.edtf
    return When(day, match.start(), when.end)


def _plain(match: re.Match[str], text: str, today: date | None) -> When | None:
    when = date_at(text, match.start("date"), match.end("date"), today, "past")
    if when is None or when.edtf.endswith("~"):
        return None
    return When(when.edtf, match.start(), when.end)


_DATED = rf"(?:{MONTH}\s+\d{{1,2}}(?:,?\s+{_YEAR})?|{MONTH}(?:\s+{_YEAR})?|{_YEAR})"
_RULES: tuple[tuple[re.Pattern[str], _Rule], ...] = (
    (
        re.compile(
            r"\bsince\s+(?:the\s+)?(?:start|beginning)\s+of\s+(?:the\s+)?(?:new\s+|current\s+)?"
            rf"(?:fiscal\s+year\s+(?=20))?(?P<year>{_YEAR})?\s*(?:U\.S\.\s+)?"
            rf"(?:(?<=\s)fiscal\s+year|(?<=\d))(?:\s+in\s+{MONTH})?",
            re.IGNORECASE,
        ),
        _since_fiscal,
    ),
    (
        re.compile(
            r"\bsince\s+(?:(?:the\s+)?(?:start|beginning)\s+of\s+)?(?P<which>last|this)\s+year\b",
            re.IGNORECASE,
        ),
        _since_relative,
    ),
    (
        re.compile(
            rf"\b[Ss]ince\s+(?:[^,.;:“”\"]{{1,60}}?\s+in\s+|(?:(?:the\s+)?(?:start|beginning|end)"
            rf"\s+of\s+)|(?:early|late|mid)[-\s])?(?P<date>{_DATED})\b"
        ),
        _since,
    ),
    (
        re.compile(
            rf"\b(?:[Bb]etween|[Ff]rom)\s+(?P<a>{_DATED})\s+(?:and|to|through|until|till)\s+"
            rf"(?P<b>{_DATED})\b"
        ),
        _span,
    ),
    (
        re.compile(
            r"\b(?:in|during|over|for)\s+the\s+(?P<order>first|second|third|fourth|last|final)\s+"
            r"(?:(?P<count>two|three|four|five|six|seven|eight|nine|ten|eleven|\d{1,2})\s+)?"
            rf"(?P<unit>months|quarter|half)\s+of\s+(?:(?P<year>{_YEAR})|(?P<rel>this\s+year"
            r"|last\s+year|the\s+year))\b",
            re.IGNORECASE,
        ),
        _part_of_year,
    ),
    (
        re.compile(rf"\b(?:in\s+|during\s+)?(?:fiscal\s+(?:year\s+)?|FY\s?)(?P<year>{_YEAR})\b",
                   re.IGNORECASE),
        _fiscal,
    ),
    (
        re.compile(
            rf"\b(?:in\s+|during\s+)?the\s+(?P<year>{_YEAR})\s+(?:U\.S\.\s+)?fiscal\s+year\b",
            re.IGNORECASE,
        ),
        _fiscal,
    ),
    (
        re.compile(
            r"\b(?:so\s+far\s+)?(?:in\s+|during\s+)?(?:the\s+)?(?P<which>last|past|previous|current|this)"
            r"\s+fiscal\s+year(?:\s+so\s+far)?\b",
            re.IGNORECASE,
        ),
        _this_fiscal,
    ),
    (
        re.compile(
            r"\b(?:in|during|over|for)\s+the\s+(?:(?P<count>\w{2,6})\s+months|year)\s+"
            rf"(?:to|ending|ended|up\s+to)\s+(?:in\s+|on\s+)?(?:the\s+end\s+of\s+)?(?P<date>{MONTH}\s+{_YEAR}|{_DATED}|\d"
            rf"[\w]*\s+{MONTH}(?:\s+{_YEAR})?)",
            re.IGNORECASE,
        ),
        _year_to,
    ),
    (
        re.compile(
            r"\b(?:in|during|over|for|within)\s+(?:the\s+)?(?:past|last|previous)\s+"
            r"(?:(?P<count>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2})\s+)?"
            r"(?P<unit>days|weeks|months|years|decade|year|month|week)\b",
            re.IGNORECASE,
        ),
        _until_today,
    ),
    (
        re.compile(
            rf"\b(?:[Aa]s\s+of|[Bb]y|[Aa]t)\s+(?P<end>the\s+end\s+of\s+)?(?P<date>\d{{1,2}}\s+{MONTH}"
            rf"(?:\s+{_YEAR})?|{_DATED})\b"
        ),
        _as_of,
    ),
    (
        re.compile(
            r"\b(?:so\s+far\s+(?:in\s+)?this\s+year|(?:already\s+)?this\s+year(?!['’]s)(?:\s+(?:so\s+far|alone))?"
            r"|(?:this|the)\s+year\s+to\s+date|since\s+the\s+(?:start|beginning|turn)\s+of\s+the\s+year)\b",
            re.IGNORECASE,
        ),
        _so_far,
    ),
    (
        re.compile(
            rf"\b(?:[Ii]n|[Dd]uring|[Tt]hroughout|[Ff]or|[Oo]ver)\s+(?:all\s+of\s+|the\s+year\s+)?"
            rf"(?P<date>{MONTH},?\s+{_YEAR}|{_YEAR}|{MONTH}(?!\s+\d))\b(?!\s*(?:[-–]\s*)?\d)"
        ),
        _plain,
    ),
    (re.compile(r"\b(?P<date>[Ll]ast\s+(?:year|month|week))\b"), _plain),
)  # fmt: skip
