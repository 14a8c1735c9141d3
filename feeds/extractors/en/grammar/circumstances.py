"""Where and when something happened, by the sentence that tells it and by those around it."""

import re

from feeds.extractors.en.grammar.actors import actors
from feeds.extractors.en.grammar.dates import When, dates
from feeds.extractors.en.grammar.happenings import Happening
from feeds.extractors.en.grammar.reading import At, Line, Reading
from feeds.extractors.en.grammar.sites import Spot, remover, site, spots

# "Officials said on Monday": the day of speaking.
_SAID = re.compile(
    r"\b(?:said|says|told|reported|announced|confirmed|stated|added)(?:\s+(?:in\s+a\s+\w+|late|early"
    r"|\w+\s+\w+))?(?:\s+on)?\s+$|\b(?:since|until|by|before|from|starting|after)\s+$"
)
_BY_THE_STATE = ("detention", "expulsion", "smuggling")
_ARRIVALS = ("vessel-lands", "crowd-arrives")
_BACK = 3
"""Sentences over which the place of a happening may have been named before."""
_BESIDE = 4
"""Sentences on either side that may say that it happened to migrants."""
_OLDEST_DAYS = 400


def around(reading: Reading, number: int, line: Line) -> tuple[At, ...]:
    """The sentences beside one that may say what it is about; for an item those of the item."""
    beside = reading.lines[max(0, number - _BESIDE) : number + _BESIDE + 1]
    if line.at.item:
        beside = tuple(b for b in beside if b.at.paragraph == line.at.paragraph)
        return (*_headings(reading, number), *((b.at.start, b.at.end) for b in beside))
    return ((0, reading.item.body_start), *((b.at.start, b.at.end) for b in beside))


def _headings(reading: Reading, number: int) -> tuple[At, ...]:
    """What stands above an item in its list, below the item before: the news it belongs to."""
    first = number
    while first and reading.lines[first - 1].at.paragraph == reading.lines[number].at.paragraph:
        first -= 1
    before = reading.lines[first - 1].at.end if first else reading.item.body_start
    return ((before, reading.lines[first].at.start),)


def place_of(
    reading: Reading, number: int, line: Line, happening: Happening
) -> tuple[Spot | None, bool]:
    """The place, and whether the sentence names it rather than those before."""
    named = spots(reading.text, line.at.start, line.at.end)
    rule, verb = happening.rule, happening.verb[0]
    if rule.kind == "expulsion":
        # Who receives the deported acts, and yet sent nobody away.
        here = remover(named, verb, rule.voice != "active" or rule.name == "receives-deported")
    else:
        here = site(named, verb, rule.name in _ARRIVALS)
    if here is None and rule.kind == "smuggling":
        # Whoever smuggles people to a country is tried there, where nothing else is said.
        here = next((s for s in named if s.part == "to" and s.country), None)
    if here is None and rule.kind in _BY_THE_STATE:
        # "ICE agents arrest": a body that needs no country to be named.
        acting = actors(reading.text, line.at.start, verb)
        if acting:
            return Spot(acting[-1].code, "actor", acting[-1].start, acting[-1].end), True
    if here is None or here.country is None:
        return _named_before(reading, number, line) or here, here is not None
    return here, True


def is_recent(reading: Reading, when: When) -> bool:
    """Whether it is news, and not what a report recalls or expects."""
    today = reading.today
    if today is None or len(when.edtf.rstrip("~")) < len("2024-06-18"):
        return today is None or when.edtf[:4] >= str(today.year - 1)
    age = (today - today.fromisoformat(when.edtf[:10])).days
    return -1 <= age <= _OLDEST_DAYS


def day_of(reading: Reading, line: Line) -> When | None:
    """The day on which it happened: of the sentence, beside that of speaking, or of the page."""
    text, start, end = reading.text, line.at.start, line.at.end
    for when in dates(text, start, end, reading.today, "past"):
        before = text[max(start, when.start - 40) : when.start]
        if len(when.edtf) >= len("2024-06") and not _SAID.search(before):
            return when
    return reading.day if line.at.item else None


def _named_before(reading: Reading, number: int, line: Line) -> Spot | None:
    """The only country in which the sentences before, or the title, place anything."""
    before = reading.lines[max(0, number - _BACK) : number][::-1]
    if line.at.item:
        before = tuple(b for b in before if b.at.paragraph == line.at.paragraph)
    passages = [(b.at.start, b.at.end) for b in before]
    passages += _headings(reading, number) if line.at.item else [(0, reading.item.body_start)]
    for at in passages:
        sites = [s for s in spots(reading.text, *at) if s.part in ("site", "actor") and s.country]
        if len({s.country for s in sites}) == 1:
            return sites[0]
    return None
