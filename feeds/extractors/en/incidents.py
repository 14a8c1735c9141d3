"""Incidents: what happened to migrants, refugees, deportees or smugglers, where, when, to how many."""

import re
from typing import Any

import msgspec

from feeds.extractor import Extractor
from feeds.extractors.en.grammar import places, tolls
from feeds.extractors.en.grammar.attribution import quotations
from feeds.extractors.en.grammar.dates import When, dates
from feeds.extractors.en.grammar.happenings import Happening, happenings
from feeds.extractors.en.grammar.migrants import MIGRANTS
from feeds.extractors.en.grammar.reading import (
    At,
    Found,
    Line,
    Quote,
    Reading,
    origin,
    proposals,
    read,
)
from feeds.extractors.en.grammar.sites import Spot, remover, site, spots
from feeds.extractors.en.grammar.tolls import Toll, number_in, toll
from feeds.items import RawItem
from tracker.domain.draft import DraftProposed

_DEADLY = ("drowning", "killing", "accident", "other", "attack")
_GRAVITY = ("killing", "drowning", "kidnapping", "attack", "protest", "smuggling", "expulsion",
            "detention", "accident", "other")  # fmt: skip
_AT_SEA = re.compile(
    r"\b(?:boats?|dingh(?:y|ies)|vessels?|ships?|shipwreck|capsiz\w+|drown\w*|at\s+sea|overboard|canoe|pirogue"
    r"|(?:English|the)\s+Channel|Mediterranean)\b"
)
_BY_HAND = re.compile(
    r"\b(?:shot|shoot\w*|gun\w*|stab\w*|murder\w*|attack\w*|massacre\w*|beat\w*)\b"
)
# "Officials said on Monday": the day of speaking.
_SAID = re.compile(
    r"\b(?:said|says|told|reported|announced|confirmed|stated|added)(?:\s+(?:in\s+a\s+\w+|late|early"
    r"|\w+\s+\w+))?(?:\s+on)?\s+$|\b(?:since|until|by|before|from|starting|after)\s+$"
)
_ANOTHER = re.compile(r"\b(?:another|a\s+second|a\s+separate|separately|elsewhere|in\s+a\s+different)\b",
                      re.IGNORECASE)  # fmt: skip
_SEVERAL = re.compile(r"\b(?:dozens|scores|hundreds|thousands)\b", re.IGNORECASE)
_WORDS_OF = re.compile(MIGRANTS)
_ARRIVALS = ("vessel-lands", "crowd-arrives")
_BACK = 3
"""Sentences over which the place of a happening may have been named before."""
_BESIDE = 4
"""Sentences on either side that may say that it happened to migrants."""
_ON = 2
"""Sentences after it which may say how many it concerned."""
_OLDEST_DAYS = 400


class _Told(msgspec.Struct):
    """A happening as the sentences read so far tell it."""

    kind: str
    happening: Happening
    lines: list[Line]
    number: int
    spot: Spot | None
    near: bool
    """Whether the sentence itself names the place."""
    when: When | None = None
    killed: Toll | None = None
    injured: Toll | None = None
    affected: Toll | None = None

    @property
    def grave(self) -> str:
        """The kind, for what cost lives above all."""
        return "killing" if self.killed else self.kind if self.kind in _GRAVITY else "other"

    @property
    def line(self) -> Line:
        """The sentence that tells it first."""
        return self.lines[0]

    @property
    def key(self) -> tuple[str, str | None]:
        """What makes two sentences of a report tell the same happening."""
        deadly = "deaths" if self.killed or self.kind in ("drowning", "killing") else self.kind
        return deadly, self.spot.country if self.spot else None


def _extract(item: RawItem, document: str) -> list[DraftProposed]:
    reading = read(item)
    told: list[_Told] = []
    for number, line in enumerate(reading.lines):
        for one in _in(reading, number, line):
            same = None if _apart(reading, line) else _same(told, one)
            if same:
                _fill(same, one)
                same.lines.append(line)
            else:
                told.append(one)
    return proposals(reading, document, INCIDENTS, [_found(reading, t) for t in told])


