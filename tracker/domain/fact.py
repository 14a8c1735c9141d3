"""A fact: an event that somebody could dispute, with its sources; and the command to record one.

A new kind of fact is one file with one class that derives from `Fact`, and one line in
`catalog.py`: recording by CLI and API, checking, citations and the timeline follow from that.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Self, TypeVar

import msgspec

from tracker.domain import party
from tracker.domain.base import Command, Event, Given, NewEvent, Past, Query, require, tagged
from tracker.domain.document import DocumentState, bears, documents, locate
from tracker.domain.errors import NotFound
from tracker.domain.values import Citation, Instant, checked, instant_text

Reliability = Literal["A", "B", "C", "D", "E", "F"]
Credibility = Literal[1, 2, 3, 4, 5, 6]
F = TypeVar("F", bound="Fact")


class Fact(Event, frozen=True, kw_only=True):
    """The fields that every fact has, after the Admiralty code and W3C selectors.

    `citations` or a reason in `first_hand` is required. `known_since` is when a reader of the
    sources could know it; where it is absent it is set to the earliest publication of the cited
    documents, never later than their capture.
    """

    noun: ClassVar[str] = ""
    """The word for it at the doors: `tracker record <noun>`; empty means the type itself."""
    parties: ClassVar[dict[str, party.Kind]] = {}
    """Fields that hold a party or several, and the kind a new one gets."""
    keeps: ClassVar[tuple[str, ...]] = ()
    """Fields that no correction changes: the ids by which other facts know what this one is of."""

    citations: tuple[Citation, ...] = ()
    first_hand: str | None = None
    known_since: Instant | None = None
    reliability: Reliability | None = None
    credibility: Credibility | None = None
    note: str | None = None

    @classmethod
    def completed(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields as entered, with those filled in that follow from the others."""
        return fields

    def cited(self) -> tuple[str, ...]:
        """The documents that it cites, in the order of its citations."""
        cited = self.citations
        # Nearly every fact has one, and this is asked of each by several views.
        return (cited[0].document,) if len(cited) == 1 else tuple([c.document for c in cited])

    def needs(self) -> Query:
        """What recording it depends on besides its documents and parties."""
        return Query()

    def settle(self, past: Past, given: Given) -> Self:
        """The fact completed and checked against what is known; raises Refused."""
        return self


def door_name(kind: type[Fact]) -> str:
    """The word for a kind of fact at the command line and in the API."""
    return kind.noun or kind.type


class RecordFact(Command, frozen=True, kw_only=True):
    """Record a fact; parties may be given by name, quotes without offsets."""

    needs_texts: ClassVar[bool] = True
    fact: Fact

    def normal(self) -> Self:
        """The fact in normal form; its fields are named as at the doors."""
        return msgspec.structs.replace(self, fact=checked(self.fact))

    def reads(self, past: Past) -> Query:
        """The cited documents, the parties if one is named, and what the fact itself needs."""
        query = tagged(*(f"document:{c.document}" for c in self.fact.citations))
        if any(getattr(self.fact, field) for field in self.fact.parties):
            query |= party.KNOWN
        return query | self.fact.needs()

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The fact, after the parties that it names for the first time."""
        return settled(self.fact, past, given)


def require_source(fact: Fact) -> None:
    """Refuse a fact that neither cites a document nor says why there is none."""
    require(
        fact.citations or (fact.first_hand or "").strip(),
        "citations: a fact needs at least one citation, or the reason in first_hand",
        "citations",
    )


def settled(fact: Fact, past: Past, given: Given) -> list[NewEvent]:
    """New parties and then the fact itself, with every citation located."""
    named, fact = resolved(fact, past, given)
    if fact.known_since is None:
        since = known_since(fact.citations, past, given)
        fact = msgspec.structs.replace(fact, known_since=since)
    return [*named, NewEvent(given.new_id(), fact)]


def resolved(fact: F, past: Past, given: Given) -> tuple[list[NewEvent], F]:
    """The parties that a fact names for the first time, and the fact, all but `known_since`."""
    fact = checked(fact)
    require_source(fact)
    fact = msgspec.structs.replace(fact, citations=located(fact.citations, past, given))
    named, replaced = party.resolve(fact, type(fact).parties, past, given)
    return named, msgspec.structs.replace(fact, **replaced).settle(past, given)


def located(citations: Sequence[Citation], past: Past, given: Given) -> tuple[Citation, ...]:
    """The citations with the places of their quotes; NotFound or Refused names the one at fault."""
    known = documents(past)
    return tuple(_cited(c, known, given, f"citations[{i}]") for i, c in enumerate(citations))


def _cited(
    citation: Citation, known: dict[str, DocumentState], given: Given, field: str
) -> Citation:
    state = known.get(citation.document)
    if state is None:
        raise NotFound(
            f"{field}.document: no document {citation.document} is in the log",
            field=f"{field}.document",
        )
    require(
        state.versions,
        f"{field}.document: the evidence of document {citation.document} was erased",
        f"{field}.document",
    )
    texts = {sha: given.texts[sha] for sha in state.sha256s() if sha in given.texts}
    found = locate(citation, list(texts.values()), state.url, f"{field}.quote")
    now = [texts[sha] for sha in state.versions[-1].sha256s() if sha in texts]
    older = not bears(now)(found.quote)
    holding = next(
        sha for sha, text in texts.items() if text[found.start : found.end] == found.quote
    )
    return msgspec.structs.replace(found, text_sha256=holding if older else None)


def known_since(cited: Sequence[Citation], past: Past, given: Given) -> str | None:
    """The earliest publication of what is cited, never later than a capture; None without a date.

    A quote counts from the first version of its document that has it.
    """
    known = documents(past)
    versions = [
        next(
            version
            for version in known[c.document].versions
            if any(c.quote in given.texts.get(sha, "") for sha in version.sha256s())
        )
        for c in cited
    ]
    if all(version.known_at is None for version in versions):
        return None
    return instant_text(min(version.known_at or version.captured_at for version in versions))
