"""Direct speech: quotations of some length, and who of the officials said them."""

import re

import msgspec

from feeds.extractors.en.grammar.attribution import Quotation, Speech, quotations
from feeds.extractors.en.grammar.indirect import is_figure
from feeds.extractors.en.grammar.occasions import Occasion, occasion
from feeds.extractors.en.grammar.officials import in_scope, voice
from feeds.extractors.en.grammar.reading import Line, Reading
from feeds.extractors.en.grammar.speaking import ANNOUNCES, appears, is_speech

_FEWEST_WORDS = 5
"""Fewer words in quotation marks are a term or a nickname and no statement."""
_BESIDE = 10
"""Characters between a quotation and whoever is named as its speaker."""
_SCARE = re.compile(
    r"\b(?:called|known|dubbed|nicknamed|titled|entitled|so-called|term|headlined|labelled)"
    r"(?:\s+\w+){0,4}\s*[,:]?\s*$"
)
_NEGATED = re.compile(r"\b(?:not|never|n[’']t|denied|if|would\s+have)\b[^“”\"]{0,20}$")


class Said(msgspec.Struct, frozen=True):
    """A quotation with its speaker and circumstances."""

    line: Line
    speech: Speech
    words: Quotation
    occasion: Occasion
    country: str | None = None


def said(reading: Reading) -> list[Said]:
    """The quotations of officials, in order."""
    found: list[Said] = []
    before: tuple[Line, Speech] | None = None
    for line in reading.lines:
        quoted = quotations(reading.text, line.at.start, line.at.end)
        words = [q for q in quoted if _is_statement(reading.text, line, q)
                 and not is_figure(reading.text, q.start, q.end)]  # fmt: skip
        speech = _speaker(reading, line, words)
        about, goes_on = line, False
        if speech is None and words and before:
            goes_on = _goes_on(reading.text, before[0], line, quoted)
            about, speech = before if goes_on else (line, None)
        if speech and words:
            speaks = voice(reading, speech.mention)
            if speaks and (in_scope(reading, line, speaks) or in_scope(reading, about, speaks)):
                when = Occasion() if goes_on else occasion(
                    reading.text, line.at, quoted, reading.today
                )  # fmt: skip
                found += [Said(line, speech, one, when, speaks.country) for one in words]
        before = (line, speech) if speech else None
    return found


def _speaker(reading: Reading, line: Line, words: list[Quotation]) -> Speech | None:
    """Who speaks in a sentence: the only one who does, or the one right beside the quotation."""
    speaking = [s for s in line.speeches if s.agent.kind != "outlet" and (
        is_speech(s.verb) or ANNOUNCES.fullmatch(s.verb) or s.verb == "according to"
        or (appears(s.verb) and not words))]  # fmt: skip
    if len({s.agent.name for s in speaking}) > 1:
        speaking = [s for s in speaking if any(_is_beside(s, q) for q in words)]
    if len({s.agent.name for s in speaking}) != 1:
        return None
    negated = _NEGATED.search(reading.text, line.at.start, speaking[0].end)
    return None if negated else speaking[0]


def _is_beside(speech: Speech, words: Quotation) -> bool:
    return 0 <= words.start - speech.end <= _BESIDE or 0 <= speech.start - words.end <= _BESIDE


def _is_statement(text: str, line: Line, words: Quotation) -> bool:
    return (
        len(text[words.start : words.end].split()) >= _FEWEST_WORDS
        and _SCARE.search(text, line.at.start, max(line.at.start, words.start - 1)) is None
    )


def _goes_on(text: str, before: Line, line: Line, quoted: list[Quotation]) -> bool:
    """A sentence of nothing but a quotation, right after one in which somebody spoke."""
    return (
        not line.speeches
        and len(quoted) == 1
        and quoted[0].start == line.at.start + 1
        and quoted[0].end == line.at.end - 1
        and before.at.paragraph == line.at.paragraph
        and not text[before.at.end : line.at.start].strip()
    )
