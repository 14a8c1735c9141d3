"""The list of erasures outside the database: an older copy that is restored is held to it.

One JSON object a line; ids, hashes and legal bases, nothing of what was erased. A line counts once
it is flushed to the disk, and that is before the event is appended.
"""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import msgspec

from tracker.domain.base import Actor
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import Refused, Unavailable
from tracker.files import flush_folder

_NAME = "erasures.ndjson"


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One erasure: the id of its event, who asked for it, and what it says.

    `log` is the id of the first event of the log that it belongs to.
    """

    log: UUID
    id: UUID
    actor: Actor
    erased: PayloadErased


_decoder = msgspec.json.Decoder(Listed)


class ErasureList:
    """The file in the data folder; there is none before the first erasure."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / _NAME

    def read(self, log: UUID) -> dict[UUID, Listed]:
        """The erasures of a log by their ids; Refused where a line cannot be read."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return {}
        # What a crash left half-written belongs to an erasure that was never appended.
        whole = data[: data.rfind(b"\n") + 1]
        found: dict[UUID, Listed] = {}
        for number, line in enumerate(whole.splitlines(), 1):
            try:
                listed = _decoder.decode(line)
            except msgspec.DecodeError as wrong:
                raise Refused(
                    f"{self.path} line {number} is no erasure ({wrong}): restore the file"
                ) from None
            if listed.log == log:
                found[listed.id] = listed
        return found

    def add(self, erasures: Iterable[Listed]) -> None:
        """Write erasures to the end and flush them to the disk; of the same id the last counts.

        Raises Unavailable where the disk does not take them; then none of them is listed.
        """
        try:
            self._add(erasures)
        except OSError as fault:
            raise Unavailable(
                f"the list of erasures {self.path} cannot be written ({fault.strerror});"
                " nothing was erased, try again"
            ) from fault

    def _add(self, erasures: Iterable[Listed]) -> None:
        lines = b"".join(msgspec.json.encode(listed) + b"\n" for listed in erasures)
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            kept = file.truncate((file.readall() or b"").rfind(b"\n") + 1)
            file.seek(kept)
            try:
                while lines:
                    lines = lines[file.write(lines) :]
                os.fsync(file.fileno())
            except OSError:
                # Lines that are whole would be taken for erasures that were asked for.
                file.truncate(kept)
                raise
        flush_folder(self.path.parent)
