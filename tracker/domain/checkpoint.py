"""Checkpoints: what the log says of its own tree, signed, so that nobody can rewrite it unseen."""

from typing import ClassVar
from uuid import UUID

from tracker.domain.base import Command, Event, Given, NewEvent, Past, Query, require, tagged
from tracker.domain.ids import derived
from tracker.domain.values import Sha256

KNOWN = tagged("type:checkpoint-published")


class CheckpointPublished(Event, frozen=True, kw_only=True):
    """The first `size` events have this root; the signed note says so (C2SP tlog-checkpoint).

    `root` is in hex. `timestamp` is a time-stamp response over the note (RFC 3161 TimeStampResp,
    DER in base64), where a time-stamping authority was asked and answered.
    """

    type: ClassVar[str] = "checkpoint-published"

    origin: str
    size: int
    root: Sha256
    note: str
    timestamp: str | None = None

    def headline(self, name: object) -> str:
        """How much is signed for."""
        return f"Checkpoint over {self.size} events"


class PublishCheckpoint(Command, frozen=True, kw_only=True):
    """Put a signed checkpoint on record; the signer sees to it that it is true and new."""

    origin: str
    size: int
    root: Sha256
    note: str
    timestamp: str | None = None

    def reads(self, past: Past) -> Query:
        """Nothing: whether it fits the log was proved before it was signed."""
        return Query()

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The checkpoint, under an id of its content: sent again, it is the same event."""
        require(self.size > 0, "size: a checkpoint of nothing says nothing", "size")
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        published = CheckpointPublished(**fields)
        return [NewEvent(checkpoint_id(self.origin, self.size, self.root), published)]


def checkpoint_id(origin: str, size: int, root: str) -> UUID:
    """The id of the event that publishes a checkpoint."""
    return derived("checkpoint", origin, str(size), root)
