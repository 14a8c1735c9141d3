"""Statements: quoted words with who said them, in which role, when, where and to whom."""

import re

import msgspec

from feeds.extractor import Extractor
from feeds.extractors.en.grammar.attribution import SPEECH, Quotation, Speech, quotations
from feeds.extractors.en.grammar.dates import MONTH
from feeds.extractors.en.grammar.occasions import Occasion
from feeds.extractors.en.grammar.occasions import occasion as occasion_of
from feeds.extractors.en.grammar.reading import (
    Found,
    Line,
    Quote,
    Reading,
    origin,
    proposals,
    read,
)  # fmt: skip
from feeds.items import RawItem
from tracker.domain.draft import DraftProposed

_FEWEST_WORDS = 5
"""Fewer words in quotation marks are a term or a nickname and no statement."""

_VERBS = re.compile(SPEECH)
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


def _extract(item: RawItem, document: str) -> list[DraftProposed]:
    reading = read(item)
    said = _said(reading)
    occasions = _single_occasions(reading)
    found = [_statement(reading, one, occasions) for one in said]
    return proposals(reading, document, STATEMENTS, found)


def _said(reading: Reading) -> list[_Said]:
    said: list[_Said] = []
    for line in reading.lines:
        quoted = quotations(reading.text, line.at.start, line.at.end)
        long = [q for q in quoted if _is_statement(reading.text, line, q)]
        if not long:
            continue
        speakers = [s for s in line.speeches if _VERBS.fullmatch(s.verb) and
                    s.agent.kind != "outlet"]  # fmt: skip
        if len({s.agent.name for s in speakers}) == 1:
            speech = speakers[0]
            if _NEGATED.search(reading.text, line.at.start, speech.end):
                continue
            occasion = occasion_of(reading.text, line.at, quoted, reading.today)
            said += [_Said(line, speech, words, occasion) for words in long]
        elif not line.speeches and said and _goes_on(reading.text, said[-1], line, quoted):
            said += [_Said(line, said[-1].speech, words, Occasion()) for words in long]
    return said


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
        "country": agent.country,
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


STATEMENTS = Extractor("en-statements", 1, "en", _extract)
