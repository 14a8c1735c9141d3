"""What a bundle is made of: the names of its files, its manifest, and how payloads are written.

    checkpoint                   the signed root of the whole tree (C2SP tlog-checkpoint)
    checkpoints/<size>           earlier ones that were published
    tile/entries/…  tile/<n>/…   every entry and every hash of the tree (C2SP tlog-tiles)
    payload/…                    payloads with their salts, numbered as the entries are
    evidence/<n>.warc.gz         what the documents were made of (WARC 1.1)
    erased-evidence              where some of it was erased: hash and event, a line each
    views/<name>/<n>.ndjson      the rows of a view as it was served, a line each
    README.md                    what all this is and how it is checked
    manifest                     range, filter and counts, as a signed note

A file of payloads has one record for each entry of its bundle: four bytes of length, big-endian,
then as many bytes of salt (32) and payload; a length of 0 says that there is no payload here.
"""

import struct
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import IO

import msgspec

from tracker import __version__
from tracker.domain.errors import Disproved, Refused
from tracker.proof.paths import ENTRIES, tile_path
from tracker.proof.tree import TILE_WIDTH, Tile

CHECKPOINT = "checkpoint"
CHECKPOINTS = "checkpoints"
EVIDENCE = "evidence"
ERASED_EVIDENCE = "erased-evidence"
MANIFEST = "manifest"
README = "README.md"
SOFTWARE = f"policy-tracker/{__version__}"
SALT_BYTES = 32
PAYLOAD_BYTES = 8_000_000
ENTRY_BYTES = 65_535
NOTE_BYTES = 1_000_000
VIEWS = "views"
TITLE = "policy-tracker bundle manifest, version 1"
"""The first line of a manifest. A checkpoint has its size in the second line, a manifest has JSON
there, so that a signature over one can never be shown as a signature over the other."""
_RECORD_BYTES = SALT_BYTES + PAYLOAD_BYTES
_BLOCK_BYTES = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))
_CHUNK_BYTES = 1 << 18
_LENGTH = struct.Struct(">I")
_SHORT = struct.Struct(">H")
NO_PAYLOAD = _LENGTH.pack(0)


class ViewDump(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rows of a view at one position of the log, in the files of its dump."""

    version: int
    position: int
    """The last event that the view had folded."""
    rows: int
    state_hash: str
    """SHA-256 of the files of the dump, one after the other."""
    files: int


class Manifest(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What a bundle says of itself; keys are sorted in its text, empty `views*` are left out.

    Entries and hashes are always complete. Payloads and evidence are there for the positions up to
    `until`, where there are `tags` only for events that carry at least one of them.
    """

    checkpoints: int
    """How many earlier ones are here."""
    erased: int
    evidence: int
    """Pieces of evidence: contents, each counted once."""
    events: int
    """The size of the tree."""
    files: dict[str, str]
    """SHA-256 of every file that the tree does not prove."""
    origin: str
    payloads: int
    software: str
    tags: tuple[str, ...]
    until: int
    with_evidence: bool
    views: dict[str, ViewDump] = {}
    views_left_out: dict[str, str] = {}
    """Views without a dump here, and why."""

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{TITLE}\n{msgspec.json.encode(self, order='sorted').decode()}\n"

    @classmethod
    def parse(cls, text: str) -> "Manifest":
        """The manifest of a note's text; Refused where it is none."""
        title, _, body = text.partition("\n")
        try:
            manifest = msgspec.json.decode(body, type=cls)
        except msgspec.DecodeError as wrong:
            raise Refused(f"the manifest is none: {wrong}") from None
        if title != TITLE or manifest.text != text:
            raise Refused("the manifest is not written as one of version 1")
        return manifest


def tiles(size: int) -> Iterable[Tile]:
    """The level 0 tiles of a tree, the last one as wide as it is."""
    for number in range(-(-size // TILE_WIDTH)):
        yield Tile(0, number, min(TILE_WIDTH, size - number * TILE_WIDTH))


def entries_path(tile: Tile) -> str:
    """Where the entries below a tile of level 0 are."""
    return tile_path(tile._replace(level=ENTRIES))


def payload_path(tile: Tile) -> str:
    """Where the payloads below a tile of level 0 are."""
    return "payload" + entries_path(tile).removeprefix("tile/entries")


def checkpoint_path(size: int) -> str:
    """Where an earlier checkpoint is."""
    return f"{CHECKPOINTS}/{size}"


def evidence_path(number: int) -> str:
    """Where a file of evidence is."""
    return f"{EVIDENCE}/{number:05d}.warc.gz"


def dump_path(view: str, number: int) -> str:
    """Where a file of a view's dump is."""
    return f"{VIEWS}/{view}/{number:05d}.ndjson"


def pack_entries(leaves: Iterable[bytes]) -> bytes:
    """An entry bundle of C2SP tlog-tiles: each entry after its length in two bytes."""
    return b"".join([_SHORT.pack(len(leaf)) + leaf for leaf in leaves])


def unpack_entries(data: bytes, width: int) -> list[bytes]:
    """The entries of a bundle as far as they are whole; fewer than asked for where it is broken."""
    leaves: list[bytes] = []
    at, end = 0, len(data)
    while at + 2 <= end and len(leaves) <= width:
        start = at + 2
        at = start + (data[at] << 8 | data[at + 1])
        leaves.append(data[start:at])
    # Whatever is cut off or left over makes the last one wrong.
    return leaves if at == end and len(leaves) == width else leaves[: width - 1]


def pack_payload(salt: bytes, payload: bytes) -> bytes:
    """One record of a payload file; NO_PAYLOAD stands for an event without one."""
    return _LENGTH.pack(SALT_BYTES + len(payload)) + salt + payload


def read_payloads(file: IO[bytes], width: int) -> Iterator[bytes | None]:
    """The records in turn, salt and payload together; None where there is no payload.

    Raises Disproved where one is cut off or longer than a payload may be, or where the file goes
    on after the last.
    """
    read = file.read
    for _ in range(width):
        head = read(4)
        length = int.from_bytes(head, "big")
        if SALT_BYTES < length <= _RECORD_BYTES:
            record = read(length)
            if len(record) != length:
                raise Disproved("the record of its payload is cut off")
            yield record
        elif length == 0 and len(head) == _LENGTH.size:
            yield None
        else:
            raise Disproved("the record of its payload has no length that a payload can have")
    if read(1):
        raise Disproved("the payload file goes on after it")


def commitment(record: bytes) -> bytes:
    """HMAC-SHA256 of a payload under the salt before it, as RFC 2104 spells it out.

    The library's call takes twice as long, and this is done for every event.
    """
    salt = record[:SALT_BYTES].ljust(_BLOCK_BYTES, b"\0")
    inner = sha256(salt.translate(_INNER) + record[SALT_BYTES:]).digest()
    return sha256(salt.translate(_OUTER) + inner).digest()


def digest_of(file: IO[bytes]) -> str:
    """The SHA-256 of what is left to read, in hexadecimal."""
    digest = sha256()
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()
