"""What a backup says of itself, and whether its files still are what they were."""

import hashlib
import os
from datetime import datetime
from pathlib import Path

import msgspec

from tracker.domain.errors import Refused

DUMP, SIGNER, ERASURES, RECORD = "database.dump", "signer", "erasures.ndjson", "backup.json"
_CHUNK = 1 << 20


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a backup."""

    bytes: int
    sha256: str


class Backup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A backup: the moment of the log that it holds, who made it, and its files by their names."""

    made_at: datetime
    position: int
    root: str
    """The root (RFC 6962, hex) of the events up to the position."""
    owner: str
    """Whom the tables of the log belong to."""
    tracker: str
    postgresql: str
    files: dict[str, File]

    @property
    def size_bytes(self) -> int:
        """How much all files take."""
        return sum(file.bytes for file in self.files.values())


def described(path: Path) -> File:
    """A file by its size and hash."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return File(path.stat().st_size, digest.hexdigest())


def write(folder: Path, backup: Backup) -> None:
    """Put the record beside the files, and have the disk hold all of it."""
    text = msgspec.json.format(msgspec.json.encode(backup), indent=2)
    (folder / RECORD).write_bytes(text + b"\n")
    for name in (*backup.files, RECORD):
        with (folder / name).open("rb") as file:
            os.fsync(file.fileno())


def read(folder: Path) -> Backup:
    """The record of a backup, every file checked; Refused says what is missing or was changed."""
    try:
        backup = msgspec.json.decode((folder / RECORD).read_bytes(), type=Backup)
    except OSError as fault:
        raise Refused(f"{folder} is no backup: {RECORD}: {fault.strerror}") from None
    except msgspec.DecodeError as wrong:
        raise Refused(f"{folder} is no backup: {RECORD}: {wrong}") from None
    for name, file in backup.files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise Refused(f"{folder} is no backup: {name!r} lies outside it")
        if not path.is_file():
            raise Refused(f"the backup {folder} lacks its file {name}")
        if described(path) != file:
            raise Refused(f"the file {name} of the backup {folder} is not what was written")
    return backup
