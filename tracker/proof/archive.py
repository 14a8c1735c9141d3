"""The zip around a bundle, read so strictly that nothing can hide in it.

Every byte of the file belongs to a member, to its header or to the directory at the end: members
lie end to end, no name comes twice, and what header and directory say is the same. Extra fields,
comments, folders, links, encryption and members over 4 GB are refused. Times and attributes of
the members mean nothing and are not looked at.
"""

import io
import os
import re
import sqlite3
import struct
import zlib
from typing import BinaryIO, NamedTuple

from tracker.domain.errors import Disproved, Refused
from tracker.proof.scratch import Scratch

SCHEMA = """
create table member (
    name text primary key, header int, method int, crc int, packed int, size int,
    used int not null default 0
) without rowid;
"""
PUT = "insert into member (name, header, method, crc, packed, size) values (?, ?, ?, ?, ?, ?)"
GET = "select name, header, method, crc, packed, size from member where name = ?"
USE = "update member set used = 1 where name = ?"
UNUSED = "select name from member where used = 0 order by name limit 1"
IN_ORDER = "select name, header, method, crc, packed, size from member order by header"
LIKE = "select name from member where name >= ? and name < ? order by name"

STORED, DEFLATED = 0, 8
LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
END64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR = struct.Struct("<4sLQL")
OFFSET64 = struct.Struct("<2HQ")
LARGE = 0xFFFFFFFF
MANY = 0xFFFF
_FLAGS = 0x0806  # UTF-8 names and the two bits by which deflate says how hard it tried
_NAME = re.compile(r"(?!.*(?:^|/)\.{0,2}(?:/|$))[A-Za-z0-9._/-]{1,200}", re.ASCII)
_AT_ONCE_BYTES = 16_000_000
_CHUNK_BYTES = 1 << 18


class Member(NamedTuple):
    """A file within the zip: where its header is, and what it claims to hold."""

    name: str
    header: int
    method: int
    crc: int
    packed: int
    size: int


class Archive:
    """The members of a zip that has passed, by name; each is used once."""

    def __init__(self, file: BinaryIO, scratch: Scratch) -> None:
        """Read the directory. Raises Refused where there is none, Disproved for any trick."""
        self.file = file
        self._scratch = scratch
        start, end, count = _directory(file)
        try:
            self.count = self._read(start, end)
        except sqlite3.IntegrityError:
            raise Disproved("the zip has a name twice") from None
        if self.count != count:
            raise Disproved(f"the zip announces {count} files and has {self.count}")
        self._end_to_end(start)

    def take(self, name: str) -> Member:
        """The member of a name, marked as used; Disproved where it is missing."""
        member = self.find(name)
        if member is None:
            raise Disproved(f"{name} is missing from the bundle", file=name)
        return member

    def find(self, name: str) -> Member | None:
        """The member of a name, marked as used; None where it is missing."""
        row = self._scratch.one(GET, name)
        if row is None:
            return None
        self._scratch.rows(USE, name)
        return Member(*row)

    def below(self, folder: str) -> list[str]:
        """The names within a folder, in order."""
        return [name for (name,) in self._scratch.rows(LIKE, f"{folder}/", f"{folder}0")]

    def unused(self) -> str | None:
        """The first member that nothing asked for."""
        row = self._scratch.one(UNUSED)
        return row and row[0]

    def read(self, name: str, most_bytes: int) -> bytes:
        """What a member holds."""
        return whole(self.file.fileno(), self.take(name), most_bytes)

    def _read(self, start: int, end: int) -> int:
        self.file.seek(start)
        count = 0
        while self.file.tell() < end:
            self._scratch.put(PUT, [_entry(self.file)])
            count += 1
        if self.file.tell() != end:
            raise Disproved("the directory of the zip runs over its end")
        return count

    def _end_to_end(self, directory: int) -> None:
        at = 0
        for row in self._scratch.rows(IN_ORDER):
            member = Member(*row)
            if member.header != at:
                raise Disproved(f"bytes lie between the files, before {member.name}",
                                file=member.name)  # fmt: skip
            at = _start(self.file.fileno(), member) + member.packed
        if at != directory:
            raise Disproved("bytes lie between the files of the zip and its directory")


def _directory(file: BinaryIO) -> tuple[int, int, int]:
    """Where the directory begins and ends, and how many members it has."""
    size = file.seek(0, os.SEEK_END)
    if size < END.size:
        raise Refused("that is no bundle: it is too short for a zip")
    tail = os.pread(file.fileno(), END.size, size - END.size)
    mark, disk, disks, here, count, length, start, comment = END.unpack(tail)
    if mark != b"PK\5\6" or comment:
        raise Refused("that is no bundle, or its end is missing: no zip directory is at the end")
    end = size - END.size
    if count == MANY or start == LARGE or length == LARGE:
        end -= LOCATOR.size
        locator = os.pread(file.fileno(), LOCATOR.size, max(end, 0))
        record = os.pread(file.fileno(), END64.size, max(end - END64.size, 0))
        if len(record) < END64.size or record[:4] != b"PK\6\6":
            raise Refused("that is no bundle: its directory is damaged")
        end -= END64.size
        _, _, _, _, disk, disks, here, count, length, start = END64.unpack(record)
        if locator != LOCATOR.pack(b"PK\6\7", 0, end, 1):
            raise Disproved("the two ends of the zip do not agree")
    if disk or disks or here != count or start + length != end:
        raise Disproved("the directory of the zip is not where its end says")
    return start, end, count


