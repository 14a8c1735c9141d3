"""Bundles of a log that no database held, and what a forger may do to them."""

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from tests.tracker.proof.grown import root_of
from tracker.domain.base import Actor
from tracker.domain.errors import Disproved
from tracker.domain.values import instant_text
from tracker.log.envelope import commitment
from tracker.log.evidence import Capture
from tracker.proof.bundle import (
    CHECKPOINT,
    ERASED_EVIDENCE,
    MANIFEST,
    NO_PAYLOAD,
    README,
    Manifest,
    checkpoint_path,
    evidence_path,
    pack_payload,
)
from tracker.proof.checkpoint import Checkpoint
from tracker.proof.note import SignerKey
from tracker.proof.pack import TreeWriter, ZipWriter
from tracker.proof.tree import TILE_WIDTH, leaf_hash
from tracker.proof.verify import verify
from tracker.proof.warc import Piece, Warc

KEY = SignerKey("log.example.org/1", bytes(range(32)))
VERIFIER = KEY.verifier
BEGIN = datetime(2024, 6, 18, tzinfo=UTC)


class Told(msgspec.Struct, kw_only=True):
    """An event of such a log."""

    type: str = "party-named"
    tags: tuple[str, ...] = ()
    payload: bytes = b'{"names":["Lin Jian"]}'
    erased: bool = False
    said_position: int | None = None
    minutes: int | None = None


def event_id(position: int) -> str:
    """The id of the event at a position."""
    return str(UUID(int=8 << 76 | 2 << 62 | position))


def leaf(told: Told, position: int) -> bytes:
    """The envelope of an event."""
    minutes = position // 10 if told.minutes is None else told.minutes
    return msgspec.json.encode(
        {
            "actor": Actor(event_id(2**50), "analyst"),
            "causation_id": None,
            "correlation_id": event_id(2**51),
            "id": event_id(position),
            "payload_commit": commitment(salt(position), told.payload),
            "position": told.said_position or position,
            "recorded_at": instant_text(BEGIN + timedelta(minutes=minutes)),
            "schema_version": 1,
            "tags": sorted({f"type:{told.type}", *told.tags}),
            "type": told.type,
        },
        order="sorted",
    )


def salt(position: int) -> bytes:
    """The salt of the payload at a position."""
    return hashlib.sha256(f"salt {position}".encode()).digest()


def document(raw: bytes, text: bytes) -> Told:
    """A document that was made of these bytes and this text."""
    hashes = {"raw_sha256": sha256(raw), "text_sha256": sha256(text)}
    return Told(type="document-received", payload=msgspec.json.encode(hashes))


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def erasure(*positions: int, evidence: Sequence[str] = ()) -> Told:
    """The erasure of some events, and of evidence."""
    tags = tuple(f"target:{event_id(position)}" for position in positions)
    payload = msgspec.json.encode({"evidence": evidence} if evidence else {})
    return Told(type="payload-erased", tags=tags, payload=payload)


def write(
    path: Path,
    log: Sequence[Told],
    *,
    evidence: Sequence[tuple[bytes, bytes]] = (),
    earlier: Sequence[int] = (),
    until: int | None = None,
    tags: tuple[str, ...] = (),
    key: SignerKey = KEY,
    erased_evidence: bytes = b"",
) -> Path:
    """Write the bundle of a log; `evidence` are raw bytes and texts in the order of positions."""
    until = len(log) if until is None else until
    leaves = [leaf(told, position) for position, told in enumerate(log, 1)]
    kept = [_kept(told, position, until, tags) for position, told in enumerate(log, 1)]
    with path.open("wb") as file:
        out = ZipWriter(file)
        tree = TreeWriter(out)
        for at in range(0, len(log), TILE_WIDTH):
            records = kept[at : at + TILE_WIDTH]
            data = io.BytesIO(b"".join(NO_PAYLOAD if r is None else r for r in records))
            some = any(record is not None for record in records)
            tree.add(leaves[at : at + TILE_WIDTH], data if some else None)
        tree.finish()
        out.add(CHECKPOINT, signed(leaves, len(leaves), key).encode())
        for size in earlier:
            out.add(checkpoint_path(size), signed(leaves, size, key).encode())
        files = {README: b"What this is.\n"}
        if evidence:
            files[evidence_path(0)] = warc(evidence)
        if erased_evidence:
            files[ERASED_EVIDENCE] = erased_evidence
        for name, data in files.items():
            out.add(name, data)
        due = [t for p, t in enumerate(log, 1) if t.erased and _due(t, p, until, tags)]
        manifest = Manifest(
            checkpoints=len(earlier),
            erased=len(due),
            evidence=len({part for pair in evidence for part in pair}),
            events=len(log),
            files={name: sha256(data) for name, data in files.items()},
            origin=key.name,
            payloads=sum(record is not None for record in kept),
            software="test",
            tags=tags,
            until=until,
            with_evidence=True,
        )
        out.add(MANIFEST, key.sign(manifest.text).encode())
        out.close()
    return path


