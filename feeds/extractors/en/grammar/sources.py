"""Who published a figure where the text names them without a country, or speaks for itself.

"…, the interior ministry said on Friday."     "Official figures show …"     "We have resettled …"
"""

import re

import msgspec

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.agents import Mention, body_name, introduced
from feeds.extractors.en.grammar.attribution import Speech
from feeds.extractors.en.grammar.bearings import TAIL, source_of
from feeds.extractors.en.grammar.offices import offices
from feeds.extractors.en.grammar.reading import At, Line, Reading
from feeds.extractors.en.grammar.releases import release

_KIND = (
    r"(?:(?:foreign|interior|home|justice|labou?r|public|state|national|federal|security|border"
    r"|immigration|migration|statistics?|asylum|refugee|customs|affairs|police|coast|law|enforcement|security)\s+){0,3}"
    r"(?:ministry|department|government|agency|authorit(?:y|ies)|officials|office|service|institute"
    r"|police|guard|directorate|bureau)"
)
_SAYS = (
    r"(?:has\s+|have\s+|had\s+)?(?:said|says?|reported|reports?|announced|announces?|estimates?|estimated"
    r"|confirmed|revealed|added|recorded|claims?|claimed|alleges?|alleging|insists?|expects?|predicts?|forecasts?)"
)
_BODY_SAYS = re.compile(
    rf"(?:^|[,“\"]\s+|\b(?:but|and|while)\s+)(?:[Tt]he\s+|[Aa]n?\s+)?(?P<body>{_KIND}|(?-i:[A-Z])[a-z]+\s+officials)"
    rf"\s+{_SAYS}\b",
    re.IGNORECASE,
)
_BODY_CITED = re.compile(
    r"\b(?:according\s+to|citing)\s+(?:the\s+|an?\s+)?(?:(?:new|latest|recent|official|preliminary)\s+)?"
    rf"(?:(?:figures|data|statistics|numbers|estimates|a\s+report)\s+(?:\w+\s+)?(?:from|by|of)\s+(?:the\s+)?)?"
    rf"(?P<body>{_KIND})\b",
    re.IGNORECASE,
)
# A state that is said to say something: "Chile says", "Chile, which alleges".
_STATE_SAYS = re.compile(rf"\s+{_SAYS}\b")
_OF_ITS_OWN = re.compile(
    r"(?:['’]s)?\s+(?:figures|data|statistics|numbers|records|estimates|report\b)"
    r"|\s+(?:has\s+|had\s+)?(?:released|published|issued)\s+(?:a|its|the|new)\s+(?:\w+\s+)?(?:report|figures|data)"
)
_FIGURES_FROM = re.compile(
    r"\b(?:[Ff]igures|[Dd]ata|[Ss]tatistics|[Ee]stimates|[Nn]umbers)\s+(?:\w+\s+){0,2}(?:from|by)\s[^.;:]{0,50}$"
)
_WE = re.compile(r"\b(?:[Ww]e|[Oo]ur|I)\b")


class Source(msgspec.Struct, frozen=True):
    """Who published a figure, with the words that name them and the country, if of one."""

    name: str
    at: At
    country: str | None = None
    speech: Speech | None = None


def source(reading: Reading, line: Line, at: int, act: At | None) -> Source | None:
    """Who is said to have counted what stands at an offset; a public body tells of its own acts."""
    text, start, end = reading.text, line.at.start, line.at.end
    speech = source_of(text, line, at)
    if speech:
        agent, mention = speech.agent, speech.mention
        name = _longer(text, mention.body_at) or agent.organisation or agent.name
        return Source(name, (mention.start, mention.end),
                      agent.country if agent.official else None, speech)  # fmt: skip
    state = _state(text, start, at)
    if state:
        return state
    bodies = [m for m in introduced(text, start, end) if m.agent.kind == "body"]
    known = next((_of(m) for m in bodies if _tells(text, m, act)), None)
    return known or _generic(text, line, at) or _issuer(reading, start, at)


def _longer(text: str, at: At | None) -> str | None:
    """The body whose longer name begins where that of another was read: "U.N. High Commissioner …"."""
    if at is None:
        return None
    longer = [s for s in offices() if len(s) > at[1] - at[0] and text.startswith(s, at[0])]
    return offices()[max(longer, key=len)].name if longer else None


def _tells(text: str, body: Mention, act: At | None) -> bool:
    if _OF_ITS_OWN.match(text, body.end):
        return True
    if _FIGURES_FROM.search(text, max(0, body.start - 70), body.start):
        return True
    # "Chile's police have since last year deported": nothing but the verb's own words between.
    return act is not None and _SUBJECT_OF.fullmatch(text, body.end, act[0]) is not None


_SUBJECT_OF = re.compile(r"\s+(?:[\w-]+\s+){0,5}")


def _of(mention: Mention) -> Source:
    agent = mention.agent
    return Source(agent.organisation or agent.name, (mention.start, mention.end), agent.country)


def _state(text: str, start: int, at: int) -> Source | None:
    for place in places.places(text, start, at):
        if place.is_country and place.kind == "name" and _STATE_SAYS.match(text, place.end, at):
            name = body_name(place.code, text[place.start : place.end], "government")
            return Source(name, (place.start, place.end), place.code)
    return None


def _generic(text: str, line: Line, at: int) -> Source | None:
    """A body without its country: of the only country that the sentence names."""
    start, end = line.at.start, line.at.end
    said = [
        m for m in _BODY_SAYS.finditer(text, start, end)
        if m.end() <= at or TAIL.fullmatch(text, m.end(), end)
    ]  # fmt: skip
    match = next(iter((*said, *_BODY_CITED.finditer(text, start, end))), None)
    if match is None:
        return None
    named = {p.code: text[p.start : p.end] for p in places.places(text, start, end)
             if p.is_country and p.kind == "name"}  # fmt: skip
    body = " ".join(match["body"].split())
    if len(named) == 1:
        code, spelling = next(iter(named.items()))
        return Source(body_name(code, spelling, body.lower()), match.span("body"), code)
    return None


def _issuer(reading: Reading, start: int, at: int) -> Source | None:
    """The public body or official whose release speaks of "we"."""
    if not _WE.search(reading.text, start, at):
        return None
    issued = release(reading)
    if issued is None:
        return None
    return Source(issued.agent.name, issued.speaker_at, issued.agent.country)