def _entry(file: BinaryIO) -> tuple[str, int, int, int, int, int]:
    head = file.read(CENTRAL.size)
    if len(head) < CENTRAL.size or head[:4] != b"PK\1\2":
        raise Disproved("the directory of the zip is damaged")
    fields = CENTRAL.unpack(head)
    flags, method, crc, packed, size = fields[3], fields[4], *fields[7:10]
    name_length, extra_length, comment, disk = fields[10:14]
    header = fields[16]
    raw = file.read(name_length)
    extra = file.read(extra_length)
    name = raw.decode("ascii", "replace")
    if not _NAME.fullmatch(name):
        raise Disproved(f"{name[:80]!r} is no name of a file in a bundle", file=name[:80])
    if header == LARGE and extra[:4] == struct.pack("<2H", 1, 8) and len(extra) == OFFSET64.size:
        header, extra = OFFSET64.unpack(extra)[2], b""
    if flags & ~_FLAGS or method not in (STORED, DEFLATED) or comment or disk or extra:
        raise Disproved(f"{name}: the zip says more of it than a bundle does", file=name)
    if packed == LARGE or size == LARGE or (method == STORED and packed != size):
        raise Disproved(f"{name}: the zip gives it a size that it cannot have", file=name)
    return name, header, method, crc, packed, size


def _start(descriptor: int, member: Member) -> int:
    """Where the content begins; Disproved where the header says other things than the directory."""
    name = member.name.encode()
    head = os.pread(descriptor, LOCAL.size + len(name), member.header)
    if len(head) < LOCAL.size + len(name):
        raise Disproved(f"{member.name}: the zip ends before it", file=member.name)
    mark, _, flags, method, _, _, *sums, name_length, extra = LOCAL.unpack(head[: LOCAL.size])
    said = (mark, method, *sums, name_length, head[LOCAL.size :], extra, flags & ~_FLAGS)
    known = (b"PK\3\4", member.method, member.crc, member.packed, member.size, len(name), name)
    if said != (*known, 0, 0):
        raise Disproved(
            f"{member.name}: its header and the directory of the zip differ", file=member.name
        )
    return member.header + len(head)


def whole(descriptor: int, member: Member, most_bytes: int) -> bytes:
    """The content of a member; Disproved where it is damaged or larger than it may be."""
    if member.size > most_bytes or member.packed > most_bytes + 1000:
        raise Disproved(f"{member.name}: {member.size} bytes are too many", file=member.name)
    start = member.header + LOCAL.size + len(member.name)
    data = os.pread(descriptor, member.packed, start)
    if member.method == DEFLATED:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            data = inflate.decompress(data, member.size + 1)
        except zlib.error:
            raise _damaged(member) from None
        if not inflate.eof or inflate.unused_data or inflate.unconsumed_tail:
            raise _damaged(member)
    if len(data) != member.size or zlib.crc32(data) != member.crc:
        raise _damaged(member)
    return data


def opened(descriptor: int, member: Member) -> BinaryIO:
    """The content of a member for reading on; a large one is never in memory as a whole."""
    if member.size <= _AT_ONCE_BYTES and member.packed <= _AT_ONCE_BYTES:
        return io.BytesIO(whole(descriptor, member, _AT_ONCE_BYTES))
    return io.BufferedReader(_Content(descriptor, member), _CHUNK_BYTES)


def _damaged(member: Member) -> Disproved:
    return Disproved(f"{member.name}: its bytes are damaged", file=member.name)


class _Content(io.RawIOBase):
    """A member that is inflated while it is read; its end is where it is found to be damaged."""

    def __init__(self, descriptor: int, member: Member) -> None:
        self._descriptor = descriptor
        self._member = member
        self._at = member.header + LOCAL.size + len(member.name)
        self._left = member.packed
        self._read = self._crc = 0
        deflated = member.method == DEFLATED
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS) if deflated else None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        try:
            data = self._next(len(buffer))
        except zlib.error:
            raise _damaged(self._member) from None
        self._read += len(data)
        self._crc = zlib.crc32(data, self._crc)
        if self._read > self._member.size or (not data and not self._whole()):
            raise _damaged(self._member)
        buffer[: len(data)] = data
        return len(data)

    def _next(self, most_bytes: int) -> bytes:
        if self._inflate is None:
            return self._packed(most_bytes)
        data = b""
        while not data and not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self._packed(_CHUNK_BYTES)
            data = self._inflate.decompress(packed, most_bytes)
            if not packed and not data:
                break
        return data

    def _packed(self, most_bytes: int) -> bytes:
        data = os.pread(self._descriptor, min(most_bytes, self._left), self._at)
        self._at += len(data)
        self._left -= len(data)
        return data

    def _whole(self) -> bool:
        inflate = self._inflate
        ended = inflate is None or (inflate.eof and not inflate.unused_data)
        said = (self._member.size, self._member.crc)
        return ended and self._left == 0 and (self._read, self._crc) == said