def signed(leaves: Sequence[bytes], size: int, key: SignerKey = KEY) -> str:
    """The checkpoint over the first leaves."""
    root = root_of(leaf_hash(one) for one in leaves[:size])
    return key.sign(Checkpoint(key.name, size, root).text)


def checkpoint(log: Sequence[Told], size: int) -> str:
    """The checkpoint over the first events of a log."""
    return signed([leaf(told, position) for position, told in enumerate(log, 1)], size)


def warc(evidence: Sequence[tuple[bytes, bytes]]) -> bytes:
    """A WARC file of raw bytes and texts."""
    with tempfile.TemporaryFile() as file:
        made = Warc(file, software="test", made=BEGIN)
        for raw, text in evidence:
            capture = Capture(url="https://example.org/", captured_at=BEGIN, status=200)
            made.add(Piece(sha256=sha256(raw), data=raw, captures=(capture,), dated=BEGIN))
            made.add(Piece(sha256=sha256(text), data=text, text_of=sha256(raw), dated=BEGIN))
        file.seek(0)
        return file.read()


def _due(told: Told, position: int, until: int, tags: tuple[str, ...]) -> bool:
    own = {f"type:{told.type}", *told.tags}
    return told.type == "payload-erased" or (
        position <= until and (not tags or not own.isdisjoint(tags))
    )


def _kept(told: Told, position: int, until: int, tags: tuple[str, ...]) -> bytes | None:
    if told.erased or not _due(told, position, until, tags):
        return None
    return pack_payload(salt(position), told.payload)


def members(path: Path) -> dict[str, bytes]:
    """The files in a bundle."""
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def rewrite(path: Path, files: dict[str, bytes]) -> None:
    """Write a zip that is in order as a zip: sizes and sums are right."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in files.items():
            out.writestr(name, data)


def forge(path: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Change one file of a bundle."""
    files = members(path)
    files[name] = change(files[name])
    rewrite(path, files)


def flip(at: int, bit: int = 0) -> Callable[[bytes], bytes]:
    """Flip one bit; the place may be counted from the end."""

    def flipped(data: bytes) -> bytes:
        changed = bytearray(data)
        changed[at] ^= 1 << bit
        return bytes(changed)

    return flipped


def failed(path: Path, known: str | None = None, processes: int | None = None) -> Disproved:
    """How the bundle is disproved."""
    given_notes = [("known", known)] if known else []
    with pytest.raises(Disproved) as caught:
        verify(path, VERIFIER, given_notes, processes=processes)
    return caught.value


FIRST = (b"<p>Visa-free entry ends.</p>", b"Visa-free entry ends.")
SECOND = (b"<p>It is back.</p>", b"It is back.")
EVIDENCE = (FIRST, SECOND)
LOG = [Told() for _ in range(600)]
LOG[4] = document(*FIRST)
LOG[299] = document(*SECOND)
LOG[6] = Told(erased=True)
LOG[499] = erasure(7)
EARLIER = (100, 256, 400)
"""A log with documents, an erasure and a partial tile; and sizes at which it was signed."""
