"""Ids: UUIDv7 for what a person records, UUIDv8 of a source key for what a machine records."""

import hashlib
from datetime import datetime
from uuid import UUID

import msgspec

_IMPORT = b"import"
_UNVERSIONED = ~(0xF << 76) & ~(0x3 << 62)


def derived(*key: str) -> UUID:
    """The UUIDv8 made of SHA-256 over the source key: doing it again gives the same id.

    Parts are length-prefixed, so that no two keys run together.
    """
    whole = b""
    for part in key:
        data = part.encode()
        whole += len(data).to_bytes(8, "big") + data
    return _versioned(int.from_bytes(hashlib.sha256(whole).digest()[:16], "big"), 8)


def timed(now: datetime, random: bytes) -> UUID:
    """The UUIDv7 (RFC 9562) for a moment and ten random bytes."""
    milliseconds = int(now.timestamp() * 1000)
    return _versioned(milliseconds << 80 | int.from_bytes(random[:10], "big"), 7)


def import_id(random: bytes) -> UUID:
    """The correlation id of an import: a UUIDv8 that begins with `import`, then ten random bytes.

    By it everybody who reads the log knows history from what has just been recorded.
    """
    return _versioned(int.from_bytes(_IMPORT + random[:10], "big"), 8)


def is_import(correlation: UUID) -> bool:
    """Whether an event with this correlation id came with an import."""
    return correlation.bytes.startswith(_IMPORT) and correlation.version == 8


def id_text(given: UUID) -> str:
    """As str() has it, at a quarter of the cost."""
    return msgspec.to_builtins(given)


def _versioned(number: int, version: int) -> UUID:
    return UUID(int=number & _UNVERSIONED | version << 76 | 0x2 << 62)
