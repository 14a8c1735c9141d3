"""Who speaks for a state or a union of states, and on which subjects their words are of the field."""

import re

import msgspec

from feeds.extractors.en.grammar.actors import home, state_of
from feeds.extractors.en.grammar.agents import Mention
from feeds.extractors.en.grammar.reading import Line, Reading
from feeds.extractors.en.grammar.tallies import is_of_field

# Those whose trade is other countries speak for their state on any subject.
_FOREIGN = re.compile(
    r"\bforeign\b|\bexternal\s+(?:affairs|relations)\b|\bstate\s+department\b|\bdepartment\s+of\s+state\b"
    r"|\bsecretary\s+of\s+state\b|\bembass(?:y|ies)\b|\bambassador\b|\bconsula\w*\b|\bconsul\b|\bdiplomat\w*\b"
    r"|\bhigh\s+commission(?:er)?\b(?!\s+for\s+refugees)",
    re.IGNORECASE,
)
_OF_STATE = re.compile(
    r"\bpresident\b|\bprime\s+minister\b|\bpremier\b|\bchancellor\b|\bminister\b|\bking\b|\bqueen\b"
    r"|\bsecretary\b|\bgovernor\b|\bspokes\w+\b|\bofficials?\b|\bcommissioner\b|\benvoy\b|\bpolice\b"
    r"|\bchief\b|\battorney\b|\bsheriff\b|\bcommander\b|\bgovernment\b",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"\bopposition\b|\bshadow\b|\bformer\b|\bex-|\bsenator\b|\bcongress\w*\b|\blawmaker\b|\blegislator\b"
    r"|\bMPs?\b|\bcandidate\b|\bnominee\b|\banalyst\b|\bprofessor\b|\bresearcher\b|\blawyer\b|\badvocate\b"
    r"|\bactivist\b|\bcompany\b|\b(?:news|party)\b|\bvice[-\s]president\s+of\b|\bCEO\b|\bexecutive\s+director\b"
    r"|\bpresident-elect\b|\bpresidential\s+(?:candidate|hopeful)\b",
    re.IGNORECASE,
)
_HEAD = re.compile(r"\b(?:president|prime\s+minister|premier|chancellor|minister)$", re.IGNORECASE)
_AROUND = 300


class Voice(msgspec.Struct, frozen=True):
    """An official voice: its country (None where it is of several), and whether any subject counts."""

    country: str | None
    foreign: bool


_PARTY = re.compile(
    r"\b(?:Tory|Tories|Labour|Conservative|Liberal\s+Democrat|Lib\s+Dem|Democratic|Democrat|Republican|GOP"
    r"|Green|SNP|AfD|UKIP|UK\s+Independence\s+Party|party|opposition|campaign|group|union|company|airline"
    r"|shadow|former|rights|charity)(?:['’]s)?\s+$",
    re.IGNORECASE,
)


def voice(reading: Reading, mention: Mention) -> Voice | None:
    """The official standing of whoever speaks; None for everybody else."""
    agent = mention.agent
    if _PARTY.search(reading.text, max(0, mention.start - 30), mention.start):
        return None
    who = f"{agent.role or ''} {agent.organisation or ''} {agent.name if agent.kind == 'body' else ''}"
    if agent.kind == "outlet" or _OUTSIDE.search(who):
        return None
    foreign = _FOREIGN.search(who) is not None
    if agent.official:
        return Voice(agent.country, foreign)
    if agent.kind == "person" and agent.role and (foreign or _OF_STATE.search(agent.role)):
        country = agent.country or state_of(agent.name)
        country = country or (None if agent.organisation else home(reading.text))
        known = country or agent.organisation or _HEAD.search(agent.role)
        return Voice(country, foreign) if known else None
    return None


def in_scope(reading: Reading, line: Line, speaks: Voice) -> bool:
    """Whether the words of a voice in a sentence are of the field."""
    if speaks.foreign:
        return True
    text, start = reading.text, line.at.start
    if is_of_field(text, start, line.at.end):
        return True
    if line.at.item:
        return False
    low = max(reading.item.body_start, start - _AROUND)
    return is_of_field(text, low, start) and is_of_field(text, 0, reading.item.body_start)
