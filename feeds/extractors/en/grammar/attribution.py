"""Whose words a sentence gives, and the chain back to the origin."""

import re

import msgspec

from feeds.extractors.en.grammar.agents import Agent, Mention
from feeds.items import RawItem
from tracker.domain.values import Hop

_QUOTATION = re.compile(r"“([^“”]{2,})”|\"([^\"]{2,})\"")
_BYLINE = re.compile(r"^By\s[^\n]{2,80}?\sfor\s(?:the\s)?(?P<name>[^\n.]{2,60})$", re.MULTILINE)
_TRANSLATED = re.compile(r"^Translated\b", re.MULTILINE)
_SYNDICATED = re.compile(r"\((?P<via>[A-Z][\w. ]{1,40}?)\s?[-–—]\s?(?P<name>[A-Z][^()\n]{2,60})\)")


class Quotation(msgspec.Struct, frozen=True):
    """Words between quotation marks, by offsets without the marks."""

    start: int
    end: int


class Speech(msgspec.Struct, frozen=True):
    """An agent who is said to say or report something, and the words that say so."""

    mention: Mention
    verb: str
    start: int
    end: int

    @property
    def agent(self) -> Agent:
        """Who speaks."""
        return self.mention.agent


def quotations(text: str, start: int, end: int) -> list[Quotation]:
    """The quotations between two offsets; none where straight marks do not pair."""
    if text.count('"', start, end) % 2:
        return []
    return [
        Quotation(match.start() + 1, match.end() - 1)
        for match in _QUOTATION.finditer(text, start, end)
    ]


def publishers(item: RawItem) -> tuple[Hop, ...]:
    """The hops that every fact of a document has: its publisher, and whom that one took it from."""
    hops: list[Hop] = []
    if item.publisher:
        hops.append(Hop(agent=item.publisher, relation="published", basis="stated"))
    head = item.text[item.body_start : item.body_start + 1500]
    syndicated = _SYNDICATED.search(head[:200])
    byline = _BYLINE.search(head)
    if syndicated and syndicated["name"] != item.publisher:
        if syndicated["via"] != item.publisher and not hops:
            hops.append(Hop(agent=syndicated["via"].strip(), relation="published", basis="stated"))
        hops.append(_taken(syndicated["name"], "published", syndicated[0]))
    if byline and byline["name"] != item.publisher:
        translated = _TRANSLATED.search(item.text) is not None
        hops.append(_taken(byline["name"], "translates" if translated else "published", byline[0]))
    return tuple(hops)


def _taken(name: str, relation: str, cue: str) -> Hop:
    return msgspec.convert(
        {"agent": name.strip(), "relation": relation, "basis": "stated", "cue": cue}, Hop
    )
