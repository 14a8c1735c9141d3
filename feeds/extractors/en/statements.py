"""Statements: quoted words with who said them, in which role, when, where and to whom."""

import re

import msgspec

from feeds.extractor import Extractor
from feeds.extractors.en.grammar.attribution import SPEECH, Quotation, Speech, quotations
from feeds.extractors.en.grammar.dates import MONTH
from feeds.extractors.en.grammar.numbers import quantities
from feeds.extractors.en.grammar.occasions import Occasion
from feeds.extractors.en.grammar.occasions import occasion as occasion_of
from feeds.extractors.en.grammar.officials import Voice, in_scope, voice
from feeds.extractors.en.grammar.reading import (
    Found,
    Line,
    Quote,
    Reading,
    origin,
    proposals,
    read,
)  # fmt: skip
from feeds.extractors.en.grammar.releases import Release, release
from feeds.extractors.en.grammar.tallies import tally
from feeds.items import RawItem
from tracker.domain.draft import DraftProposed

_FEWEST_WORDS = 5
"""Fewer words in quotation marks are a term or a nickname and no statement."""

_FEWEST_SAID = 3
"""As few words say something behind "said"; a verb such as "condemned" says something itself."""
_PLAIN = re.compile(r"(?:said|says?|told|tells|add(?:s|ed)|stat(?:es|ed))$")
# Countries are added to lists; what is added to words follows with "that".
_THAT = re.compile(r"\s+that\b")
_VERBS = re.compile(SPEECH)
# With a quotation, whoever announces or confirms speaks as well.
_QUOTING = re.compile(rf"{SPEECH}|(?:announc|confirm|not|explain)(?:es|ed|s)")
_SCARE = re.compile(
    r"\b(?:called|known|dubbed|nicknamed|titled|entitled|so-called|term|headlined|labelled)"
    r"(?:\s+\w+){0,4}\s*[,:]?\s*$"
)
_NEGATED = re.compile(r"\b(?:not|never|n[’']t|denied|if|would\s+have)\b[^“”\"]{0,20}$")
# "In 2022, X said", "X said in April": another occasion than the one the report is about.
_OTHER_TIME = re.compile(
    rf"(?:[Ii]n|[Dd]uring|[Bb]ack\s+in|[Ll]ast)\s+(?:(?:19|20)\d\d|{MONTH}|year|month)\b"
)


class _Said(msgspec.Struct, frozen=True):
    """A quotation with its speaker and circumstances."""

    line: Line
    speech: Speech
    words: Quotation
    occasion: Occasion
    country: str | None = None


def _extract(item: RawItem, document: str) -> list[DraftProposed]:
    reading = read(item)
    issued = release(reading)
    said = _said(reading)
    occasions = _single_occasions(reading)
    quoted = {one.line.at.start for one in said}
    found = [_statement(reading, one, occasions) for one in said]
    found += [
        _reported(reading, line, speech, speaks)
        for number, line in enumerate(reading.lines)
        if line.at.start not in quoted and issued is None
        for speech, speaks in _indirect(reading, number, line)
    ]
    if issued:
        found.append(_issued(issued))
    return proposals(reading, document, STATEMENTS, found)


def _said(reading: Reading) -> list[_Said]:
    said: list[_Said] = []
    for line in reading.lines:
        quoted = quotations(reading.text, line.at.start, line.at.end)
        long = [q for q in quoted if _is_statement(reading.text, line, q)]
        if not long:
            continue
        speakers = [s for s in line.speeches if _QUOTING.fullmatch(s.verb) and
                    s.agent.kind != "outlet"]  # fmt: skip
        if len({s.agent.name for s in speakers}) == 1:
            speech = speakers[0]
            if _NEGATED.search(reading.text, line.at.start, speech.end):
                continue
            speaks = voice(reading, speech.mention)
            if speaks is None or not in_scope(reading, line, speaks):
                continue
            occasion = occasion_of(reading.text, line.at, quoted, reading.today)
            said += [_Said(line, speech, words, occasion, speaks.country) for words in long]
        elif not line.speeches and said and _goes_on(reading.text, said[-1], line, quoted):
            before = said[-1]
            said += [
                _Said(line, before.speech, words, Occasion(), before.country) for words in long
            ]
    return said


