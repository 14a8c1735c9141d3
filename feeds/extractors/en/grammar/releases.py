"""Press releases: a text that a public body issues, in the first person or in the name of a state.

Statement by President A. B. on …        (the headline)
A. B., Secretary of State                (the first line)
"""

import re
from datetime import date
from functools import cache

import msgspec

from feeds.extractors.en.grammar.agents import Agent
from feeds.extractors.en.grammar.offices import offices
from feeds.extractors.en.grammar.officials import is_foreign
from feeds.extractors.en.grammar.people import NAME
from feeds.extractors.en.grammar.reading import At, Line, Reading
from feeds.extractors.en.grammar.scope import crosses_borders, mentions
from feeds.extractors.en.grammar.sentences import Sentence

_ROLE = (
    r"(?:[A-Z][\w’'-]+\s+(?:of\s+|for\s+|and\s+|the\s+|to\s+)*)*(?:Spokes(?:person|man|woman)|Secretary"
    r"|Minister|President|Ambassador|Commissioner|Administrator|Director|Envoy|Representative|Chancellor"
    r"|Coordinator|Attorney|Chief|Governor|Under\s?secretary)\b[^\n]{0,80}"
)
_BYLINE = re.compile(rf"^\s*(?P<name>{NAME}),\s+(?P<role>{_ROLE})[ \t]*$", re.MULTILINE)
_ATTRIBUTABLE = re.compile(
    rf"\battributable\s+to\s+(?:the\s+)?(?P<role>(?:[A-Z][\w-]+\s+){{1,4}}?)(?P<name>{NAME}):"
)
_TITLED = re.compile(
    rf"\b(?:Statement|Remarks|Message|Readout)\s+(?:by|from|of)\s+(?:the\s+)?(?:U\.S\.\s+)?"
    rf"(?P<role>(?:[A-Z][\w’'-]+\s+(?:of\s+)?){{0,3}}?(?:President|Secretary|Minister|Spokes(?:person|man|woman)"
    rf"|Ambassador|Chancellor|Commissioner))\s+(?P<name>{NAME}|[A-Z][\w’'-]+)"
)
# Hosts of the bodies themselves; what they publish is their own word.
_HOSTS = (
    (re.compile(r"//(?:www\.)?state\.gov/|//[a-z]{2}\.usembassy\.gov/"), "U.S. Department of State", "US"),
    (re.compile(r"//(?:www\.)?whitehouse\.gov/"), "The White House", "US"),
    (re.compile(r"//(?:www\.)?dhs\.gov/"), "U.S. Department of Homeland Security", "US"),
    (re.compile(r"//(?:www\.)?gov\.uk/"), "UK Government", "GB"),
    (re.compile(r"//(?:www\.)?fmprc\.gov\.cn/|//(?:www\.)?mfa\.gov\.cn/"), "China's Foreign Ministry", "CN"),
    (re.compile(r"//(?:www\.)?cancilleria\.gob\.ec/"), "Ecuador's Foreign Ministry", "EC"),
    (re.compile(r"//(?:www\.)?unhcr\.org/"), "UNHCR", None),
    (re.compile(r"//(?:www\.)?iom\.int/"), "International Organization for Migration", None),
)  # fmt: skip
_POSITION = re.compile(
    r"\b(?:condemns?|calls?\s+(?:on|for|upon)|urges?|welcomes?|congratulates?|commends?|supports?"
    r"|opposes?|regrets?|mourns?|deplores?|rejects?|reiterates?|reaffirms?|applauds?|denounces?"
    r"|(?:remains?|is|are|am)\s+(?:deeply\s+|gravely\s+|also\s+)*(?:concerned|committed|alarmed|grateful"
    r"|horrified|saddened|pleased|proud|disappointed|outraged|appalled)|stands?\s+(?:with|by|ready)"
    r"|expresses|demands?|insists?|believes?|must|will\s+(?:continue|not)|(?:is|are)\s+working|affirms?|thanks?|strongly"
    r"|join(?:s|ed)?\s+\w+\s+in|best\s+wishes|congratulations|looks?\s+forward|honou?rs?|celebrates?"
    r"|commemorates?"
    r"|(?:condemn|express|reaffirm|reiterat|underscor|urg|stress|welcom|emphasi[sz]|affirm)(?:ed|d)"
    r"|horrifying|heartbreaking|unacceptable|unjustified)\b",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"\b(?:public\s+schedule|will\s+travel\s+to|travels\s+to|daily\s+appointments|designation\s+of|"
    r"media\s+advisory|personnel\s+announcement|notice\s+to\s+the\s+press|travel\s+to|week\s+ahead"
    r"|nominat(?:es?|ions?|ees?)|appoint(?:s|ments?|ees?)|intent\s+to\s+(?:nominate|appoint)"
    r"|swearing[-\s]in|daily\s+schedule|vacancy|tender|procurement)\b",
    re.IGNORECASE,
)


