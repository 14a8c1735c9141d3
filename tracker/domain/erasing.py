"""The commands of erasure: erase with the whole closure, or say again what was erased before."""

from collections.abc import Sequence
from typing import Self
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
from tracker.domain.closure import Closure, Draft, Found, Version, closure
from tracker.domain.draft import DraftProposed
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import Forbidden, NotFound, Refused
from tracker.domain.fact import Fact
from tracker.domain.ids import derived
from tracker.domain.incident import IncidentMerged
from tracker.domain.party import PartyMerged, PartyNamed
from tracker.domain.values import Id, Sha256

# Tags of some 46 bytes each: two lists of these are well below the limit of an envelope.
_PER_EVENT = 500


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
        found = Found(self.root, self._all(past), keep_evidence=self.keep_evidence)
        ids = dict.fromkeys((self.root, *(str(r.id) for r in self.named), *found.targets))
        return tagged(
            f"draft:{self.root}",
            f"document:{self.root}",
            *(f"target:{i}" for i in ids),
            *(f"draft:{d}" for d in found.drafts),
            *(f"document:{d}" for d in found.documents),
        ) | tagged(*(f"draft:{d}" for d in self._proposed(past, found)))

    def _proposed(self, past: Past, found: Found) -> list[str]:
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
            return isinstance(root.event, Version)
        return any(f"document:{self.root}" in r.tags for r in known)


def erasable(recorded: Recorded) -> bool:
    """Whether an event is content: a fact, a document, a draft, a name, or what targets one.

    So is a merge, for the words that say why; without them what was merged is two again.
    """
    event: Event | None = recorded.event
    if isinstance(event, PayloadErased):
        return False
    merged = IncidentMerged | PartyMerged
    content = isinstance(event, Fact | Version | Draft | PartyNamed | merged)
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
