"""When, where and to whom somebody spoke, as the sentence around the words tells it."""

import re
from datetime import date

import msgspec

from feeds.extractors.en.grammar.attribution import Quotation
from feeds.extractors.en.grammar.dates import MONTH, When, date_at
from feeds.extractors.en.grammar.sentences import Sentence

# Cue → where the words stood; the first that fits decides.
_MEDIA: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(?:news|press)\s+(?:briefing|conference)"), ""),
    (re.compile(r"\bofficial\s+(?:X|Twitter|Facebook|Weibo|Telegram)\s+account"), ""),
    (re.compile(r"\bposted\s+(?:on|to)\s+(?:X|Twitter|Facebook|Weibo|Telegram)\b"), ""),
    (re.compile(r"\btold\s+(?:reporters|journalists)"), "remarks to reporters"),
    (re.compile(r"\b(?:in|during)\s+an\s+interview"), "interview"),
    (re.compile(r"\btold\s+(?:the\s+)?[A-Z][\w.]+(?:\s+[A-Z][\w.]+){0,3}"), "interview"),
    (re.compile(r"\bin\s+a\s+(?:[\w ,]{0,24}?\s)?(?:statement|communiqu[eé]|press release)"),
     "statement"),
)  # fmt: skip
_PLACE = re.compile(
    r"(?:briefing|conference|reporters|journalists|interview)\s+(?:held\s+)?in\s+"
    r"(?P<place>[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+){0,2})"
)
_DATE_CUE = re.compile(
    rf"\b(?:[Oo]n|in\s+an?|late\s+on|early\s+on|dated|earlier)\s+(?:{MONTH}|[A-Z][a-z]+day|\d)"
    r"|\b(?:last\s+week|yesterday|today)\b"
    r"|\b(?:said|announced|statement|briefing|conference|interview|reporters|journalists|lawmakers|call"
    r"|speech|remarks|letter|tweet|post|testimony|hearing|parliament|Congress|MPs"
    r"|in\s+[A-Z][\w-]+(?:\s+[A-Z][\w-]+)?)\s+(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
)


class Occasion(msgspec.Struct, frozen=True):
    """When, where and to whom somebody spoke, each with the words that say it."""

    said_on: When | None = None
    place: tuple[int, int] | None = None
    medium: str | None = None
    medium_at: tuple[int, int] | None = None


def occasion(
    text: str, sentence: Sentence, quoted: list[Quotation], today: date | None
) -> Occasion:
    """The circumstances that a sentence gives outside its quotations."""
    start, end = sentence.start, sentence.end
    said_on = medium = medium_at = place = None
    for cue in _DATE_CUE.finditer(text, start, end):
        if not _inside(cue.start(), quoted) and said_on is None:
            said_on = _date(text, cue, end, today)
    for pattern, name in _MEDIA:
        match = pattern.search(text, start, end)
        if match and medium is None and not _inside(match.start(), quoted):
            medium = name or " ".join(match[0].split())
            medium_at = (match.start(), match.end())
    where = _PLACE.search(text, start, end)
    if where and not _inside(where.start(), quoted):
        place = (where.start("place"), where.end("place"))
    return Occasion(said_on, place, medium, medium_at)


def _date(text: str, cue: re.Match[str], end: int, today: date | None) -> When | None:
    for at in range(cue.start(), min(cue.end(), end)):
        if at == cue.start() or text[at - 1].isspace():
            when = date_at(text, at, end, today, "past")
            # A month alone is "in April", not the day of a statement.
            if when and len(when.edtf) > len("2024-06"):
                return when
    return None


def _inside(offset: int, quoted: list[Quotation]) -> bool:
    return any(q.start <= offset < q.end for q in quoted)
