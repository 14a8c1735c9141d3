"""What goes when something is erased: a fact with all that repeats it, and the evidence under it.

fact ─ causation ─→ draft proposed, accepted …      (they repeat its quotes)
  │ ←─ target ───── correction, relation …          (and what targets those)
  └─ cites ──→ document ─→ raw bytes and texts of every version
                   └────→ drafts that became no fact: without the text they never can
"""

from collections.abc import Iterable, Sequence
from typing import Any, Self, cast
from uuid import UUID

import msgspec

from tracker.domain.base import (
    Command,
    Event,
    Given,
    NewEvent,
    Past,
    Query,
    Recorded,
    first_tag,
    require,
    tagged,
)
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.draft import DraftAccepted, DraftProposed, DraftRejected, DraftReopened
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import Forbidden, NotFound, Refused
from tracker.domain.fact import Fact
from tracker.domain.ids import derived
from tracker.domain.party import PartyNamed
from tracker.domain.values import Citation, Id, Sha256

# Tags of some 46 bytes each: two lists of these are well below the limit of an envelope.
_PER_EVENT = 500
_Draft = DraftProposed | DraftAccepted | DraftRejected | DraftReopened
_Version = DocumentReceived | DocumentRevised


class Closure(msgspec.Struct, frozen=True):
    """Everything that one erasure takes: ids of events, hashes of evidence, ids of documents."""

    targets: tuple[str, ...]
    evidence: tuple[str, ...]
    documents: tuple[str, ...]


class _Found:
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
        elif isinstance(recorded.event, _Draft):
            self.drafts[recorded.event.draft] = None
        elif isinstance(recorded.event, _Version):
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
                if isinstance(recorded.event, _Version):
                    yield recorded.event.raw_sha256
                    yield recorded.event.text_sha256

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
    found = _Found(root, past, keep_evidence=keep_evidence)
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


class ErasePayload(Command, frozen=True, kw_only=True):
    """Erase an event, a draft or a document with its closure; for admins only.

    `named` are events that only their ids lead to: the root itself, the proposal behind it, the
    fact of a draft. `holding` are hashes of further evidence that was found to hold the same text.
    """

    root: Id
    legal_basis: str
    id: Id
    """Of the event; those after the first are derived from it."""
    keep_evidence: bool = False
    named: tuple[Recorded, ...] = ()
    holding: tuple[Sha256, ...] = ()

    def normal(self) -> Self:
        """The root's id in normal form, and the legal basis without space around it."""
        require(self.legal_basis.strip(), "legal_basis: say on what ground", "legal_basis")
        return msgspec.structs.replace(self, legal_basis=self.legal_basis.strip())

    def reads(self, past: Past) -> Query:
        """The root under each name that it can have, and whatever leads on from what was read."""
        found = _Found(self.root, self._all(past), keep_evidence=self.keep_evidence)
        ids = dict.fromkeys((self.root, *(str(r.id) for r in self.named), *found.targets))
        return tagged(
            f"draft:{self.root}",
            f"document:{self.root}",
            *(f"target:{i}" for i in ids),
            *(f"draft:{d}" for d in found.drafts),
            *(f"document:{d}" for d in found.documents),
        ) | tagged(*(f"draft:{d}" for d in self._proposed(past, found)))

    def _proposed(self, past: Past, found: _Found) -> list[str]:
        """Drafts of the documents, whose decisions tell whether they became facts."""
        drafts = (r.event for r in past if isinstance(r.event, DraftProposed))
        return [d.draft for d in drafts if d.document in found.documents]

    def _all(self, past: Past) -> list[Recorded]:
        known = {r.id for r in past}
        return sorted(
            (*past, *(r for r in self.named if r.id not in known)), key=lambda r: r.position
        )

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The erasure; nothing where all of it is erased already.

        Raises Forbidden unless an admin asks, NotFound where the id is none that is known,
        Refused for what is no content.
        """
        if given.actor.role != "admin":
            raise Forbidden(f"erasing needs the role admin; the role here is {given.actor.role}")
        known = self._all(past)
        self._check(known)
        taken = closure(self.root, known, keep_evidence=self.keep_evidence)
        lost = {s for r in past if isinstance(r.event, PayloadErased) for s in r.event.evidence}
        more = self.holding if taken.documents and not self.keep_evidence else ()
        evidence = tuple(dict.fromkeys((*taken.evidence, *(s for s in more if s not in lost))))
        return _events(
            msgspec.structs.replace(taken, evidence=evidence), self.legal_basis, UUID(self.id)
        )

    def _check(self, known: Sequence[Recorded]) -> None:
        root = next((r for r in known if str(r.id) == self.root), None)
        tags = {f"draft:{self.root}", f"document:{self.root}"}
        if root is None and not any(tags & set(r.tags) for r in known):
            raise NotFound(f"no event, draft or document {self.root} is in the log", field="event")
        require(
            not (self.keep_evidence and self._is_document(root, known)),
            "keep_evidence: a document is its evidence; erase the fact instead",
            "keep_evidence",
        )
        if root is not None and root.event is not None and not erasable(root):
            raise Refused(
                f"event: a {root.type} says what this tracker did and cannot be erased",
                field="event",
            )

    def _is_document(self, root: Recorded | None, known: Sequence[Recorded]) -> bool:
        if root is not None:
            return isinstance(root.event, _Version)
        return any(f"document:{self.root}" in r.tags for r in known)


def erasable(recorded: Recorded) -> bool:
    """Whether an event is content: a fact, a document, a draft, a name, or what targets one."""
    event: Event | None = recorded.event
    if isinstance(event, PayloadErased):
        return False
    content = isinstance(event, Fact | _Version | _Draft | PartyNamed)
    return content or first_tag("target:", recorded.tags) is not None


def _events(taken: Closure, legal_basis: str, first: UUID) -> list[NewEvent]:
    """As many events as the tags need; all evidence in the first."""
    if not (taken.targets or taken.evidence or taken.documents):
        return []
    count = max(len(taken.targets), len(taken.documents), 1)
    events: list[NewEvent] = []
    for low in range(0, count, _PER_EVENT):
        event = PayloadErased(
            legal_basis=legal_basis,
            targets=taken.targets[low : low + _PER_EVENT],
            documents=taken.documents[low : low + _PER_EVENT],
            evidence=taken.evidence if low == 0 else (),
        )
        own = derived("erasure", str(first), str(low)) if low else first
        events.append(NewEvent(own, event))
    return events


class RepeatErasure(Command, frozen=True, kw_only=True):
    """Say again what an older copy of the log does not know: an erasure under its own id."""

    id: Id
    erased: PayloadErased

    def reads(self, past: Past) -> Query:
        """Nothing: its id makes it happen once."""
        return Query()

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The erasure as it was."""
        return [NewEvent(UUID(self.id), self.erased)]
