"""Who speaks and who publishes: people with their roles, public bodies and news outlets."""

import re
from functools import cache
from typing import Literal

import msgspec

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.offices import Spoken, spoken
from feeds.extractors.en.grammar.people import CAP, NAME

Kind = Literal["person", "body", "outlet"]


class Agent(msgspec.Struct, frozen=True):
    """Somebody who can be the source of words: `official` is a public body or who speaks for it."""

    name: str
    kind: Kind
    country: str | None = None
    role: str | None = None
    organisation: str | None = None
    official: bool = False


class Mention(msgspec.Struct, frozen=True):
    """Where a text names an agent; `full` where it introduces it rather than refers back."""

    agent: Agent
    start: int
    end: int
    full: bool = True
    role_at: tuple[int, int] | None = None
    body_at: tuple[int, int] | None = None


_PROPER = (
    r"(?:(?:Foreign|Interior|Justice|Home|State|Federal|National|General|Public)\s+)?"
    r"(?:Ministry|Department|Secretariat|Directorate|Bureau|Service|Agency|Institute|Office"
    rf"|Commission|Authority)(?:\s+(?:of|for)\s+(?:the\s+)?{CAP}(?:(?:,|\s+and|\s+of|\s+&)?"
    rf"\s+{CAP}){{0,6}})"
)
_CAPITALISED = (
    rf"(?:(?!Authorities|Officials){CAP}\s+(?:and\s+)?){{0,4}}(?:Ministry|Department|Service|"
    r"Agency|Authority|Institute|Office|Patrol|Protection|Police|Directorate|Guard|Embassy)"
    r"(?:\s+(?:authorities|officials))?"
)
_LOWER = (
    r"(?:(?:foreign|interior|justice|home|defen[cs]e|immigration|migration|border|public|security|"
    r"national|refugee|asylum|health|statistical|transport|registration|statistics|customs|federal|civil|tourism|labou?r|affairs|law|enforcement)\s+){0,3}"
    r"(?:ministry|government|authorities|agency|service|officials|office|department|police|embassy|coast\s?guard"
    r"|institute|administration)"
)
_BODY = rf"(?:{_PROPER}|{_CAPITALISED}|{_LOWER})"
_ROLE = (
    r"(?:(?:[Ff]oreign|[Ii]nterior|[Vv]ice|[Dd]eputy|[Pp]rime|[Pp]ublic|[Ss]ecurity|[Ee]conomy|[Ff]inance|"
    r"[Jj]ustice|[Hh]ome|[Aa]ssistant|[Cc]hief|[Ii]mmigration|[Mm]igration|[Aa]cting|[Tt]ourism|[Ll]abou?r"
    r"|[Dd]efen[cs]e|[Ee]uropean?|[Cc]onsular|[Pp]olice|[Uu]nder|[Ss]pecial|[Ss]enior|[Bb]order|[Pp]ress"
    r"|[Hh]ealth|[Ss]tate|[Aa]ffairs)\s+){0,3}(?:[Ss]pokes(?:person|man|woman)|[Mm]inister|[Pp]remier"
    r"|[Pp]resident(?:-[Ee]lect)?|[Aa]mbassador|[Cc]onsul(?:\s+[Gg]eneral)?|[Ss]ecretary[-\s][Gg]eneral"
    r"|[Hh]igh\s+[Cc]ommissioner|(?:[Uu]nder[-\s]?)?[Ss]ecretary(?:\s+of\s+(?:[Ss]tate|[Hh]omeland\s+[Ss]ecurity))?"
    r"|[Dd]irector(?:[-\s][Gg]eneral)?|[Cc]hief|[Cc]ommissioner|[Hh]ead|[Gg]overnor|[Mm]ayor|[Ee]nvoy"
    r"|[Cc]hancellor|[Oo]fficial|[Aa]ttorney(?:\s+[Gg]eneral)?|[Kk]ing|[Aa]nalyst"
    r"|[Pp]rofessor|[Rr]esearcher|[Ll]awyer|[Aa]dvocate)"
)
_OFFICE = re.compile(r"minister|president|ambassador|consul|secretary|chancellor|envoy|governor",
                     re.IGNORECASE)  # fmt: skip


class _Patterns(msgspec.Struct, frozen=True):
    """The ways in which agents are introduced, built once."""

    body: re.Pattern[str]
    body_of: re.Pattern[str]
    person: re.Pattern[str]
    apposition: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    place = places.pattern_text()
    # "China's foreign ministry", "Chinese foreign ministry", "the U.S. government"
    possessed = rf"(?<![\w-])(?P<place>{place})(?:['’]s)?\s+(?P<body>{_BODY})"
    return _Patterns(
        body=re.compile(rf"{possessed}(?![\w-])(?!\s+{_ROLE}\b)"),
        body_of=re.compile(
            rf"\b(?:[Tt]he\s+)?(?P<body>[Aa]uthorities|[Oo]fficials|[Gg]overnment|"
            rf"{_PROPER})\s+(?:in|of)\s+(?P<place>{place})(?![\w-])"
        ),
        person=re.compile(
            rf"(?:(?<![\w-])(?P<place>{place})(?:['’]s)?\s+)?(?P<body>{_BODY}\s+)?"
            rf"\b(?P<role>{_ROLE})\s+(?P<name>{NAME})"
        ),
        apposition=re.compile(
            rf"\b(?P<name>{NAME}),\s+(?:an?\s+|the\s+)?(?:(?P<lead>{place})(?:['’]s)?\s+)?"
            rf"(?:(?P<body2>{_BODY})\s+)?(?P<role>{_ROLE})"
            rf"(?:\s+(?:for|of|at|with|in)\s+(?:the\s+)?(?P<place>{place})"
            rf"(?:['’]s)?(?:\s+(?P<body>{_BODY}))?)?(?=,)"
        ),
    )