_TRANSCRIPT = re.compile(r"^(?:QUESTION|Q|MODERATOR|OPERATOR)\s?:", re.MULTILINE)
_JOURNEY = re.compile(
    r"\b(?:will\s+(?:meet|travel|host|participate|deliver|attend|visit|lead|join)|travels|is\s+travell?ing"
    r"|meets)\b"
)
_OFTEN = 3
_LONGEST = 3000
"""Characters of a release that are its statement; what follows is background."""


class Release(msgspec.Struct, frozen=True):
    """A release with its speaker, the words that name them, and the sentence of the position."""

    agent: Agent
    speaker_at: At
    role_at: At | None
    line: Line
    text: str
    said_on: date | None


def release(reading: Reading) -> Release | None:
    """The release that a document is, if it is one and takes a position."""
    item = reading.item
    host = next(((body, code) for host, body, code in _HOSTS if host.search(item.url or "")), None)
    head = reading.text[: item.body_start + 400]
    title = reading.text[: item.body_start]
    if _NOTICE.search(title) or _TRANSCRIPT.search(reading.text, item.body_start):
        return None
    byline = _BYLINE.search(head, item.body_start) or _ATTRIBUTABLE.search(head)
    titled = _TITLED.search(title)
    named = byline or titled
    if named is None and host is None:
        return None
    line = _position(reading, title)
    if line is None:
        return None
    body, code = host or (None, None)
    if not (is_foreign(f"{named['role'] if named else ''} {body or ''}") or _is_of_field(reading)):
        return None
    if named:
        agent = Agent(named["name"], "person", code, named["role"].strip(), body, True)
        return Release(
            agent,
            named.span("name"),
            named.span("role"),
            line,
            _words(reading, line),
            reading.today,
        )
    assert host is not None
    office = _named(reading, host[0]) or (0, len(title.rstrip()))
    return Release(Agent(host[0], "body", host[1], None, host[0], True), office, None, line,
                   _words(reading, line), reading.today)  # fmt: skip


def _is_of_field(reading: Reading) -> bool:
    """Whether people who cross borders are what a release is about, and not one matter of many."""
    text, start = reading.text, reading.item.body_start
    return crosses_borders(text, 0, start) or mentions(text, start, len(text)) >= _OFTEN


def _words(reading: Reading, line: Line) -> str:
    return reading.text[line.at.start : line.at.end]


def _position(reading: Reading, title: str) -> Line | None:
    """The whole text of the release, if a sentence of it takes a position."""
    text = reading.text
    lines = [line for line in reading.lines if line.at.end - reading.lines[0].at.start <= _LONGEST]
    if not any(_POSITION.search(text, line.at.start, line.at.end) for line in lines):
        return None
    if _JOURNEY.search(text, lines[0].at.start, lines[0].at.end):
        # A schedule takes no position, whatever will be said on the way.
        return None
    first, last = lines[0].at, lines[-1].at
    return Line(Sentence(first.start, last.end, first.paragraph), ())


@cache
def _spellings(body: str) -> tuple[str, ...]:
    return tuple(s for s, office in offices().items() if office.name == body)


def _named(reading: Reading, body: str) -> At | None:
    """Where the release names the body that issues it."""
    for spelling in sorted(_spellings(body), key=len, reverse=True):
        at = reading.text.find(spelling)
        if at >= 0:
            return at, at + len(spelling)
    return None
