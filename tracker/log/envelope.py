"""The leaf: the exact bytes of an event's envelope, completed by the database under its lock.

Keys are sorted, so `position` and `recorded_at` stand side by side; the client encodes what comes
before and after them, and nothing is ever encoded again.
"""

import hashlib
import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tracker.domain.base import Actor, NewEvent, Recorded
from tracker.domain.catalog import BY_TYPE, decode, encode
from tracker.domain.errors import Refused, TooLarge, TrackerError

ENVELOPE_BYTES = 60_000
PAYLOAD_BYTES = 8_000_000


class Envelope(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What the leaf says; everything but the payload."""

    actor: Actor
    causation_id: UUID | None
    correlation_id: UUID
    id: UUID
    payload_commit: str
    position: int
    recorded_at: datetime
    schema_version: int
    tags: tuple[str, ...]
    type: str


class Encoded(msgspec.Struct, frozen=True, gc=False):
    """One event ready to be sent."""

    id: UUID
    type: str
    head: bytes
    tail: bytes
    salt: bytes
    payload: bytes
    tags: tuple[str, ...]


_decoder = msgspec.json.Decoder(Envelope)
_SPLIT = b',"position":0,"recorded_at":"0",'


def commitment(salt: bytes, payload: bytes) -> str:
    """HMAC-SHA256 of the payload under its salt: what the leaf says of the payload."""
    return hmac.digest(salt, payload, hashlib.sha256).hex()


def encoded(new: NewEvent, actor: Actor, correlation_id: UUID, salt: bytes) -> Encoded:
    """The bytes of an event before and after position and time.

    Raises Refused for text that is none, TooLarge over 60 KB of envelope or 8 MB of payload.
    """
    event = new.event
    tags = tuple(sorted({f"type:{event.type}", *event.tags()}))
    if " " in "".join(tags):
        raise Refused(f"{event.type}: a tag has a space in it: {', '.join(tags)}")
    try:
        payload = encode(event)
        leaf = encode(_fields(new, actor, correlation_id, commitment(salt, payload), tags))
    except UnicodeEncodeError:
        raise Refused(f"{event.type}: a text has half a character (a lone surrogate)") from None
    if len(payload) > PAYLOAD_BYTES:
        raise TooLarge(f"{event.type}: {len(payload)} bytes of payload are over {PAYLOAD_BYTES}")
    if len(leaf) > ENVELOPE_BYTES:
        raise TooLarge(f"{event.type}: {len(leaf)} bytes of envelope are over {ENVELOPE_BYTES}")
    head, tail = leaf.split(_SPLIT)
    return Encoded(new.id, event.type, head + b',"position":', b"," + tail, salt, payload, tags)


def _fields(
    new: NewEvent, actor: Actor, correlation_id: UUID, commit: str, tags: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "actor": actor,
        "causation_id": new.causation_id,
        "correlation_id": correlation_id,
        "id": new.id,
        "payload_commit": commit,
        "position": 0,
        "recorded_at": "0",
        "schema_version": type(new.event).schema_version,
        "tags": tags,
        "type": new.event.type,
    }


def recorded(leaf: bytes, payload: bytes | None) -> Recorded:
    """The event of a stored leaf and payload; the event is None where the payload was erased."""
    envelope = _decoder.decode(leaf)
    if payload is not None and envelope.type not in BY_TYPE:
        raise TrackerError(
            f"event {envelope.position} is a {envelope.type}, which this version does not know"
        )
    return Recorded(
        position=envelope.position,
        id=envelope.id,
        type=envelope.type,
        schema_version=envelope.schema_version,
        recorded_at=envelope.recorded_at,
        actor=envelope.actor,
        correlation_id=envelope.correlation_id,
        causation_id=envelope.causation_id,
        tags=envelope.tags,
        event=(
            None if payload is None else decode(envelope.type, envelope.schema_version, payload)
        ),
    )
