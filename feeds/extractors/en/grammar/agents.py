"""Who speaks and who publishes: people with their roles, public bodies and news outlets."""

import re
from typing import Literal

import msgspec

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.introductions import (
    AT_HOME,
    DEPARTMENTS,
    FIRM,
    OFFICE,
    OUTLETS,
    PARTY,
    SPEAKING_WORDS,
    patterns,
)  # fmt: skip
from feeds.extractors.en.grammar.localities import locality
from feeds.extractors.en.grammar.offices import Spoken, spoken
from feeds.extractors.en.grammar.people import NAME

Kind = Literal["person", "body", "outlet"]


class Agent(msgspec.Struct, frozen=True):
    """Somebody who can be the source of words.

    `official` is a public body or who speaks for it, `outside` who speaks for a party or a firm.
    """

    name: str
    kind: Kind
    country: str | None = None
    role: str | None = None
    organisation: str | None = None
    official: bool = False
    outside: bool = False


class Mention(msgspec.Struct, frozen=True):
    """Where a text names an agent; `full` where it introduces it rather than refers back."""

    agent: Agent
    start: int
    end: int
    full: bool = True
    role_at: tuple[int, int] | None = None
    body_at: tuple[int, int] | None = None


def introduced(text: str, start: int, end: int) -> list[Mention]:
    """The agents that are named in full between two offsets, longest reading first."""
    found = [_of_office(text, one) for one in spoken(text, start, end)]
    if SPEAKING_WORDS.search(text, start, end):
        found += _by_role(text, start, end)
    found += [_outlet(text, m) for rule in OUTLETS for m in rule.finditer(text, start, end)]
    return _apart([mention for mention in found if mention is not None])


def _by_role(text: str, start: int, end: int) -> list[Mention | None]:
    rules = patterns()
    return [
        *(_person(text, m) for m in rules.titled.finditer(text, start, end)),
        *(_person(text, m) for m in rules.person.finditer(text, start, end)),
        *(_person(text, m) for m in rules.of_matters.finditer(text, start, end)),
        *(_apposed(text, m) for m in rules.apposition.finditer(text, start, end)),
        *(_unnamed(text, m) for m in rules.unnamed.finditer(text, start, end)),
        *(_body(text, m) for m in rules.body.finditer(text, start, end)),
        *(_body(text, m) for m in rules.body_of.finditer(text, start, end)),
        *(_at_home(m) for m in AT_HOME.finditer(text, start, end)),
    ]


_POSSESSIVE = len("'s ")
_NAMED_BEFORE = re.compile(rf"\b(?P<name>{NAME}),\s+$")
_NAMED_BEHIND = re.compile(
    rf"(?:\s+(?:to|in|for|at)\s+(?:the\s+)?[A-Z][\w.\s]{{1,30}})?,\s+(?P<name>{NAME}),"
)
# "Leonard Doyle of the IOM"
_NAMED_OF = re.compile(rf"\b(?P<name>{NAME}),?\s+(?:of|with|from)\s+$")
_NAMED_AFTER = re.compile(rf",\s+(?P<name>{NAME}),")


def _of_office(text: str, one: Spoken) -> Mention | None:
    """A body known by name: itself, or whoever speaks for it, named or not."""
    office, start, end, name = one.office, one.start, one.end, one.name
    owner = places.places(text, max(0, start - 40), start)
    if owner and start - owner[-1].end <= _POSSESSIVE and owner[-1].code != office.country:
        # "Pakistan's Foreign Office" is not the one that needs no country.
        return None
    if one.role and not name:
        before = _NAMED_BEFORE.search(text, max(0, start - 60), start)
        after = None if before else _NAMED_AFTER.match(text, end)
        if before:
            name, start = before["name"], before.start()
        elif after:
            name, end = after["name"], after.end("name")
    elif not name:
        of = _NAMED_OF.search(text, max(0, start - 60), start)
        name, start = (of["name"], of.start()) if of else (None, start)
    if name:
        agent = Agent(" ".join(name.split()), "person", office.country, one.role, office.name, True)
    elif one.role:
        who = f"{office.name.removeprefix('The ')} {one.role.removesuffix('s')}"
        agent = Agent(who, "body", office.country, one.role, office.name, True)
    else:
        agent = Agent(office.name, "body", office.country, None, office.name, True)
    return Mention(agent, start, end, role_at=one.role_at, body_at=one.office_at)


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
    # Officials are people and no body of their own.
    organisation = None if match["body"].lower() == "officials" else name
    agent = Agent(name, "body", country=code, organisation=organisation, official=True)
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