def _indirect(reading: Reading, number: int, line: Line) -> list[tuple[Speech, Voice]]:
    """Whoever is said to say something in a sentence without a long quotation."""
    text, found = reading.text, list[tuple[Speech, Voice]]()
    if text[line.at.end - 1] == "?":
        return found
    for speech in line.speeches:
        if not _VERBS.fullmatch(speech.verb) or _NEGATED.search(text, line.at.start, speech.start):
            continue
        around = text[line.at.start : speech.start] + text[speech.end : line.at.end]
        if len(around.split()) < (_FEWEST_SAID if _PLAIN.match(speech.verb) else 2):
            continue
        if speech.verb in ("added", "adds") and not _THAT.match(text, speech.end):
            continue
        if _pronoun(text, speech) and not _spoke_before(reading, number, speech):
            continue
        if _is_figure(text, line):
            # A figure given by an official is a statistic.
            continue
        speaks = voice(reading, speech.mention)
        if speaks and in_scope(reading, line, speaks) and not _elsewhen(text, line, speech):
            found.append((speech, speaks))
    return found[:1]


def _pronoun(text: str, speech: Speech) -> bool:
    return text[speech.mention.start : speech.mention.end].lower() in ("he", "she", "it", "they")


def _spoke_before(reading: Reading, number: int, speech: Speech) -> bool:
    """Whether whom a pronoun means spoke in the sentence right before, in the same paragraph."""
    if number == 0:
        return False
    before, line = reading.lines[number - 1], reading.lines[number]
    same = any(s.agent.name == speech.agent.name for s in before.speeches)
    return same and before.at.paragraph == line.at.paragraph


def _is_figure(text: str, line: Line) -> bool:
    start, end = line.at.start, line.at.end
    return any(tally(text, start, end, q) for q in quantities(text, start, end))


def _elsewhen(text: str, line: Line, speech: Speech) -> bool:
    if _OTHER_TIME.match(text, line.at.start, line.at.end):
        return True
    at = min(speech.end + 1, line.at.end)
    return _OTHER_TIME.match(text, at, line.at.end) is not None


def _reported(reading: Reading, line: Line, speech: Speech, speaks: Voice) -> Found:
    """A statement in the reporter's words."""
    agent, mention = speech.agent, speech.mention
    quoted = quotations(reading.text, line.at.start, line.at.end)
    occasion = occasion_of(reading.text, line.at, quoted, reading.today)
    speaker = (mention.start, mention.end)
    spans = {"speaker": speaker, "text": (line.at.start, line.at.end)}
    if agent.role and mention.role_at:
        spans["role"] = mention.role_at
    if agent.organisation:
        spans["organisation"] = mention.body_at or mention.role_at or speaker
    said_on = occasion.said_on.edtf if occasion.said_on else None
    if occasion.said_on:
        spans["said_on"] = (occasion.said_on.start, occasion.said_on.end)
    elif line.at.item and reading.day:
        said_on = reading.day.edtf
        spans["said_on"] = (reading.day.start, reading.day.end)
    fact = {
        "speaker": agent.name,
        "text": reading.text[line.at.start : line.at.end],
        "verbatim": "paraphrase",
        "role": agent.role,
        "organisation": agent.organisation,
        "on_behalf_of": agent.organisation if agent.kind == "person" else None,
        "country": speaks.country,
        "said_on": said_on,
        "medium": occasion.medium,
    }
    if occasion.medium_at:
        spans["medium"] = occasion.medium_at
    return Found(
        "statement-made", fact, (line.at.start, line.at.end),
        (Quote(line, origin(speech, "cites")),), spans, "reported-speech",
        "0.75" if mention.full else "0.65",
    )  # fmt: skip