_OUTLETS = (
    re.compile(rf"\b[Aa]ccording\s+to\s+(?:the\s+)?(?P<name>{CAP}(?:\s+{CAP}){{0,4}})"),
    re.compile(
        rf"\b(?:news\s+)?(?:outlet|agency|newspaper|daily|website|news\s+site|magazine|broadcaster|"
        rf"think\s+tank|non-profit|nonprofit|rights\s+group)\s+(?P<name>{CAP}(?:\s+{CAP}){{0,3}})"
    ),
    re.compile(
        rf"\b(?:report|study|article|survey)\s+(?:published\s+|released\s+|issued\s+)?by\s+"
        rf"(?:the\s+)?(?:[\w-]+-based\s+)?(?P<name>{CAP}(?:\s+{CAP}){{0,3}})"
    ),
)


def introduced(text: str, start: int, end: int) -> list[Mention]:
    """The agents that are named in full between two offsets, longest reading first."""
    patterns = _patterns()
    found = [
        *(_of_office(one) for one in spoken(text, start, end)),
        *(_person(text, m) for m in patterns.person.finditer(text, start, end)),
        *(_apposed(text, m) for m in patterns.apposition.finditer(text, start, end)),
        *(_body(text, m) for m in patterns.body.finditer(text, start, end)),
        *(_body(text, m) for m in patterns.body_of.finditer(text, start, end)),
        *(_outlet(text, m) for rule in _OUTLETS for m in rule.finditer(text, start, end)),
    ]
    return _apart([mention for mention in found if mention is not None])


def _of_office(one: Spoken) -> Mention:
    """A body known by name: itself, or whoever speaks for it, named or not."""
    office = one.office
    if one.name and one.role:
        agent = Agent(
            " ".join(one.name.split()), "person", office.country, one.role, office.name, True
        )
    elif one.role:
        who = f"{office.name.removeprefix('The ')} {one.role}"
        agent = Agent(who, "body", office.country, one.role, office.name, True)
    else:
        agent = Agent(office.name, "body", office.country, None, office.name, True)
    return Mention(agent, one.start, one.end, role_at=one.role_at, body_at=one.office_at)


def _apart(found: list[Mention]) -> list[Mention]:
    """No two on the same words: of overlapping readings the earlier in the list stays."""
    kept: list[Mention] = []
    for mention in found:
        if all(mention.end <= k.start or k.end <= mention.start for k in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)


def body_name(code: str, spelling: str, body: str) -> str:
    """One name for a public body, whether the text says "Chinese" or "China's"."""
    words = " ".join(body.split())
    words = words.lower() if words in ("Authorities", "Officials", "Government") else words
    if places.is_uninflected(spelling):
        return f"{places.name_of(code)} {words}" if code == spelling else f"{spelling} {words}"
    return f"{places.name_of(code)}'s {words}"


def _country(text: str, match: re.Match[str], group: str) -> str | None:
    if match[group] is None:
        return None
    place = places.place_at(text, match.start(group), match.end(group))
    return place.code if place and place.is_country else None


def _body(text: str, match: re.Match[str]) -> Mention | None:
    code = _country(text, match, "place")
    if code is None:
        return None
    name = body_name(code, match["place"], match["body"])
    agent = Agent(name, "body", country=code, organisation=name, official=True)
    return Mention(agent, match.start(), match.end(), body_at=(match.start(), match.end()))


def _person(text: str, match: re.Match[str]) -> Mention | None:
    if places.places(text, match.start("name"), match.end("name")):
        return None
    code = _country(text, match, "place")
    body = match["body"].strip() if match["body"] else ""
    organisation = body_name(code, match["place"], body) if code and body else None
    start = match.start("body") if body else match.start("role")
    role = " ".join(text[start : match.end("role")].split())
    return _somebody(match, code, role, organisation, (start, match.end("role")))


def _apposed(text: str, match: re.Match[str]) -> Mention | None:
    if places.places(text, match.start("name"), match.end("name")):
        return None
    group = "place" if match["place"] else "lead"
    code = _country(text, match, group)
    body = match["body"] or match["body2"]
    organisation = body_name(code, match[group], body) if code and body else None
    start = match.start("body2") if match["body2"] else match.start("role")
    role = " ".join(text[start : match.end("role")].split())
    return _somebody(match, code, role, organisation, (start, match.end("role")))


def _somebody(
    match: re.Match[str],
    code: str | None,
    role: str,
    organisation: str | None,
    role_at: tuple[int, int],
) -> Mention:
    speaks_for_a_state = organisation is not None or (
        code is not None and _OFFICE.search(role) is not None
    )
    agent = Agent(
        " ".join(match["name"].split()), "person", code, role, organisation, speaks_for_a_state
    )
    return Mention(agent, match.start(), match.end(), role_at=role_at)


def _outlet(text: str, match: re.Match[str]) -> Mention | None:
    if places.places(text, match.start("name"), match.end("name")):
        return None
    name = " ".join(match["name"].split())
    return Mention(Agent(name, "outlet"), match.start("name"), match.end("name"))
