"""What goes when something is erased: a fact with all that repeats it, and the evidence under it.

fact ─ causation ─→ draft proposed, accepted …      (they repeat its quotes)
  │ ←─ target ───── correction, relation …          (and what targets those)
  └─ cites ──→ document ─→ raw bytes and texts of every version
                   └────→ drafts that became no fact: without the text they never can
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec

from tracker.domain.base import (
    Recorded,
    first_tag,
)
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.draft import DraftAccepted, DraftDecision, DraftProposed
from tracker.domain.erasure import PayloadErased
from tracker.domain.fact import Fact
from tracker.domain.values import Citation

Draft = DraftProposed | DraftDecision
Version = DocumentReceived | DocumentRevised


class Closure(msgspec.Struct, frozen=True):
    """Everything that one erasure takes: ids of events, hashes of evidence, ids of documents."""

    targets: tuple[str, ...]
    evidence: tuple[str, ...]
    documents: tuple[str, ...]


class Found:
    """The closure as far as the events read so far show it."""

    def __init__(self, root: str, past: Sequence[Recorded], *, keep_evidence: bool) -> None:
        self.targets: dict[str, None] = {}
        self.drafts: dict[str, None] = {}
        self.documents: dict[str, None] = {}
        self._past = past
        self._by_id = {str(r.id): r for r in past}
        self._evidence = not keep_evidence
        self._begin(root)
        while self._grow():
            pass
        if self._evidence:
            self._drafts_without_a_fact()

    def _begin(self, root: str) -> None:
        recorded = self._by_id.get(root)
        if recorded is None:
            self.drafts.update(dict.fromkeys([root] if self._about(f"draft:{root}") else ()))
            if versions := self._versions(root):
                self.documents[root] = None
                self.targets.update(dict.fromkeys(str(v.id) for v in versions))
        elif isinstance(recorded.event, Draft):
            self.drafts[recorded.event.draft] = None
        elif isinstance(recorded.event, Version):
            self._begin(recorded.event.document)
        else:
            self.targets[root] = None

    def _grow(self) -> bool:
        """One round; whether it found anything new."""
        before = len(self.targets) + len(self.drafts) + len(self.documents)
        for recorded in self._past:
            draft = first_tag("draft:", recorded.tags)
            caused = self._by_id.get(str(recorded.causation_id))
            if str(recorded.id) in self.targets:
                proposal = caused.event if caused else None
                if isinstance(recorded.event, Fact) and isinstance(proposal, DraftProposed):
                    self.drafts[proposal.draft] = None
            elif draft in self.drafts or self._targeted(recorded):
                self.targets[str(recorded.id)] = None
            if isinstance(recorded.event, DraftAccepted) and draft in self.drafts:
                self.targets[recorded.event.fact] = None
        if self._evidence:
            chosen = (self._by_id.get(t) for t in self.targets)
            cited = (cites(r.event) for r in chosen if r)
            self.documents.update(dict.fromkeys(d for ids in cited for d in ids))
        return len(self.targets) + len(self.drafts) + len(self.documents) > before

    def _targeted(self, recorded: Recorded) -> bool:
        """Whether it corrects, relates or follows from something that goes."""
        if recorded.type == PayloadErased.type:
            return False
        return any(
            tag.removeprefix("target:") in self.targets
            for tag in recorded.tags
            if tag.startswith("target:")
        )

    def _drafts_without_a_fact(self) -> None:
        drafts = {
            r.event.draft: None
            for r in self._past
            if isinstance(r.event, DraftProposed) and r.event.document in self.documents
        }
        for recorded in self._past:
            if isinstance(recorded.event, DraftAccepted):
                drafts.pop(recorded.event.draft, None)
        self.drafts.update(drafts)
        for recorded in self._past:
            if first_tag("draft:", recorded.tags) in drafts:
                self.targets[str(recorded.id)] = None

    def evidence(self) -> Iterable[str]:
        """The hashes of the bytes and texts of every version."""
        for document in self.documents if self._evidence else ():
            for recorded in self._versions(document):
                if isinstance(recorded.event, Version):
                    yield from recorded.event.contents()

    def _versions(self, document: str) -> list[Recorded]:
        types = (DocumentReceived.type, DocumentRevised.type)
        return [r for r in self._about(f"document:{document}") if r.type in types]

    def _about(self, tag: str) -> list[Recorded]:
        return [r for r in self._past if tag in r.tags]


def closure(root: str, past: Sequence[Recorded], *, keep_evidence: bool = False) -> Closure:
    """What erasing an event, a draft or a document takes, of what is not erased yet.

    `past` holds the events that may relate to it. Other facts that cite the same documents are
    not part of it: their payloads quote what they need.
    """
    found = Found(root, past, keep_evidence=keep_evidence)
    erased = [r.event for r in past if isinstance(r.event, PayloadErased)]
    gone = {target for event in erased for target in event.targets}
    gone |= {str(r.id) for r in past if r.event is None}
    lost = {sha for event in erased for sha in event.evidence}
    bare = {document for event in erased for document in event.documents}
    return Closure(
        tuple(t for t in found.targets if t not in gone),
        tuple(sha for sha in dict.fromkeys(found.evidence()) if sha not in lost),
        tuple(d for d in found.documents if d not in bare) if not keep_evidence else (),
    )


def cites(value: Any) -> tuple[str, ...]:
    """The documents that an event cites or is a draft of, wherever in it they stand."""
    match value:
        case Citation():
            return (value.document,)
        case DraftProposed():
            return (value.document,)
        case msgspec.Struct():
            inner: Iterable[Any] = (getattr(value, name) for name in value.__struct_fields__)
        case tuple() | list():
            inner = cast("Iterable[Any]", value)
        case dict():
            named = cast("dict[str, Any]", value)
            own = (named["document"],) if {"document", "quote"} <= named.keys() else ()
            return (*own, *(d for v in named.values() for d in cites(v)))
        case _:
            return ()
    return tuple(dict.fromkeys(d for v in inner for d in cites(v)))
