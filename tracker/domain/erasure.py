"""Erasure: the event that says which payloads and which evidence are gone, and why."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from tracker.domain.base import Event, Item, Query, Recorded
from tracker.domain.values import Id, Sha256


class PayloadErased(Event, frozen=True, kw_only=True):
    """Payloads and evidence were erased; what they said cannot be read from this log any more.

    `targets` are the ids of the erased events, `evidence` the hashes of erased bytes and texts,
    `documents` those that the evidence belonged to. A large erasure is several of these events in
    one append.
    """

    type: ClassVar[str] = "payload-erased"

    legal_basis: str
    targets: tuple[Id, ...] = ()
    evidence: tuple[Sha256, ...] = ()
    documents: tuple[Id, ...] = ()

    def tags(self) -> tuple[str, ...]:
        """Every erased event, and every document that lost its evidence."""
        return (
            *(f"target:{target}" for target in self.targets),
            *(f"document:{document}" for document in self.documents),
        )

    def headline(self, name: object) -> str:
        """How much was erased, and on what ground."""
        return (
            f"Erased: {len(self.targets)} events, {len(self.evidence)} pieces of evidence"
            f" ({self.legal_basis})"
        )


ERASURES = Query((Item(types=(PayloadErased.type,)),))


class ErasedBy(msgspec.Struct, frozen=True):
    """The erasure that took something, as answers about it name it."""

    event: UUID
    position: int
    recorded_at: datetime
    legal_basis: str

    def sentence(self) -> str:
        """For people, as the end of a sentence."""
        day = self.recorded_at.date().isoformat()
        return f"erased by event {self.position} on {day} (legal basis: {self.legal_basis})"


def erased_by(erasure: Recorded | None) -> ErasedBy | None:
    """What an answer says of an erasure."""
    if erasure is None or not isinstance(erasure.event, PayloadErased):
        return None
    return ErasedBy(erasure.id, erasure.position, erasure.recorded_at, erasure.event.legal_basis)
