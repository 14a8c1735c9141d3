"""Incidents: what happened to migrants, refugees, deportees or smugglers, where, when, to how many."""

import re
from itertools import takewhile
from typing import Any

import msgspec

from feeds.extractor import Extractor
from feeds.extractors.en.grammar import places, tolls
from feeds.extractors.en.grammar.attribution import quotations
from feeds.extractors.en.grammar.circumstances import around, day_of, is_recent, place_of
from feeds.extractors.en.grammar.dates import When
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
from feeds.extractors.en.grammar.sentences import Sentence
from feeds.extractors.en.grammar.sites import Spot
from feeds.extractors.en.grammar.tolls import Toll, number_in, toll
from feeds.items import RawItem
from tracker.domain.draft import DraftProposed

_DEADLY = ("drowning", "killing", "accident", "other", "attack")
_GRAVITY = ("killing", "drowning", "kidnapping", "attack", "protest", "smuggling", "expulsion",
            "detention", "accident", "other")  # fmt: skip
_OFFICIAL = ("smuggling", "expulsion", "detention")
"""What "migrants who were …" have behind them and no report of it would put so."""
_AT_SEA = re.compile(
    r"\b(?:boats?|dingh(?:y|ies)|vessels?|ships?|shipwreck|capsiz\w+|drown\w*|at\s+sea|overboard|canoe|pirogue"
    r"|(?:English|the)\s+Channel|Mediterranean)\b"
)
_BY_HAND = re.compile(
    r"\b(?:shot|shoot\w*|gun\w*|stab\w*|murder\w*|attack\w*|massacre\w*|beat\w*)\b"
)
_ANOTHER = re.compile(r"\b(?:another|a\s+second|a\s+separate|separately|elsewhere|in\s+a\s+different)\b",
                      re.IGNORECASE)  # fmt: skip
_SEVERAL = re.compile(r"\b(?:dozens|scores|hundreds|thousands)\b", re.IGNORECASE)
_WORDS_OF = re.compile(MIGRANTS)
_ON = 2
"""Sentences after it which may say how many it concerned."""


class _Told(msgspec.Struct):
    """A happening as the sentences read so far tell it."""

    kind: str
    happening: Happening
    lines: list[Line]
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
        kinds = (self.kind, self.happening.rule.kind)
        deadly = self.killed or "drowning" in kinds or "killing" in kinds
        return "deaths" if deadly else self.kind, self.spot.country if self.spot else None


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
    if later.kind == "drowning":
        told.kind = later.kind
    if later.near and (not told.near or (told.spot and told.spot.country is None)):
        told.spot, told.near = later.spot, True


def _in(reading: Reading, number: int, line: Line) -> list[_Told]:
    text, start, end = reading.text, line.at.start, line.at.end
    beside = around(reading, number, line)
    quoted = quotations(text, start, end)
    told: list[_Told] = []
    for happening in happenings(text, start, end, line.at.item, beside):
        if any(q.start <= happening.verb[0] < q.end for q in quoted):
            continue
        if happening.recalled and happening.rule.kind in _OFFICIAL:
            continue
        one = _told(reading, number, line, happening)
        if one and all(one.kind != other.kind for other in told):
            told.append(one)
    # One sentence tells one happening: the gravest that it asserts.
    return sorted(told, key=lambda t: (t.happening.recalled, _GRAVITY.index(t.grave)))[:1]


def _told(reading: Reading, number: int, line: Line, happening: Happening) -> _Told | None:
    when = day_of(reading, line)
    if when and not is_recent(reading, when):
        return None
    spot, near = place_of(reading, number, line, happening)
    told = _Told(happening.rule.kind, happening, [line], spot, near, when)
    _count(reading, number, told)
    return told if _is_one(reading.text, told) else None


def _is_one(text: str, told: _Told) -> bool:
    """Whether it is a single occasion somewhere, and not what happens in general."""
    numbers = (told.killed, told.injured, told.affected)
    vague = _SEVERAL.search(text, told.happening.start, told.happening.end)
    if "drowning" in (told.kind, told.happening.rule.kind):
        return True
    if told.kind == "smuggling" and told.spot:
        return True
    return told.spot is not None and (told.when is not None or any(numbers) or bool(vague))


def _count(reading: Reading, number: int, told: _Told) -> None:
    """How many it concerned, by its own sentence or by those that go on with it."""
    text, rule = reading.text, told.happening.rule
    first = told.line.at
    if rule.counts:
        told.affected = _counted(text, told.happening, first.start)
    if told.kind == "smuggling" and told.affected is None:
        told.affected = toll(tolls.ARRESTED, text, first.start, first.end)
    if told.kind not in _DEADLY:
        return
    sequel = _sequel(reading, number)
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


def _sequel(reading: Reading, number: int) -> list[Sentence]:
    """The sentence that tells it, and those of its paragraph that go on with it."""
    first, *after = (line for line in reading.lines[number : number + _ON + 1])
    going_on = takewhile(
        lambda line: line.at.paragraph == first.at.paragraph and not _apart(reading, line), after
    )
    return [first.at, *(line.at for line in going_on)]


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
