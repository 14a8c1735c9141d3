"""Events as newline-delimited JSON, one a line, as the doors of a tracker give them."""

from collections.abc import Iterator
from typing import Any, BinaryIO
from uuid import UUID

import msgspec

from tracker.domain.base import NewEvent
from tracker.domain.catalog import BY_TYPE, decode, refused
from tracker.domain.errors import Refused, TooLarge, TrackerError
from tracker.domain.ids import derived
from tracker.imports.entry import Entry, at
from tracker.log.envelope import ENVELOPE_BYTES, PAYLOAD_BYTES

LINE_BYTES = 2 * PAYLOAD_BYTES + ENVELOPE_BYTES
"""Room for a payload at its limit, however its characters are escaped."""
_SUBSCRIBE = "it names users and channels of the log that it is from; subscribe here"
# What a log says of itself.
_NOT_IMPORTED = {
    "subscription-opened": _SUBSCRIBE,
    "subscription-changed": _SUBSCRIBE,
    "subscription-closed": _SUBSCRIBE,
    "audit-read": "it says who took a copy of the log that it is from",
    "checkpoint-published": "it is signed for the log that it is from",
    "alerts-reported": "it seals what was sent by the tracker that it is from",
    "payload-erased": "it says what was erased in the log that it is from; erase here",
}


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a line may hold; what the other log made of an event is read and not taken over."""

    type: str
    payload: msgspec.Raw
    id: UUID | None = None
    key: str | None = None
    schema_version: int = 1
    position: Any = None
    recorded_at: Any = None
    actor: Any = None
    correlation_id: Any = None
    causation_id: Any = None
    tags: Any = None
    erased_by: Any = None
    gone_quotes: Any = None


_decoder = msgspec.json.Decoder(Line)


def entries(file: BinaryIO, source: str) -> Iterator[Entry]:
    """The events of a file, line by line; blank lines are passed over.

    Raises Refused or TooLarge, naming the line, the field and the reason.
    """
    number = skipped_bytes = 0
    while text := file.readline(LINE_BYTES + 1):
        number += 1
        if not text.strip():
            skipped_bytes += len(text)
            continue
        place = f"line {number}"
        if len(text) > LINE_BYTES:
            raise TooLarge(f"{place}: has more than {LINE_BYTES} bytes")
        try:
            new = event_of(text, source)
        except TrackerError as fault:
            raise at(place, fault) from None
        yield Entry(place, new, len(text) + skipped_bytes)
        skipped_bytes = 0


def event_of(text: bytes, source: str) -> NewEvent:
    """The event of one line; without an id, the id follows from source and key."""
    line = _line(text)
    if line.type in _NOT_IMPORTED:
        raise Refused(
            f"type: {line.type} is not imported, since {_NOT_IMPORTED[line.type]}", field="type"
        )
    if line.type not in BY_TYPE:
        raise Refused(
            f"type: {line.type!r} is not a type of event; known are {', '.join(BY_TYPE)}",
            field="type",
        )
    payload = bytes(line.payload)
    if payload == b"null":
        raise Refused(
            "payload: is null, since it was erased in the log that it is from; leave the line out",
            field="payload",
        )
    if line.id is None and not line.key:
        raise Refused(
            "id: give an id, or a key of the source, so that the import can be run again",
            field="id",
        )
    event_id = line.id or derived("import", source, line.key or "")
    try:
        return NewEvent(event_id, decode(line.type, line.schema_version, payload))
    except msgspec.ValidationError as wrong:
        fault = refused(wrong)
        if fault.field is None:
            raise Refused(f"payload: {fault.message}", field="payload") from None
        raise Refused(f"payload.{fault.message}", field=f"payload.{fault.field}") from None


def _line(text: bytes) -> Line:
    try:
        return _decoder.decode(text)
    except msgspec.ValidationError as wrong:
        raise refused(wrong) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise Refused(f"that is no JSON: {wrong}") from None
