"""Statements: what officials say, in their words or the reporter's: who, when, where, to whom."""

from typing import Any

from feeds.extractor import Extractor
from feeds.extractors.en.grammar.attribution import Speech, quotations
from feeds.extractors.en.grammar.direct import Said, said
from feeds.extractors.en.grammar.indirect import elsewhen, indirect
from feeds.extractors.en.grammar.occasions import Occasion, occasion
from feeds.extractors.en.grammar.reading import (
    At,
    Found,
    Line,
    Quote,
    Reading,
    origin,
    proposals,
    read,
)  # fmt: skip
from feeds.extractors.en.grammar.releases import Release, release
from feeds.extractors.en.grammar.speaking import ANNOUNCES, is_speech
from feeds.items import RawItem
from tracker.domain.draft import DraftProposed


def _extract(item: RawItem, document: str) -> list[DraftProposed]:
    reading = read(item)
    issued = release(reading)
    spoken = said(reading)
    occasions = _single_occasions(reading)
    found = [_quoted(reading, one, occasions) for one in spoken]
    if issued:
        found.append(_issued(issued))
    found += _paraphrases(reading, spoken, issued)
    return proposals(reading, document, STATEMENTS, found)


def _paraphrases(reading: Reading, spoken: list[Said], issued: Release | None) -> list[Found]:
    """What is told of everybody who is not quoted, once of each; an item of a list is by itself."""
    heard = {_voice_of(one.speech) for one in spoken}
    states = {one.country for one in spoken if one.country}
    quoted = {one.line.at.start for one in spoken}
    found: list[Found] = []
    for number, line in enumerate(reading.lines):
        told = None if line.at.start in quoted else indirect(reading, number, line)
        if told is None or (issued and not _announces(told[0], issued)):
            continue
        who, state = _voice_of(told[0]), told[1].country
        # A government speaks through those of its people who are heard already.
        known = who in heard or (state in states and who.endswith("government"))
        if line.at.item or not known:
            found.append(_reported(reading, line, told[0], state))
            heard.add(who)
            states |= {state} if state else set()
    return found


def _voice_of(speech: Speech) -> str:
    """One name for a body and whoever speaks for it without a name."""
    agent = speech.agent
    return agent.name if agent.kind == "person" else agent.organisation or agent.name


def _announces(speech: Speech, issued: Release) -> bool:
    """Whether a release reports an announcement of somebody else."""
    named = speech.agent.kind == "person" and speech.agent.name != issued.agent.name
    return named and ANNOUNCES.fullmatch(speech.verb) is not None


def _single_occasions(reading: Reading) -> dict[str, Occasion]:
    """For each speaker whom the document dates only once: that occasion."""
    dated: dict[str, dict[str, Occasion]] = {}
    for line in reading.lines:
        speakers = {s.agent.name for s in line.speeches if is_speech(s.verb)}
        if len(speakers) != 1:
            continue
        quoted = quotations(reading.text, line.at.start, line.at.end)
        when = occasion(reading.text, line.at, quoted, reading.today)
        if when.said_on:
            dated.setdefault(speakers.pop(), {}).setdefault(when.said_on.edtf, when)
    return {name: next(iter(days.values())) for name, days in dated.items() if len(days) == 1}


def _quoted(reading: Reading, one: Said, occasions: dict[str, Occasion]) -> Found:
    """A statement in the speaker's words."""
    speech, when, inherited = one.speech, one.occasion, False
    if when.said_on is None and not elsewhen(reading.text, one.line, speech):
        inherited = speech.agent.name in occasions
        when = occasions.get(speech.agent.name, when)
    at = (one.words.start, one.words.end)
    fact, spans = _fields(reading, one.line, speech, one.country, when, at)
    fact |= {"text": reading.text[at[0] : at[1]].rstrip(","), "verbatim": "verbatim"}
    continued = speech.start < one.line.at.start
    certain = speech.mention.full and not inherited and not continued
    return Found(
        "statement-made", fact, at, (Quote(one.line, origin(speech, "quotes")),), spans,
        "quotation-continued" if continued else "quotation",
        "0.9" if certain else "0.75" if inherited else "0.8" if continued else "0.85",
    )  # fmt: skip


def _reported(reading: Reading, line: Line, speech: Speech, country: str | None) -> Found:
    """A statement in the reporter's words."""
    quoted = quotations(reading.text, line.at.start, line.at.end)
    when = occasion(reading.text, line.at, quoted, reading.today)
    at = (line.at.start, line.at.end)
    fact, spans = _fields(reading, line, speech, country, when, at)
    fact |= {"text": reading.text[at[0] : at[1]], "verbatim": "paraphrase"}
    return Found(
        "statement-made", fact, at, (Quote(line, origin(speech, "cites")),), spans,
        "reported-speech", "0.75" if speech.mention.full else "0.65",
    )  # fmt: skip


def _fields(
    reading: Reading, line: Line, speech: Speech, country: str | None, when: Occasion, text: At
) -> tuple[dict[str, Any], dict[str, At]]:
    """Who spoke, for whom, when and where, with the words that say so."""
    agent, mention = speech.agent, speech.mention
    speaker = (mention.start, mention.end)
    # An item of a day page is of the page's day unless it names another.
    day = when.said_on or (reading.day if line.at.item else None)
    fact = {
        "speaker": agent.name,
        "role": agent.role,
        "organisation": agent.organisation,
        "on_behalf_of": agent.organisation if agent.kind == "person" else None,
        "country": agent.country or country,
        "said_on": day.edtf if day else None,
        "medium": when.medium,
        "place": reading.text[when.place[0] : when.place[1]] if when.place else None,
    }
    spans: dict[str, At | None] = {
        "speaker": speaker,
        "text": text,
        "role": mention.role_at,
        "organisation": mention.body_at or mention.role_at or speaker,
        "said_on": (day.start, day.end) if day else None,
        "place": when.place,
        "medium": when.medium_at,
    }
    return fact, {name: at for name, at in spans.items() if at}


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


STATEMENTS = Extractor("en-statements", 2, "en", _extract)
