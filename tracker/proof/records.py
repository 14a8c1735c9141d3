"""Reading WARC: the payload of each record, hashed as it goes by."""

import base64
import hashlib
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from tracker.domain.errors import Refused

_CHUNK_BYTES = 1 << 18


class Kept(msgspec.Struct, frozen=True):
    """A record as it was read: the SHA-256 of its payload, and the one that it announces."""

    sha256: str
    announced: str | None


def read_warc(file: BinaryIO) -> Iterator[Kept]:
    """The payloads of a WARC file, each hashed as it is read; Refused where it is damaged."""
    try:
        records: Any = ArchiveIterator(file)
        for record in records:
            if record.rec_type not in ("response", "resource", "conversion"):
                continue
            digest = hashlib.sha256()
            while chunk := record.raw_stream.read(_CHUNK_BYTES):
                digest.update(chunk)
            said = record.rec_headers.get_header("WARC-Payload-Digest") or ""
            yield Kept(digest.hexdigest(), _announced(said))
    except (ArchiveLoadFailed, zlib.error, ValueError, EOFError) as wrong:
        raise Refused(f"a record cannot be read: {wrong}") from None


def _announced(said: str) -> str | None:
    kind, _, text = said.partition(":")
    try:
        return base64.b32decode(text).hex() if kind == "sha256" else None
    except ValueError:
        return None