def _apart(reading: Reading, line: Line) -> bool:
    return _ANOTHER.search(reading.text, line.at.start, line.at.end) is not None


def _same(told: list[_Told], one: _Told) -> _Told | None:
    """The happening already told of which this is a restatement or the sequel."""
    for earlier in reversed(told):
        if one.line.at.item and one.line.at.paragraph != earlier.line.at.paragraph:
            continue
        kind, country = earlier.key
        same_place = country == one.key[1] or None in (country, one.key[1])
        if kind == one.key[0] and same_place and not _conflict(earlier.when, one.when):
            return earlier
    return None


def _conflict(a: When | None, b: When | None) -> bool:
    return a is not None and b is not None and a.edtf != b.edtf


def _fill(told: _Told, later: _Told) -> None:
    for name in ("when", "killed", "injured", "affected"):
        if getattr(told, name) is None:
            setattr(told, name, getattr(later, name))
    if later.near and (not told.near or (told.spot and told.spot.country is None)):
        told.spot, told.near = later.spot, True


def _in(reading: Reading, number: int, line: Line) -> list[_Told]:
    text, start, end = reading.text, line.at.start, line.at.end
    around = _around(reading, number, line)
    quoted = quotations(text, start, end)
    told: list[_Told] = []
    for happening in happenings(text, start, end, line.at.item, around):
        if any(q.start <= happening.verb[0] < q.end for q in quoted):
            continue
        one = _told(reading, number, line, happening)
        if one and all(one.kind != other.kind for other in told):
            told.append(one)
    # One sentence tells one happening: the gravest that it asserts.
    return sorted(told, key=lambda t: _GRAVITY.index(t.grave))[:1]


def _around(reading: Reading, number: int, line: Line) -> tuple[At, ...]:
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


def _told(reading: Reading, number: int, line: Line, happening: Happening) -> _Told | None:
    text, start, end = reading.text, line.at.start, line.at.end
    when = _when(reading, line)
    if when is None and line.at.item:
        when = reading.day
    if when and reading.today and not _recent(reading, when):
        return None
    named = spots(text, start, end)
    rule = happening.rule
    passive = rule.voice in ("passive", "intransitive", "noun")
    if rule.kind == "expulsion":
        here = remover(named, happening.verb[0], passive)
    else:
        here = site(named, happening.verb[0], rule.name in _ARRIVALS)
    if here is None and rule.kind == "smuggling":
        # Whoever smuggles people to a country is tried there, where nothing else is said.
        here = next((s for s in named if s.part == "to" and s.country), None)
    near = here is not None
    if here is None or here.country is None:
        here = _named_before(reading, number, line) or here
    told = _Told(rule.kind, happening, [line], number, here, near, when)
    _count(reading, number, told)
    return told if _is_one(text, told) else None


def _is_one(text: str, told: _Told) -> bool:
    """Whether it is a single occasion somewhere, and not what happens in general."""
    numbers = (told.killed, told.injured, told.affected)
    vague = _SEVERAL.search(text, told.happening.start, told.happening.end)
    if told.kind == "drowning":
        return True
    return told.spot is not None and (told.when is not None or any(numbers) or bool(vague))


def _recent(reading: Reading, when: When) -> bool:
    today = reading.today
    if today is None or len(when.edtf.rstrip("~")) < len("2024-06-18"):
        return today is None or when.edtf[:4] >= str(today.year - 1)
    age = (today - today.fromisoformat(when.edtf[:10])).days
    return -1 <= age <= _OLDEST_DAYS


def _when(reading: Reading, line: Line) -> When | None:
    """The day on which it happened, where the sentence gives one beside that of speaking."""
    text, start, end = reading.text, line.at.start, line.at.end
    for when in dates(text, start, end, reading.today, "past"):
        before = text[max(start, when.start - 40) : when.start]
        if len(when.edtf) >= len("2024-06") and not _SAID.search(before):
            return when
    return None


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


