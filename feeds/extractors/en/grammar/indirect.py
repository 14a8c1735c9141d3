"""Indirect speech: what officials and states are said to say, without a quotation of length."""

import re

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.acts import acts
from feeds.extractors.en.grammar.agents import Agent, Mention
from feeds.extractors.en.grammar.attribution import Speech, quotations
from feeds.extractors.en.grammar.clauses import told
from feeds.extractors.en.grammar.dates import MONTH
from feeds.extractors.en.grammar.numbers import quantities
from feeds.extractors.en.grammar.officials import Voice, in_scope, voice
from feeds.extractors.en.grammar.reading import Line, Reading
from feeds.extractors.en.grammar.scope import crosses_borders
from feeds.extractors.en.grammar.speaking import ANNOUNCES, SPEECH, TAKES_SIDES, is_speech
from feeds.extractors.en.grammar.tallies import tally

_FEWEST_WORDS = 3
_FEWEST_WORDS_OF_SIDES = 2
_NEGATED = re.compile(r"\b(?:not|never|n[’']t|denied|if|would\s+have)\b[^“”\"]{0,20}$")
# "In 2022, X said", "X said in April": another occasion than the one the report is about.
_OTHER_TIME = re.compile(
    rf"(?:[Ii]n|[Dd]uring|[Bb]ack\s+in|[Ll]ast)\s+(?:(?:19|20)\d\d|{MONTH}|year|month)\b"
)
# What is announced is a deed, unless it is said in a clause.
_CLAUSE = re.compile(
    r"\s+(?:on\s+\w+day\s+)?(?:that\b|(?:it|he|she|they|we|(?:the\s+)?\w+)\s+(?:will|would|is|are|was|were"
    r"|has|have|had|can|could|may|must)\b)"
)
_COUNTED = re.compile(
    r"(?:['’]s)?\s+(?:\w+\s+)?(?:statistics|data|figures|numbers|records|estimates|documents|reports?)\b"
)
_STATE_SAYS = re.compile(
    rf"\s+(?:(?:also|has|have|again|\w+ly)\s+)*(?P<verb>{SPEECH})\b(?!\s+(?:by|of)\b)"
)
_BEGINS = re.compile(r"(?:[Tt]he\s+)?|.{3,60},\s+(?:the\s+)?", re.DOTALL)


def indirect(reading: Reading, number: int, line: Line) -> tuple[Speech, Voice] | None:
    """Whoever is said to say something in a sentence."""
    text = reading.text
    if text[line.at.end - 1] == "?":
        return None
    for speech in line.speeches or _of_state(reading, line):
        if (
            _is_told(reading, number, line, speech)
            and (speaks := _speaks(reading, line, speech)) is not None
            and not elsewhen(text, line, speech)
        ):
            return speech, speaks
    return None


def _speaks(reading: Reading, line: Line, speech: Speech) -> Voice | None:
    speaks = voice(reading, speech.mention)
    return speaks if speaks and in_scope(reading, line, speaks) else None


def _is_told(reading: Reading, number: int, line: Line, speech: Speech) -> bool:
    """Whether the verb carries a claim, and neither a figure nor an act."""
    text, start, end = reading.text, line.at.start, line.at.end
    if ANNOUNCES.fullmatch(speech.verb):
        if acts(text, start, end) or told(text, start, end):
            # A policy that is announced is a policy.
            return False
        if not _CLAUSE.match(text, speech.end, end):
            return False
    elif speech.verb == "according to":
        if _COUNTED.match(text, speech.mention.end) or quantities(text, start, end):
            return False
    elif not is_speech(speech.verb):
        return False
    if _NEGATED.search(text, start, speech.start):
        return False
    around = text[start : speech.start] + text[speech.end : end]
    takes_sides = TAKES_SIDES.match(speech.verb) is not None
    if len(around.split()) < (_FEWEST_WORDS_OF_SIDES if takes_sides else _FEWEST_WORDS):
        return False
    if _is_pronoun(text, speech) and not _spoke_before(reading, number, speech):
        return False
    # A figure given by an official is a statistic.
    return takes_sides or not is_figure(text, start, end)


def _of_state(reading: Reading, line: Line) -> list[Speech]:
    """A state that speaks by its bare name, on what the field is about."""
    text, start, end = reading.text, line.at.start, line.at.end
    quoted = quotations(text, start, end)
    for place in places.places(text, start, min(end, start + 120)):
        says = _STATE_SAYS.match(text, place.end, end)
        named = place.is_country and place.kind == "name"
        if says and named and _BEGINS.fullmatch(text, start, place.start) and not any(
            q.start <= place.start < q.end for q in quoted
        ) and crosses_borders(text, start, end):  # fmt: skip
            name = text[place.start : place.end]
            agent = Agent(name, "body", place.code, official=True)
            mention = Mention(agent, place.start, place.end)
            return [Speech(mention, says["verb"], place.start, says.end())]
    return []


def _is_pronoun(text: str, speech: Speech) -> bool:
    return text[speech.mention.start : speech.mention.end].lower() in ("he", "she", "it", "they")


def _spoke_before(reading: Reading, number: int, speech: Speech) -> bool:
    """Whether whom a pronoun means spoke in the sentence right before, in the same paragraph."""
    if number == 0:
        return False
    before, line = reading.lines[number - 1], reading.lines[number]
    same = any(s.agent.name == speech.agent.name for s in before.speeches)
    return same and before.at.paragraph == line.at.paragraph


def is_figure(text: str, start: int, end: int) -> bool:
    """Whether a stretch of text gives a count of the field, which is a statistic."""
    return any(tally(text, start, end, q) for q in quantities(text, start, end))


def elsewhen(text: str, line: Line, speech: Speech) -> bool:
    """Whether a time of another occasion stands at the head of the sentence or behind the verb."""
    start, end = line.at.start, line.at.end
    if _OTHER_TIME.match(text, start, end):
        return True
    return start <= speech.end < end and (
        _OTHER_TIME.match(text, min(speech.end + 1, end), end) is not None
    )
