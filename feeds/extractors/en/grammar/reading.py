"""One document read from top to bottom: its sentences, who speaks in each, and its drafts."""

from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from feeds.extractor import Extractor
from feeds.extractors.en.grammar.attribution import Speech, publishers
from feeds.extractors.en.grammar.cast import Cast
from feeds.extractors.en.grammar.dates import When, dates
from feeds.extractors.en.grammar.sentences import Sentence, sentences
from feeds.items import RawItem
from tracker.domain.catalog import fact_from
from tracker.domain.draft import DraftProposed, Span, draft_id
from tracker.domain.errors import Refused
from tracker.domain.values import Hop, checked

At = tuple[int, int]


class Line(msgspec.Struct, frozen=True):
    """A sentence with the speech acts in it."""

    at: Sentence
    speeches: tuple[Speech, ...]


class Reading(msgspec.Struct, frozen=True):
    """What every rule needs of a document."""

    item: RawItem
    lines: tuple[Line, ...]
    chain: tuple[Hop, ...]
    today: date | None
    day: When | None = None
    """The day in the title, which the items of a day page happened on unless they say otherwise."""

    @property
    def text(self) -> str:
        """The stored text, into which all offsets point."""
        return self.item.text


class Quote(msgspec.Struct, frozen=True):
    """A sentence that supports a fact, and the hops beyond the document's own publishers."""

    line: Line
    origin: tuple[Hop, ...] = ()


class Found(msgspec.Struct, frozen=True):
    """A fact read out of a document, before it is a draft.

    `anchor` makes the draft's identity; `spans` says for each field which words support it.
    """

    fact_type: str
    fact: dict[str, Any]
    anchor: At
    quotes: tuple[Quote, ...]
    spans: dict[str, At]
    rule: str
    confidence: str


@lru_cache(maxsize=4)
def read(item: RawItem) -> Reading:
    """The reading of an item; kept for the next extractor, which asks for the same one."""
    today = item.published_at.date() if item.published_at else None
    cast = Cast(item.text, [], {}, today)
    lines = tuple(Line(s, tuple(cast.speeches(s))) for s in sentences(item))
    return Reading(item, lines, publishers(item), today, _day_of(item, today))


def _day_of(item: RawItem, today: date | None) -> When | None:
    days = [w for w in dates(item.text, 0, item.body_start, today, "past")
            if len(w.edtf) == len("2024-06-18")]  # fmt: skip
    return days[0] if len(days) == 1 else None


def origin(speech: Speech | None, relation: str, issuer: str | None = None) -> tuple[Hop, ...]:
    """The hops to whoever says it; official is a public body, or that of `issuer` if given."""
    if speech is None:
        return ()
    agent = speech.agent
    official = agent.official and (issuer is None or agent.country == issuer)
    names = [agent.name]
    if agent.kind == "person" and agent.organisation:
        names.append(agent.organisation)
    return tuple(
        msgspec.convert(
            {
                "agent": name,
                "relation": relation,
                "basis": "stated",
                "cue": speech.verb,
                "official": official and name == names[-1],
            },
            Hop,
        )
        for name in names
    )


def proposals(
    reading: Reading, document: str, extractor: Extractor, found: list[Found]
) -> list[DraftProposed]:
    """The drafts of what was found, in the order of the text, each once."""
    drafts: dict[str, DraftProposed] = {}
    for one in sorted(found, key=lambda f: f.anchor):
        draft = _draft(reading, document, extractor, one)
        if draft is not None:
            drafts.setdefault(draft.draft, draft)
    return list(drafts.values())


def _draft(
    reading: Reading, document: str, extractor: Extractor, found: Found
) -> DraftProposed | None:
    fact = {name: value for name, value in found.fact.items() if value is not None}
    citations = [_citation(reading, document, quote) for quote in found.quotes]
    fact["citations"] = citations
    try:
        checked(fact_from(found.fact_type, fact))
    except Refused:
        # What the domain would refuse is not worth a reviewer's time.
        return None
    return DraftProposed(
        draft=draft_id(
            document, found.fact_type, *found.anchor, *(str(c["quote"]) for c in citations)
        ),
        document=document,
        fact_type=found.fact_type,
        fact=fact,
        extractor=extractor.name,
        extractor_version=extractor.version,
        rule=found.rule,
        confidence=found.confidence,
        spans=tuple(Span(name, *at) for name, at in found.spans.items() if _given(fact, name)),
    )


def _given(fact: dict[str, Any], name: str) -> bool:
    outer, _, inner = name.partition(".")
    value = fact.get(outer)
    return value is not None and (not inner or inner in value)


def _citation(reading: Reading, document: str, quote: Quote) -> dict[str, Any]:
    start, end = quote.line.at.start, quote.line.at.end
    citation: dict[str, Any] = {
        "document": document,
        "quote": reading.text[start:end],
        "start": start,
        "end": end,
    }
    hops = (*reading.chain, *quote.origin)
    if hops:
        citation["attribution"] = [msgspec.to_builtins(hop) for hop in hops]
    return citation
