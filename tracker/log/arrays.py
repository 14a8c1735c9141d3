"""One-dimensional arrays as PostgreSQL reads them in binary.

psycopg dumps a list element by element, each through its own dumper; a batch of appends has
thousands of them, so their bytes are joined here at once.
"""

import struct
from collections.abc import Sequence

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

BYTEA, INT8, INT4, TEXT, UUID = 17, 20, 23, 25, 2950
_HEAD = struct.Struct("!iiiii")
_LENGTH = struct.Struct("!i")
_NULL = _LENGTH.pack(-1)


class Packed(bytes):
    """The binary form of an array, sent as it is; the statement casts it to its type."""


class _PackedDumper(Dumper):
    """Hands the bytes over untouched."""

    format = Format.BINARY

    def dump(self, obj: Packed) -> bytes:
        return obj


psycopg.adapters.register_dumper(Packed, _PackedDumper)


def packed(oid: int, items: Sequence[bytes | None]) -> Packed:
    """The array of elements of the type with this oid, each in its own binary form."""
    if not items:
        return Packed(_HEAD.pack(0, 0, oid, 0, 0)[:12])
    parts = [_HEAD.pack(1, None in items, oid, len(items), 1)]
    for item in items:
        if item is None:
            parts.append(_NULL)
        else:
            parts += (_LENGTH.pack(len(item)), item)
    return Packed(b"".join(parts))


def packed_ints(oid: int, numbers: Sequence[int]) -> Packed:
    """The array of integers, of four or eight bytes as the type has."""
    if not numbers:
        return packed(oid, ())
    size, code = (4, "i") if oid == INT4 else (8, "q")
    head = _HEAD.pack(1, 0, oid, len(numbers), 1)
    fields = [field for number in numbers for field in (size, number)]
    return Packed(head + struct.pack("!" + ("i" + code) * len(numbers), *fields))
