"""The evidence of a bundle on its way from the database into the zip."""

import tempfile
from datetime import UTC, datetime
from typing import IO

from tracker.log.database import Connection
from tracker.proof.bundle import ERASED_EVIDENCE, digest_of, evidence_path
from tracker.proof.holdings import Origins, erased_by, piece
from tracker.proof.pack import ZipWriter
from tracker.proof.warc import Warc

_FILE_BYTES = 256_000_000


async def write_evidence(
    out: ZipWriter, connection: Connection, origins: Origins, *, software: str, made: datetime
) -> tuple[int, dict[str, str]]:
    """Write what is kept as WARC files of some size, and what is erased as a list.

    How many pieces there are, and the SHA-256 of each file by its name.
    """
    files: dict[str, str] = {}
    count = 0
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as erased:
        warc: Warc | None = None
        for origin in origins.in_order():
            dated = datetime.fromisoformat(origin.recorded_at).astimezone(UTC)
            found = await piece(connection, origin, dated)
            if found is None:
                if event := await erased_by(connection, origin.sha256):
                    erased.write(f"{origin.sha256} {event}\n".encode())
                continue
            warc = warc or Warc(file, software=software, made=made)
            warc.add(found)
            count += 1
            if file.tell() > _FILE_BYTES:
                _move(out, evidence_path(len(files)), file, files)
                warc = None
        if warc is not None:
            _move(out, evidence_path(len(files)), file, files)
        if erased.tell():
            _move(out, ERASED_EVIDENCE, erased, files)
    return count, files


def _move(out: ZipWriter, name: str, file: IO[bytes], files: dict[str, str]) -> None:
    """Put a file into the zip and empty it."""
    out.add_file(name, file)
    file.seek(0)
    files[name] = digest_of(file)
    file.seek(0)
    file.truncate()
