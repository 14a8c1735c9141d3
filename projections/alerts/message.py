"""A message: what it holds, where it goes, and how its delivery went."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

import msgspec

from projections.alerts.match import Matched
from tracker.domain.ids import derived
from tracker.domain.values import instant_text

S = TypeVar("S", bound=msgspec.Struct)

Kind = Literal[
    "alert", "digest", "update", "cancel", "reminder", "notice", "confirmation", "silence"
]


class Note(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a message says in words of its own: a line for the subject, and paragraphs."""

    subject: str
    lines: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    """Whose words these are: where one of them is erased, the note is forgotten."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be: what it holds, through which channel, and from when on.

    `position` is how far the log had come when it was decided; the id is derived from what the
    message is about, so that deciding it again makes no second one.
    """

    id: UUID
    kind: Kind
    subscription: str | None
    channel: str
    position: int
    due_at: datetime
    members: tuple[UUID, ...] = ()
    note: Note | None = None


def plan_of_test(subscription: str, channel: str, position: int, now: datetime) -> Plan:
    """A message that says that it is a test."""
    return Plan(
        id=derived("test", subscription, instant_text(now)),
        kind="notice",
        subscription=subscription,
        channel=channel,
        position=position,
        due_at=now,
        note=Note("Test", ("This is a test; nothing has happened.",)),
    )


class Member(msgspec.Struct, frozen=True):
    """An alert as a message holds it."""

    id: UUID
    event: UUID
    position: int
    kind: str
    matched: Matched
    refers: tuple[UUID, ...]
    acknowledged_at: datetime | None = None


class Held(msgspec.Struct, frozen=True):
    """A message and the alerts in it; `sent_at` is when it was first claimed to be sent."""

    id: UUID
    kind: Kind
    subscription: str | None
    channel: str
    position: int
    note: Note | None
    owed_at: datetime
    sent_at: datetime | None
    members: tuple[Member, ...]
    attempts: int
    number: int
    """The place in the order in which messages were made."""


class Claim(Held, frozen=True):
    """A message under a lease, with its channel's kind (None: the channel is gone).

    `begun` attempts were made before its schedule began, the last time at `begun_at`.
    """

    fence: int
    begun: int
    begun_at: datetime
    channel_kind: str | None
    settings: Any
    sealed: bytes | None
    closed: str | None


class Message(Held, frozen=True):
    """A message as the doors list it."""

    status: str
    due_at: datetime
    next_at: datetime
    delivered_at: datetime | None


class Attempt(msgspec.Struct, frozen=True):
    """One attempt to deliver a message."""

    number: int
    channel: str | None
    attempted_at: datetime
    status: int | None
    latency_ms: int | None
    response_sha256: str | None
    error: str | None


def loaded(struct: type[S], row: Sequence[Any]) -> S:
    """A row whose columns stand in the order of the struct's fields."""
    return msgspec.convert(dict(zip(struct.__struct_fields__, row, strict=True)), struct)
