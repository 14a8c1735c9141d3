"""Reading WARC as strictly as `warc` writes it: the payload of each record, hashed as it goes by.

Libraries for WARC forgive what archives out there get wrong; here nothing is forgiven.
"""

import base64
import hashlib
import io
import zlib
from collections.abc import Iterator
from typing import IO

import msgspec

from tracker.domain.errors import Refused

_CHUNK_BYTES = 1 << 18
_LINE_BYTES = 100_000
_LINES = 1000
_DIGITS = 18
_GZIP = zlib.MAX_WBITS | 16
_KINDS = {b"response", b"resource", b"conversion"}
_WITHOUT_PAYLOAD = {b"warcinfo", b"revisit"}
_CRLF = b"\r\n"


class Kept(msgspec.Struct, frozen=True):
    """A record as it was read: the SHA-256 of its payload, and the one that it announces."""

    sha256: str
    announced: str | None


def read_warc(file: IO[bytes]) -> Iterator[Kept]:
    """The records of a WARC file that have a payload; Refused where it is damaged."""
    rest = b""
    while rest := rest or file.read(_CHUNK_BYTES):
        member = _Member(file, rest)
        # A record is whole only once the sum at the end of its member was compared.
        with io.BufferedReader(member, _CHUNK_BYTES) as plain:
            kept = _record(plain)
            rest = member.rest()
        if kept is not None:
            yield kept


class _Member(io.RawIOBase):
    """One member of a gzip file, inflated as it is read; Refused where it is damaged."""

    def __init__(self, file: IO[bytes], begun: bytes) -> None:
        self._file = file
        self._packed = begun
        self._inflate = zlib.decompressobj(_GZIP)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        data = b""
        while not data and not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self._packed or self._file.read(_CHUNK_BYTES)
            self._packed = b""
            if not packed:
                raise Refused("its compressed bytes are cut off")
            try:
                data = self._inflate.decompress(packed, len(buffer))
            except zlib.error:
                raise Refused("its compressed bytes are damaged") from None
        buffer[: len(data)] = data
        return len(data)

    def rest(self) -> bytes:
        """What was read beyond the end of the member."""
        return self._inflate.unused_data


def _record(plain: IO[bytes]) -> Kept | None:
    if plain.readline(_LINE_BYTES) != b"WARC/1.1\r\n":
        raise Refused("a record does not begin where one should")
    headers = dict(_headers(plain)[0])
    kind, size = headers.get(b"warc-type"), headers.get(b"content-length", b"")
    if not (size.isdigit() and len(size) <= _DIGITS):
        raise Refused("a record does not say how long it is")
    if kind not in _KINDS | _WITHOUT_PAYLOAD:
        raise Refused("a record is of a kind that a bundle does not have")
    left = int(size)
    if kind == b"response":
        left -= _headers(plain)[1]
    digest = hashlib.sha256()
    while left > 0:
        chunk = plain.read(min(left, _CHUNK_BYTES))
        if not chunk:
            raise Refused("a record is cut off")
        digest.update(chunk)
        left -= len(chunk)
    if left < 0 or plain.read(5) != _CRLF * 2:
        raise Refused("a record does not end where it says")
    said = headers.get(b"warc-payload-digest", b"")
    return Kept(digest.hexdigest(), _announced(said)) if kind in _KINDS else None


def _headers(plain: IO[bytes]) -> tuple[list[tuple[bytes, bytes]], int]:
    """Header lines up to the empty one, names in lower case; and how many bytes they were."""
    found: list[tuple[bytes, bytes]] = []
    size = 0
    for _ in range(_LINES):
        line = plain.readline(_LINE_BYTES)
        size += len(line)
        if line == _CRLF:
            return found, size
        if not line.endswith(_CRLF):
            break
        name, _, value = line.partition(b":")
        found.append((name.strip().lower(), value.strip()))
    raise Refused("the header of a record has no end")


def _announced(said: bytes) -> str | None:
    kind, _, text = said.partition(b":")
    try:
        return base64.b32decode(text).hex() if kind == b"sha256" else None
    except ValueError:
        return None
