"""The part of verifying that is done for each event, in a process of its own for many at once.

It reads the format of the leaf for itself and shares no code with what writes it.
"""

import os
import re
from collections.abc import Iterator
from hashlib import sha256
from itertools import repeat
from typing import NamedTuple

import msgspec

from tracker.domain.errors import Disproved
from tracker.proof.archive import Member, opened, whole
from tracker.proof.bundle import (
    ENTRY_BYTES,
    SALT_BYTES,
    commitment,
    read_payloads,
    unpack_entries,
)
from tracker.proof.tree import HASH_BYTES, TILE_WIDTH, tile_root

ERASED = "payload-erased"
PUBLISHED = "checkpoint-published"
DOCUMENTS = frozenset({"document-received", "document-revised"})
TARGET = "target:"
_TELLING = DOCUMENTS | {ERASED, PUBLISHED}
# RFC 6962; written out here because a call for every leaf costs a tenth of the whole.
_LEAF = b"\x00"
_TILE_BYTES = TILE_WIDTH * HASH_BYTES
_ENTRIES_BYTES = TILE_WIDTH * (ENTRY_BYTES + 2)
_STAMP = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3])(:[0-5]\d){2}\.\d{6}Z", re.ASCII
)


class Who(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """Who acted, as the leaf has it: keys in order, none left out."""

    on_behalf_of: str | None
    role: str
    user: str


class Leaf(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """The envelope as the leaf has it: keys in order, none left out."""

    actor: Who
    causation_id: str | None
    correlation_id: str
    id: str
    payload_commit: str
    position: int
    recorded_at: str
    schema_version: int
    tags: tuple[str, ...]
    type: str


class Contents(msgspec.Struct):
    """The hashes of what a document was made of; the rest of its payload is passed over."""

    raw_sha256: str
    text_sha256: str
    teaser_sha256: str | None = None


class Gone(msgspec.Struct):
    """The hashes of the evidence that an erasure took away."""

    evidence: tuple[str, ...] = ()


class Published(msgspec.Struct):
    """A checkpoint with its time stamp, base64 of the answer of an authority."""

    size: int
    note: str
    timestamp: str | None = None


class Chosen(NamedTuple):
    """For which events a bundle has payloads and evidence, and what else is looked for."""

    until: int
    tags: frozenset[str]
    with_evidence: bool
    with_stamps: bool = False


class Part(NamedTuple):
    """One tile of level 0 with the entries and payloads below it."""

    first: int
    width: int
    entries: Member
    hashes: Member
    payloads: Member | None


class Found(msgspec.Struct):
    """What a run of tiles turned out to hold, up to its first fault if it has one."""

    roots: list[bytes] = []
    """Of the full tiles, in order."""
    hashes: dict[int, bytes] = {}
    """First position → hashes, of the tiles that were asked for and of one that is not full."""
    first_stamp: str = ""
    last_stamp: str = ""
    payloads: int = 0
    missing: list[tuple[str, int]] = []
    """Id and position of the events whose payload should be here and is not."""
    erased: list[tuple[str, int]] = []
    """Ids of events that the log says were erased, and where it says so."""
    contents: list[tuple[str, int]] = []
    """The SHA-256 of contents that documents here were made of, and where."""
    erasures: list[tuple[str, int]] = []
    """Ids and positions of the events that erase."""
    gone: list[tuple[str]] = []
    """The SHA-256 of evidence that the log says was erased."""
    stamps: list[tuple[int, str, str]] = []
    """Size, note and time stamp of the checkpoints that were stamped."""
    fault: Disproved | None = None


_decode = msgspec.json.Decoder(Leaf).decode
_encode = msgspec.json.Encoder().encode
_contents = msgspec.json.Decoder(Contents).decode
_published = msgspec.json.Decoder(Published).decode
_gone = msgspec.json.Decoder(Gone).decode


def check(path: str, parts: list[Part], chosen: Chosen, wanted: frozenset[int]) -> Found:
    """Check some neighbouring tiles of the bundle at `path`; `wanted` are tiles to give back."""
    found = Found()
    # A process may check one bundle after the other, and both under the same name.
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        for part in parts:
            _check_tile(file, part, chosen, wanted, found)
    except Disproved as fault:
        found.fault = fault
    finally:
        os.close(file)
    return found


def _check_tile(
    file: int, part: Part, chosen: Chosen, wanted: frozenset[int], found: Found
) -> None:
    try:
        leaves, hashes = _hashed(file, part)
    except Disproved as fault:
        raise _at(part, fault) from None
    if part.width == TILE_WIDTH:
        found.roots.append(tile_root(hashes))
    if part.width < TILE_WIDTH or part.first in wanted:
        found.hashes[part.first] = hashes
    payloads = _payloads(file, part)
    for position, content in enumerate(leaves, part.first):
        try:
            leaf = _decode(content)
        except msgspec.DecodeError as wrong:
            raise _wrong(position, f"the entry is no event: {wrong}", part.entries) from None
        if leaf.position != position or _encode(leaf) != content:
            raise _not_as_written(position, leaf, part)
        if leaf.recorded_at != found.last_stamp:
            _pass_time(leaf, part, found)
        record = next(payloads)
        # What was erased must be known whatever was asked for.
        due = leaf.type == ERASED or (
            position <= chosen.until and not (chosen.tags and chosen.tags.isdisjoint(leaf.tags))
        )
        if record is not None:
            if not due or commitment(record).hex() != leaf.payload_commit:
                raise _not_its_payload(position, due, part)
            found.payloads += 1
        elif due:
            found.missing.append((leaf.id, position))
        if leaf.type in _TELLING:
            _note(leaf, record, chosen, part, found)
    next(payloads, None)


def _pass_time(leaf: Leaf, part: Part, found: Found) -> None:
    """Take down a new time of recording; Disproved where it goes back."""
    stamp, before = leaf.recorded_at, found.last_stamp
    if stamp < before or not _STAMP.fullmatch(stamp):
        reason = f"recorded at {stamp!r}, after an event of {before or 'no time'}"
        raise _wrong(leaf.position, reason, part.entries)
    found.first_stamp = found.first_stamp or stamp
    found.last_stamp = stamp


def _not_its_payload(position: int, due: bool, part: Part) -> Disproved:
    reason = (
        "payload and salt are not what the entry commits itself to"
        if due
        else "a payload that range and filter leave out"
    )
    return _wrong(position, reason, part.payloads)


def _hashed(file: int, part: Part) -> tuple[list[bytes], bytes]:
    """The entries and their hashes, which must be those of the tile."""
    hashes = whole(file, part.hashes, _TILE_BYTES)
    leaves = unpack_entries(whole(file, part.entries, _ENTRIES_BYTES), part.width)
    made = [sha256(_LEAF + leaf).digest() for leaf in leaves]
    if b"".join(made) == hashes:
        return leaves, hashes
    count = len(hashes) / HASH_BYTES
    if count != part.width:
        raise Disproved(
            f"{part.hashes.name} has {count:g} hashes, not {part.width}", file=part.hashes.name
        )
    for k, one in enumerate(made):
        if one != hashes[k * HASH_BYTES : (k + 1) * HASH_BYTES]:
            reason = f"the entry does not have the hash that {part.hashes.name} gives it"
            raise _wrong(part.first + k, reason, part.entries)
    raise _wrong(part.first + len(made), "the entry is missing or cut off", part.entries)


def _payloads(file: int, part: Part) -> Iterator[bytes | None]:
    """The payload records of a tile, one a position."""
    if part.payloads is None:
        yield from repeat(None, part.width)
        return
    position = part.first - 1
    try:
        with opened(file, part.payloads) as content:
            for record in read_payloads(content, part.width):
                position += 1
                yield record
    except Disproved as fault:
        if fault.file is not None and position < part.first:
            raise _at(part, fault) from None
        # What was read before is whole: the next record is the one.
        at = min(position + 1, part.first + part.width - 1)
        reason = fault.message.removeprefix(f"{part.payloads.name}: ")
        raise _wrong(at, reason, part.payloads) from None


def _note(leaf: Leaf, record: bytes | None, chosen: Chosen, part: Part, found: Found) -> None:
    """Note what an event says of evidence and of other events."""
    if leaf.type == ERASED:
        found.erasures.append((leaf.id, leaf.position))
        found.erased += [
            (tag.removeprefix(TARGET), leaf.position) for tag in leaf.tags if tag.startswith(TARGET)
        ]
    if record is None:
        return
    try:
        if leaf.type == ERASED:
            found.gone += [(sha256,) for sha256 in _gone(record[SALT_BYTES:]).evidence]
        elif leaf.type == PUBLISHED:
            if chosen.with_stamps and (one := _published(record[SALT_BYTES:])).timestamp:
                found.stamps.append((one.size, one.note, one.timestamp))
        elif chosen.with_evidence:
            contents = _contents(record[SALT_BYTES:])
            named = (contents.raw_sha256, contents.text_sha256, contents.teaser_sha256)
            found.contents += [(sha256, leaf.position) for sha256 in named if sha256]
    except msgspec.DecodeError as wrong:
        reason = f"the payload cannot be read: {wrong}"
        raise _wrong(leaf.position, reason, part.payloads) from None


def _not_as_written(position: int, leaf: Leaf, part: Part) -> Disproved:
    if leaf.position != position:
        return _wrong(position, f"the entry says that it is event {leaf.position}", part.entries)
    return _wrong(position, "the entry is not in canonical form", part.entries)


def _wrong(position: int, reason: str, member: Member | None) -> Disproved:
    name = member and member.name
    where = f" ({name})" if name else ""
    return Disproved(f"position {position}: {reason}{where}", position=position, file=name)


def _at(part: Part, fault: Disproved) -> Disproved:
    """The fault of a whole file, with the first position that it is about."""
    if fault.position is not None:
        return fault
    last = part.first + part.width - 1
    place = f"position {part.first}" if part.width == 1 else f"position {part.first} to {last}"
    return Disproved(f"{place}: {fault.message}", position=part.first, file=fault.file)
