"""The evidence of a bundle against the documents that name it by hash."""

import hashlib
import io
import re
from contextlib import closing
from typing import BinaryIO

from tracker.domain.errors import Disproved, Refused
from tracker.proof.archive import Archive, Member, opened
from tracker.proof.bundle import ERASED_EVIDENCE, EVIDENCE, README, Manifest, evidence_path
from tracker.proof.ledger import Ledger
from tracker.proof.records import read_warc

_CHUNK_BYTES = 1 << 18
_LINE_BYTES = 200
_ERASED = re.compile(rb"([0-9a-f]{64}) ([0-9a-f-]{36})\n")


def check_contents(archive: Archive, manifest: Manifest, ledger: Ledger) -> int:
    """Check every file of evidence against documents and manifest; the number of contents found.

    Raises Disproved with the first position whose evidence is damaged, missing or not erased.
    """
    names = archive.below(EVIDENCE)
    for number, name in enumerate(names):
        if name != evidence_path(number):
            raise Disproved(f"{name} does not belong into this bundle", file=name)
        _check_file(archive, name, manifest.files.get(name), ledger)
    erased = archive.find(ERASED_EVIDENCE)
    if erased is not None:
        _check_erased(archive, erased, manifest.files.get(ERASED_EVIDENCE), ledger)
    unfound = ledger.first_unfound()
    if unfound is not None:
        position, sha256 = unfound
        raise Disproved(
            f"position {position}: its evidence {sha256} is missing and no event says that it was"
            " erased", position=position,
        )  # fmt: skip
    here = {README, *names, *([ERASED_EVIDENCE] if erased else [])}
    lost = set(manifest.files) - here
    if lost:
        raise Disproved(f"{min(lost)} is missing from the bundle", file=min(lost))
    return ledger.contents_found()


def _check_erased(archive: Archive, member: Member, said: str | None, ledger: Ledger) -> None:
    """Note what is erased without being named in an erasure: bytes that came again, after it."""
    digest = hashlib.sha256()
    with closing(opened(archive.file.fileno(), member)) as lines:
        while line := lines.readline(_LINE_BYTES):
            digest.update(line)
            found = _ERASED.fullmatch(line)
            if found is None or not ledger.note_gone(found[1].decode(), found[2].decode()):
                raise Disproved(f"{member.name}: a line names no erasure", file=member.name)
    if digest.hexdigest() != said:
        raise Disproved(f"{member.name} is not the file that the manifest names", file=member.name)


def _check_file(archive: Archive, name: str, said: str | None, ledger: Ledger) -> None:
    with closing(opened(archive.file.fileno(), archive.take(name))) as content:
        hashing = _Hashing(content)
        buffered = io.BufferedReader(hashing, _CHUNK_BYTES)
        try:
            for kept in read_warc(buffered):
                if ledger.position_of(kept.sha256) is None:
                    raise _strange(name, kept.announced, ledger)
                ledger.tick_off(kept.sha256)
        except Refused as wrong:
            raise _damaged(name, wrong.message, ledger) from None
        while buffered.read(_CHUNK_BYTES):
            pass
    if hashing.digest.hexdigest() != said:
        raise _damaged(name, "it is not the file that the manifest names", ledger)


def _strange(name: str, announced: str | None, ledger: Ledger) -> Disproved:
    position = ledger.position_of(announced) if announced else None
    if position is None:
        return Disproved(f"{name}: it holds evidence that no document here names", file=name)
    reason = "its evidence has not the hash that the document names"
    return Disproved(f"position {position}: {reason} ({name})", position=position, file=name)


def _damaged(name: str, reason: str, ledger: Ledger) -> Disproved:
    """Records stand in the order of positions: the first that did not turn up was hit."""
    unfound = ledger.first_unfound()
    if unfound is None:
        return Disproved(f"{name}: {reason}", file=name)
    return Disproved(
        f"position {unfound[0]}: its evidence is damaged or missing ({name}: {reason})",
        position=unfound[0], file=name,
    )  # fmt: skip


class _Hashing(io.RawIOBase):
    """A reader that hashes all that is read through it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        data = self._file.read(len(buffer))
        self.digest.update(data)
        buffer[: len(data)] = data
        return len(data)
