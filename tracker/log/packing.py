"""Events as rows of PostgreSQL's binary COPY, all but what only the lock gives: position and time.

A row is the number of its fields and then each field as its length and its bytes, big-endian;
a table is a header, its rows and a trailer ("COPY", binary format, in PostgreSQL's manual).
"""

import hashlib
from collections.abc import Container, Iterator, Sequence
from typing import Self
from uuid import UUID

import msgspec

from tracker.domain.errors import OtherContent
from tracker.log.envelope import Encoded

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
_ROWS_PER_BLOCK = 400
# Fields and their lengths as they stand in the rows.
_EIGHT = b"\0\0\0\x08"
_SIXTEEN = b"\0\0\0\x10"
_THIRTY_TWO = b"\0\0\0\x20"
_THREE_FIELDS = b"\0\3"
_SIX_FIELDS = b"\0\6"


class Stamp(msgspec.Struct, frozen=True):
    """What the lock gives: the head of the log, and the time for all rows of one chunk."""

    head: int
    text: bytes
    """As it stands in the leaf: UTC, always six decimals."""
    microseconds: int
    """As PostgreSQL keeps it: since 2000-01-01 UTC."""


class Chunk:
    """Events that go to the log in one transaction; an id that comes twice is kept once."""

    def __init__(self) -> None:
        self.events: list[Encoded] = []
        self.places: list[str] = []
        self.repeated = 0
        self.size_bytes = 0
        self._at: dict[UUID, int] = {}
        self._middles: list[bytes] = []
        self._payloads: list[bytes] = []
        self._tags: dict[tuple[str, str], list[int]] = {}

    def add(self, event: Encoded, place: str) -> None:
        """Take an event on; `place` is where it stood, for people.

        Raises OtherContent where the chunk holds another event under its id.
        """
        at = self._at.setdefault(event.id, len(self.events))
        if at < len(self.events):
            if not _same_content(self.events[at], event):
                raise OtherContent(
                    f"id: {event.id} stands in {self.places[at]} with other content", field="id"
                )
            self.repeated += 1
            return
        kind = event.type.encode()
        self.events.append(event)
        self.places.append(place)
        self._middles.append(
            b"%b%b%b%b%b" % (_SIXTEEN, event.id.bytes, _length(kind), kind, _EIGHT)
        )
        self._payloads.append(
            b"%b%b%b%b" % (_THIRTY_TWO, event.salt, _length(event.payload), event.payload)
        )
        for tag in event.tags:
            self._tags.setdefault((tag, event.type), []).append(at)
        self.size_bytes += len(event.payload) + len(event.head) + len(event.tail)

    def without(self, known: Container[UUID]) -> Self:
        """The chunk without events that are stored already; they count as repeated."""
        left = type(self)()
        left.repeated = self.repeated
        for event, place in zip(self.events, self.places, strict=True):
            if event.id in known:
                left.repeated += 1
            else:
                left.add(event, place)
        return left

    def event_rows(self, stamp: Stamp) -> Iterator[bytes]:
        """Rows of log.event (position, id, type, recorded_at, leaf, leaf_hash), in blocks."""
        moment = stamp.microseconds.to_bytes(8, "big", signed=True)
        middle = b',"recorded_at":"%b"' % stamp.text
        rows: list[bytes] = []
        sha256 = hashlib.sha256
        for position, (event, static) in enumerate(
            zip(self.events, self._middles, strict=True), stamp.head + 1
        ):
            leaf = b"%b%d%b%b" % (event.head, position, middle, event.tail)
            rows.append(
                b"%b%b%b%b%b%b%b%b"
                % (
                    _SIX_FIELDS + _EIGHT,
                    position.to_bytes(8, "big"),
                    static,
                    moment,
                    len(leaf).to_bytes(4, "big"),
                    leaf,
                    _THIRTY_TWO,
                    sha256(b"\0" + leaf).digest(),
                )
            )
            if len(rows) == _ROWS_PER_BLOCK:
                yield b"".join(rows)
                rows.clear()
        yield b"".join(rows)

    def payload_rows(self, head: int) -> Iterator[bytes]:
        """Rows of log.payload (position, salt, payload), in blocks."""
        start = _THREE_FIELDS + _EIGHT
        for low in range(0, len(self._payloads), _ROWS_PER_BLOCK):
            block = self._payloads[low : low + _ROWS_PER_BLOCK]
            yield b"".join(
                [
                    b"%b%b%b" % (start, position.to_bytes(8, "big"), rest)
                    for position, rest in enumerate(block, head + low + 1)
                ]
            )

    def tag_rows(self, head: int) -> Iterator[bytes]:
        """Rows of log.event_tag (tag, position, type) in the order of its key, in blocks.

        In that order neighbours meet the same page of the index.
        """
        rows: list[bytes] = []
        for tag, kind in sorted(self._tags):
            tag_bytes, kind_bytes = tag.encode(), kind.encode()
            start = b"%b%b%b%b" % (_THREE_FIELDS, _length(tag_bytes), tag_bytes, _EIGHT)
            end = _length(kind_bytes) + kind_bytes
            rows += [
                b"%b%b%b" % (start, (head + 1 + at).to_bytes(8, "big"), end)
                for at in self._tags[tag, kind]
            ]
            if len(rows) > _ROWS_PER_BLOCK:
                yield b"".join(rows)
                rows.clear()
        yield b"".join(rows)


def _length(data: Sequence[int] | bytes) -> bytes:
    return len(data).to_bytes(4, "big")


def _same_content(one: Encoded, other: Encoded) -> bool:
    """Whether two events differ in nothing but salt, actor and correlation."""
    return (one.tail, one.payload) == (other.tail, other.payload)