def _unnamed(text: str, match: re.Match[str]) -> Mention | None:
    """Whoever speaks in an office of a state, whose name the text does not give."""
    code = _country(text, match, "place")
    if code is None or not (match["body"] or OFFICE.search(match["role"])):
        return None
    body = match["body"].strip() if match["body"] else ""
    start = match.start("body") if body else match.start("role")
    role = " ".join(text[start : match.end("role")].split())
    organisation = body_name(code, match["place"], body) if body else None
    role_at = (start, match.end("role"))
    if PARTY.search(text, max(0, match.start() - 30), match.start("place")):
        # "A former Omani ambassador" speaks for nobody any more.
        return None
    after = _NAMED_BEHIND.match(text, match.end())
    if after:
        agent = Agent(" ".join(after["name"].split()), "person", code, role, organisation, True)
        return Mention(agent, match.start(), after.end("name"), role_at=role_at)
    name = " ".join(text[match.start("place") : match.end()].split())
    agent = Agent(name, "body", code, role, organisation, True)
    return Mention(agent, match.start(), match.end(), role_at=role_at)


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
    outside = _outside(match, code, role)
    if outside:
        role, role_at, code = f"{outside[0]} {role}", (outside[1], role_at[1]), None
    code = code or _locality(match)
    organisation = organisation or DEPARTMENTS.get((code or "", role.lower()))
    speaks_for_a_state = organisation is not None or (
        code is not None and OFFICE.search(role) is not None
    )
    agent = Agent(
        " ".join(match["name"].split()),
        "person", code, role, organisation, speaks_for_a_state and not outside, outside is not None,
    )  # fmt: skip
    return Mention(agent, match.start(), match.end(), role_at=role_at)


def _outside(match: re.Match[str], code: str | None, role: str) -> tuple[str, int] | None:
    """The party or firm named before a role, and where: whoever speaks for it speaks for no state."""
    low = max(0, match.start() - 40)
    party = PARTY.search(match.string, low, match.start())
    if party is None and code is None and role.lower() in ("president", "chief", "director"):
        party = FIRM.search(match.string, low, match.start())
    return (party["party"], party.start("party")) if party else None


def _locality(match: re.Match[str]) -> str | None:
    """The country of a town or region that stands before a role: "Texas Governor"."""
    words = match.string[max(0, match.start() - 40) : match.start()].split()
    return next((code for n in (3, 2, 1) if (code := locality(" ".join(words[-n:])))), None)


def _at_home(match: re.Match[str]) -> Mention:
    body = match["body"] or match["body2"] or match["body3"]
    name = re.sub(r"^(?:an?|the)\s+", "", " ".join(match[0].split()), flags=re.IGNORECASE)
    # Of all governments, news calls the American one "the administration".
    code = "US" if body == "administration" else None
    agent = Agent(name, "body", code, match["role"], body, True)
    return Mention(agent, match.start(), match.end(), role_at=match.span())


def _outlet(text: str, match: re.Match[str]) -> Mention | None:
    if places.places(text, match.start("name"), match.end("name")):
        return None
    name = " ".join(match["name"].split())
    return Mention(Agent(name, "outlet"), match.start("name"), match.end("name"))


def short_forms(agent: Agent) -> tuple[str, ...]:
    """The single words by which a text calls an agent again."""
    if agent.kind == "outlet":
        return (agent.name,)
    # Chinese names put the family first; whichever stands alone must be unique in the document.
    return (agent.name.split()[0], agent.name.split()[-1]) if agent.kind == "person" else ()