def _count(reading: Reading, number: int, told: _Told) -> None:
    """How many it concerned, by its own sentence or by those that go on with it."""
    text, rule = reading.text, told.happening.rule
    first = told.line.at
    if rule.counts:
        told.affected = _counted(text, told.happening, first.start)
    if told.kind not in _DEADLY:
        return
    sequel = [
        line.at for line in reading.lines[number : number + _ON + 1]
        if line.at.paragraph == first.paragraph
    ]  # fmt: skip
    for at in sequel:
        told.killed = told.killed or toll(tolls.KILLED, text, at.start, at.end)
        told.injured = told.injured or toll(tolls.INJURED, text, at.start, at.end)
    for patterns in (tolls.ABOARD, tolls.RESCUED, tolls.MISSING):
        for at in sequel:
            told.affected = told.affected or toll(patterns, text, at.start, at.end)
    deadly = told.killed is not None or rule.name in ("found-dead", "deaths-of", "loss-of-life")
    if told.kind == "drowning" and not deadly and not _died(text, sequel[0].start, sequel[-1].end):
        told.kind = "other"
    by_hand = told.kind not in ("other", "accident") and _BY_HAND.search(
        text, first.start, first.end
    )
    if deadly and not by_hand and _AT_SEA.search(text, first.start, first.end):
        told.kind = "drowning"


def _died(text: str, start: int, end: int) -> bool:
    return re.search(r"\b(?:dead|deaths?|died?|dies|drown\w*|bodies|kill\w*|missing|perish\w*)\b",
                     text[start:end]) is not None  # fmt: skip


def _counted(text: str, happening: Happening, start: int) -> Toll | None:
    """The number beside the verb: after it where it acts, before it where it is acted on."""
    verb = happening.verb
    if happening.rule.voice == "active":
        return number_in(text, verb[1], happening.end)
    return number_in(text, max(start, happening.start - 30), verb[0])


def _found(reading: Reading, told: _Told) -> Found:
    text, at, spot = reading.text, told.line.at, told.spot
    who = _WORDS_OF.search(text, at.start, at.end)
    nations = [s for s in places.places(text, at.start, at.end)
               if s.is_country and s.kind == "adjective" and _is_of(text, s.end)]  # fmt: skip
    fact: dict[str, Any] = {
        "incident_type": told.kind,
        "occurred": told.when.edtf if told.when else None,
        "place": _place(spot) if spot else None,
        "victim_term": who[0] if who else None,
        "nationalities": list(dict.fromkeys(n.code for n in nations)) or None,
    }
    spans: dict[str, At] = {
        "incident_type": told.happening.verb,
    }
    if spot:
        spans["place"] = (spot.start, spot.end)
    if told.when:
        spans["occurred"] = (told.when.start, told.when.end)
    if who:
        spans["victim_term"] = who.span()
    if nations:
        spans["nationalities"] = (nations[0].start, nations[-1].end)
    for name in ("killed", "injured", "affected"):
        number: Toll | None = getattr(told, name)
        if number:
            fact[name] = number.count
            spans[name] = (number.start, number.end)
    quotes = tuple(Quote(line, _from(line)) for line in told.lines)
    return Found("incident-reported", fact, (told.happening.start, told.happening.end), quotes, spans,
                 told.happening.rule.name, _confidence(told))  # fmt: skip


def _place(spot: Spot) -> dict[str, str]:
    place = {"name": spot.name, "country": spot.country}
    if spot.name is None:
        place["precision"] = "country"
    return {name: value for name, value in place.items() if value}


def _is_of(text: str, end: int) -> bool:
    """Whether an adjective says of whom it is told that they are migrants, or nationals."""
    return (
        re.match(rf"s?\s+(?:[\w-]+\s+)?(?:{MIGRANTS}|nationals\b|citizens\b)", text[end : end + 60])
        is not None
    )


def _from(line: Line) -> tuple[Any, ...]:
    return origin(next(iter(line.speeches), None), "cites")


def _confidence(told: _Told) -> str:
    sure = told.happening.rule.sure
    return sure if told.near and told.when else "0.7" if told.near or told.when else "0.6"


INCIDENTS = Extractor("en-incidents", 1, "en", _extract)
