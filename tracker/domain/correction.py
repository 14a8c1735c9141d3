"""Corrections: a fact said again rightly, withdrawn, or borne out by a further source.

The target is always the original fact, which keeps its place in every order; the latest
correction counts; a retraction ends it. What was answered on earlier knowledge stays as it was.
"""

from typing import Any, ClassVar, Literal

import msgspec

from tracker.domain.base import Event, Facets
from tracker.domain.fact import Fact
from tracker.domain.values import Citation, Id, Instant, Tag

ReasonCode = Literal["transcription", "source-corrected", "source-withdrew", "duplicate", "other"]


class Reason(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Why a fact is not left as it was."""

    code: ReasonCode
    text: str


class FactCorrected(Event, frozen=True, kw_only=True):
    """A fact says something else from here on.

    `fact` holds all fields of a fact of the target's own type, `fact_type`, settled as a new one
    would be: its ids are the target's, its `known_since` says from when a reader of the sources
    could know it so (without one, from when the correction was recorded). `target_position` is
    the place that it keeps.
    """

    type: ClassVar[str] = "fact-corrected"

    target: Id
    target_position: int
    fact_type: str
    fact: dict[str, Any]
    reason: Reason
    same_tags: tuple[Tag, ...] = ()
    """The identity tags of the corrected fact, so that whoever follows one sees the correction."""

    def tags(self) -> tuple[str, ...]:
        """The target, and what the corrected fact is about."""
        return (f"target:{self.target}", *self.same_tags)

    def facets(self) -> Facets:
        """The documents that the corrected fact cites."""
        return Facets(documents=tuple(c["document"] for c in self.fact.get("citations", ())))

    def headline(self, name: object) -> str:
        """Why."""
        return f"Corrected ({self.reason.code}): {self.reason.text}"


class FactRetracted(Event, frozen=True, kw_only=True):
    """A fact does not count from here on; `known_since` is when its sources took it back.

    Without one it is when the retraction was recorded.
    """

    type: ClassVar[str] = "fact-retracted"

    target: Id
    target_position: int
    reason: Reason
    known_since: Instant | None = None
    citations: tuple[Citation, ...] = ()
    same_tags: tuple[Tag, ...] = ()
    source_of: Id | None = None
    """The fact that the target, a further source of it, bore out; it stands as it is."""

    def tags(self) -> tuple[str, ...]:
        """The target, and what it was about."""
        of = (f"target:{self.source_of}",) if self.source_of else ()
        return (f"target:{self.target}", *of, *self.same_tags)

    def facets(self) -> Facets:
        """The documents that say so."""
        return Facets(documents=tuple(c.document for c in self.citations))

    def headline(self, name: object) -> str:
        """Why."""
        return f"Retracted ({self.reason.code}): {self.reason.text}"


class FactCorroborated(Fact, frozen=True, kw_only=True):
    """A further source says the same as a known fact."""

    type: ClassVar[str] = "fact-corroborated"

    target: Id
    target_position: int | None = None
    """Filled in when it is recorded, as `same_tags` is."""
    same_tags: tuple[Tag, ...] = ()

    def tags(self) -> tuple[str, ...]:
        """The fact, and what it is about."""
        return (f"target:{self.target}", *self.same_tags)

    def facets(self) -> Facets:
        """The further documents."""
        return Facets(documents=self.cited())

    def headline(self, name: object) -> str:
        """That another source says so."""
        return "A further source for a known fact"


def citations(event: Event | None) -> tuple[Citation, ...]:
    """What a fact, a further source or a correction cites; nothing for other events."""
    if type(event) is FactCorrected:
        return msgspec.convert(event.fact.get("citations", ()), tuple[Citation, ...])
    return event.citations if isinstance(event, Fact) else ()
