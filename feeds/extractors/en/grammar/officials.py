"""Who speaks for a state or a union of states, and on which subjects their words are of the field."""

import re
from functools import lru_cache

import msgspec

from feeds.extractors.en.grammar.actors import home, state_of
from feeds.extractors.en.grammar.agents import Mention
from feeds.extractors.en.grammar.holders import holder
from feeds.extractors.en.grammar.introductions import HOME_BODIES
from feeds.extractors.en.grammar.reading import Line, Reading
from feeds.extractors.en.grammar.scope import crosses_borders, mentions

# Those whose trade is other countries speak for their state on any subject.
_FOREIGN = re.compile(
    r"\bforeign\b|\bexternal\s+(?:affairs|relations)\b|\bstate\s+department\b|\bdepartment\s+of\s+state\b"
    r"|\bsecretary\s+of\s+state\b|\bembass(?:y|ies)\b|\bambassador\b|\bconsula\w*\b|\bconsul\b|\bdiplomat\w*\b"
    r"|\bhigh\s+commission(?:er)?\b(?!\s+for\s+(?:refugees|human))|\bhigh\s+representative\b",
    re.IGNORECASE,
)
_OF_STATE = re.compile(
    r"\bpresident\b|\bprime\s+minister\b|\bpremier\b|\bchancellor\b|\bminister\b|\bking\b|\bqueen\b"
    r"|\bsecretary\b|\bgovernor\b|\bspokes\w+\b|\bofficials?\b|\bcommissioner\b|\benvoy\b|\bpolice\b"
    r"|\bchief\b|\battorney\b|\bsheriff\b|\bcommander\b|\bgovernment\b|\bmayor\b|\bczar\b|\btaoiseach\b"
    r"|\bdirector\b|\bhead\b",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"\bopposition\b|\bshadow\b|\bformer\b|\bex-|\bsenator\b|\bcongress\w*\b|\blawmaker\b|\blegislator\b"
    r"|\bMPs?\b|\bcandidate\b|\bnominee\b|\banalyst\b|\bprofessor\b|\bresearcher\b|\blawyer\b|\badvocate\b"
    r"|\bactivist\b|\bdefen[cs]e\s+lawyer\b|\b(?:Tory|Tories|Labour|Conservatives?|Liberal|Lib|Democrat(?:ic)?s?"
    r"|Republicans?|GOP|Greens?|SNP|AfD|UKIP|campaign|group|union|airline|rights|charity|club|bank)(?:['’]s)?\s"
    r"|\bcompany\b|\b(?:news|party)\b|\bvice[-\s]president\s+of\b|\bCEO\b|\bexecutive\s+director\b"
    r"|\bpresident-elect\b|\bpresidential\s+(?:candidate|hopeful)\b",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"\b(?:president|prime\s+minister|premier|chancellor|minister|governor|mayor|attorney\s+general"
    r"|ambassador|commissioner|sheriff|secretary(?:\s+of\s+\w+)?|king)$",
    re.IGNORECASE,
)
# Bodies that have no other business than the field.
_OF_FIELD = (
    "UNHCR", "International Organization for Migration", "Immigration and Customs Enforcement",
    "Customs and Border Protection", "U.S. Border Patrol", "U.S. Citizenship and Immigration Services",
    "Border Force", "Frontex", "European Union Agency for Asylum",
    "Immigration, Refugees and Citizenship Canada",
)  # fmt: skip
_AROUND = 300
_LEAD = 500
_SHARE = 0.35
"""Of the sentences of a document that is about the field."""
_HEADING = re.compile(r"^(?P<indent>[ \t]*)[-*•][ \t]+[^\n]*$", re.MULTILINE)


class Voice(msgspec.Struct, frozen=True):
    """An official voice: its country (None where it is of several), and what it speaks of.

    `foreign` is whose words count on any subject, `of_field` whose only subject the field is.
    """

    country: str | None
    foreign: bool
    of_field: bool = False


def voice(reading: Reading, mention: Mention) -> Voice | None:
    """The official standing of whoever speaks; None for everybody else."""
    agent = mention.agent
    who = f"{agent.role or ''} {agent.organisation or ''} {agent.name if agent.kind == 'body' else ''}"
    if agent.kind == "outlet" or agent.outside or _OUTSIDE.search(who):
        return None
    held = holder(agent.name, reading.today) if agent.kind == "person" else None
    foreign = _FOREIGN.search(f"{who} {held.office if held else ''}") is not None
    if agent.official or held:
        country = agent.country or (held.country if held else None)
        if country is None and (agent.organisation or "").lower() in HOME_BODIES:
            country = home(reading.text)
        return Voice(country, foreign, agent.organisation in _OF_FIELD)
    if agent.kind == "person" and agent.role and (foreign or _OF_STATE.search(agent.role)):
        country = agent.country or state_of(agent.name)
        country = country or (None if agent.organisation else home(reading.text))
        known = country or agent.organisation or _HEAD.search(agent.role)
        return Voice(country, foreign) if known else None
    return None


def is_foreign(who: str) -> bool:
    """Whether a role or body deals with other countries, so that all its words are of the field."""
    return _FOREIGN.search(who) is not None


def in_scope(reading: Reading, line: Line, speaks: Voice) -> bool:
    """Whether the words of a voice in a sentence are of the field."""
    if speaks.foreign or speaks.of_field:
        return True
    text, start = reading.text, line.at.start
    if crosses_borders(text, start, line.at.end):
        return True
    if line.at.item:
        return any(crosses_borders(text, *at) for at in _headings(text, start))
    low = max(reading.item.body_start, start - _AROUND)
    return crosses_borders(text, low, line.at.end + _AROUND) and _is_about_them(reading)


@lru_cache(maxsize=8)
def _is_about_them(reading: Reading) -> bool:
    """Whether people who cross borders are what a whole document is about."""
    text = reading.text
    start = reading.item.body_start
    if crosses_borders(text, 0, start) or mentions(text, start, start + _LEAD) > 1:
        return True
    lines = [line.at for line in reading.lines]
    return sum(crosses_borders(text, at.start, at.end) for at in lines) >= _SHARE * len(lines)


def _headings(text: str, item: int) -> list[tuple[int, int]]:
    """The headings above an item of a list, each less indented than the one below it."""
    found: list[tuple[int, int]] = []
    line = text.rfind("\n", 0, item) + 1
    indent = len(text[line:item]) - len(text[line:item].lstrip())
    end = line - 1
    while end > 0 and indent > 0:
        start = text.rfind("\n", 0, end) + 1
        heading = _HEADING.fullmatch(text, start, end)
        if heading is None:
            break
        if len(heading["indent"]) < indent:
            indent = len(heading["indent"])
            found.append((start, end))
        end = start - 1
    return found