def _issued(issued: Release) -> Found:
    """The position of a press release."""
    agent, line = issued.agent, issued.line
    spans = {"speaker": issued.speaker_at, "text": (line.at.start, line.at.end)}
    if issued.role_at:
        spans["role"] = issued.role_at
    fact = {
        "speaker": agent.name,
        "text": issued.text,
        "verbatim": "verbatim",
        "role": agent.role,
        "organisation": agent.organisation,
        "on_behalf_of": agent.organisation if agent.kind == "person" else None,
        "country": agent.country,
        "said_on": issued.said_on.isoformat() if issued.said_on else None,
        "medium": "press release",
    }
    return Found("statement-made", fact, (line.at.start, line.at.end), (Quote(line),), spans,
                 "press-release", "0.85")  # fmt: skip


def _is_statement(text: str, line: Line, words: Quotation) -> bool:
    return (
        len(text[words.start : words.end].split()) >= _FEWEST_WORDS
        and _SCARE.search(text, line.at.start, max(line.at.start, words.start - 1)) is None
    )


def _goes_on(text: str, before: _Said, line: Line, quoted: list[Quotation]) -> bool:
    """A sentence of nothing but a quotation, right after its speaker's last one."""
    return (
        len(quoted) == 1
        and quoted[0].start == line.at.start + 1
        and quoted[0].end == line.at.end - 1
        and before.line.at.paragraph == line.at.paragraph
        and not text[before.line.at.end : line.at.start].strip()
    )


def _single_occasions(reading: Reading) -> dict[str, Occasion]:
    """For each speaker whom the document dates only once: that occasion."""
    dated: dict[str, dict[str, Occasion]] = {}
    for line in reading.lines:
        quoted = quotations(reading.text, line.at.start, line.at.end)
        speakers = {s.agent.name for s in line.speeches if _VERBS.fullmatch(s.verb)}
        occasion = occasion_of(reading.text, line.at, quoted, reading.today)
        if len(speakers) == 1 and occasion.said_on:
            dated.setdefault(speakers.pop(), {}).setdefault(occasion.said_on.edtf, occasion)
    return {name: next(iter(days.values())) for name, days in dated.items() if len(days) == 1}


def _statement(reading: Reading, said: _Said, occasions: dict[str, Occasion]) -> Found:
    agent, mention = said.speech.agent, said.speech.mention
    occasion, inherited = said.occasion, False
    if occasion.said_on is None and not _elsewhere(reading.text, said):
        inherited = agent.name in occasions
        occasion = occasions.get(agent.name, occasion)
    speaker = (mention.start, mention.end)
    spans = {"speaker": speaker, "text": (said.words.start, said.words.end)}
    if agent.role and mention.role_at:
        spans["role"] = mention.role_at
    if agent.organisation:
        spans["organisation"] = mention.body_at or mention.role_at or speaker
    if occasion.said_on:
        spans["said_on"] = (occasion.said_on.start, occasion.said_on.end)
    if occasion.place:
        spans["place"] = occasion.place
    if occasion.medium_at:
        spans["medium"] = occasion.medium_at
    fact = {
        "speaker": agent.name,
        "text": reading.text[said.words.start : said.words.end].rstrip(","),
        "verbatim": "verbatim",
        "role": agent.role,
        "organisation": agent.organisation,
        "on_behalf_of": agent.organisation if agent.kind == "person" else None,
        "country": agent.country or said.country,
        "said_on": occasion.said_on.edtf if occasion.said_on else None,
        "medium": occasion.medium,
        "place": reading.text[occasion.place[0] : occasion.place[1]] if occasion.place else None,
    }
    certain = mention.full and not inherited
    return Found(
        "statement-made",
        fact,
        (said.words.start, said.words.end),
        (Quote(said.line, origin(said.speech, "quotes")),),
        spans,
        "quotation-continued" if said.speech.start < said.line.at.start else "quotation",
        "0.9" if certain else "0.85" if not inherited else "0.75",
    )


def _elsewhere(text: str, said: _Said) -> bool:
    """Whether a time stands at the head of the sentence or right behind the verb."""
    start, end = said.line.at.start, said.line.at.end
    if _OTHER_TIME.match(text, start, end):
        return True
    verb_end = said.speech.end
    return start <= verb_end < end and (
        _OTHER_TIME.match(text, min(verb_end + 1, end), end) is not None
    )


STATEMENTS = Extractor("en-statements", 2, "en", _extract)
