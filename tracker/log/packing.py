"""Events as rows of PostgreSQL's binary COPY, all but what only the lock gives: position and time.

A row is the number of its fields and then each field as its length and its bytes, big-endian;
a table is a header, its rows and a trailer ("COPY", binary format, in PostgreSQL's manual).
"""

import hashlib
from collections.abc import Container, Iterator
from functools import lru_cache
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
        self._at: dict[int, int] = {}
        # What can be said of the rows before the lock is taken.
        self._middles: list[bytes] = []
        self._payloads: list[bytes] = []
        self._tags: dict[tuple[str, str], list[int]] = {}

    def add(self, event: Encoded, place: str) -> None:
        """Take an event on; `place` is where it stood, for people.

        Raises OtherContent where the chunk holds another event under its id.
        """
        number, kind, payload = event.id.int, event.type, event.payload
        at = len(self.events)
        known = self._at.setdefault(number, at)
        if known < at:
            if not _same_content(self.events[known], event):
                raise OtherContent(
                    f"id: {event.id} stands in {self.places[known]} with other content", field="id"
                )
            self.repeated += 1
            return
        self.events.append(event)
        self.places.append(place)
        self._middles.append(_SIXTEEN + number.to_bytes(16, "big") + _text(kind) + _EIGHT)
        self._payloads.append(_THIRTY_TWO + event.salt + len(payload).to_bytes(4, "big") + payload)
        tags = self._tags
        for tag in event.tags:
            if (tag, kind) in tags:
                tags[tag, kind].append(at)
            else:
                tags[tag, kind] = [at]

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
        first = head + 1
        for tag, kind in sorted(self._tags):
            start = _THREE_FIELDS + _text(tag) + _EIGHT
            end = _text(kind)
            rows += [
                b"%b%b%b" % (start, (first + at).to_bytes(8, "big"), end)
                for at in self._tags[tag, kind]
            ]
            if len(rows) > _ROWS_PER_BLOCK:
                yield b"".join(rows)
                rows.clear()
        yield b"".join(rows)


@lru_cache(maxsize=10_000)
def _text(text: str) -> bytes:
    """A text as a field: types and most tags come again and again."""
    data = text.encode()
    return len(data).to_bytes(4, "big") + data


def _same_content(one: Encoded, other: Encoded) -> bool:
    """Whether two events differ in nothing but salt, actor and correlation."""
    return (one.tail, one.payload) == (other.tail, other.payload)
