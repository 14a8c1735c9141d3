"""The evidence on its way from the database into an archive, a piece at a time."""

import tempfile
import zlib
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import IO

import msgspec

from tracker.log.database import Connection
from tracker.log.evidence import Capture
from tracker.proof.bundle import ERASED_EVIDENCE, digest_of, evidence_path
from tracker.proof.pack import ZipWriter
from tracker.proof.scratch import Scratch
from tracker.proof.warc import Piece, Warc

SCHEMA = """
create table content (
    sha256 text primary key, position int, text_of text, url text, recorded_at text
) without rowid;
"""
PUT = """
insert or ignore into content (sha256, position, text_of, url, recorded_at) values (?, ?, ?, ?, ?)
"""
GET = "select sha256, text_of, url, recorded_at from content where sha256 = ?"
IN_ORDER = """
select sha256, text_of, url, recorded_at from content order by position, text_of is not null
"""
HELD = "select deflated from log.evidence where sha256 = %(sha256)s"
ERASED = "select erased_by from log.erased_evidence where sha256 = %(sha256)s"
HASHES = """
select sha256 from log.evidence where sha256 > %(after)s order by sha256 limit 1000
"""
CAPTURES = """
select url, captured_at, status, headers, media_type from log.capture
where sha256 = %(sha256)s order by captured_at, id
"""
_FILE_BYTES = 256_000_000


class Document(msgspec.Struct):
    """Of a document's payload, what leads to its evidence."""

    raw_sha256: str
    text_sha256: str
    teaser_sha256: str | None = None
    url: str | None = None


class Origin(msgspec.Struct, frozen=True):
    """What the log knows of some evidence: its document's address and when it was recorded."""

    sha256: str
    text_of: str | None
    url: str | None
    recorded_at: str


class Origins:
    """The contents that documents name, the first mention of each."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._decode = msgspec.json.Decoder(Document).decode

    def note(self, position: int, recorded_at: str, payload: bytes) -> None:
        """Note the contents of a document's payload."""
        document = self._decode(payload)
        raw, text, url = document.raw_sha256, document.text_sha256, document.url
        rows = [
            (raw, position, None, url, recorded_at),
            (text, position, raw, url, recorded_at),
        ]
        if document.teaser_sha256:
            rows.append((document.teaser_sha256, position, raw, url, recorded_at))
        self._scratch.put(PUT, rows)

    def of(self, sha256: str) -> Origin | None:
        """Where a content belongs; None where no document names it."""
        row = self._scratch.one(GET, sha256)
        return row and Origin(*row)

    def in_order(self) -> Iterable[Origin]:
        """All contents in the order of the positions that name them, a text after its source."""
        return (Origin(*row) for row in self._scratch.rows(IN_ORDER))


async def piece(connection: Connection, origin: Origin) -> Piece | None:
    """The evidence of an origin with its captures; None where it is not kept, or not any more."""
    key = {"sha256": bytes.fromhex(origin.sha256)}
    held = await (await connection.execute(HELD, key, binary=True)).fetchone()
    if held is None:
        return None
    rows = await (await connection.execute(CAPTURES, key, binary=True)).fetchall()
    return Piece(
        sha256=origin.sha256,
        data=zlib.decompress(held[0]),
        captures=tuple(_capture(*row) for row in rows),
        text_of=origin.text_of,
        url=origin.url,
        dated=datetime.fromisoformat(origin.recorded_at).astimezone(UTC),
    )


async def erased_by(connection: Connection, sha256: str) -> str | None:
    """The id of the event that took some evidence; None where none did."""
    key = {"sha256": bytes.fromhex(sha256)}
    row = await (await connection.execute(ERASED, key, binary=True)).fetchone()
    return None if row is None else str(row[0])


def _capture(
    url: str | None,
    captured_at: datetime,
    status: int | None,
    headers: list[list[str]],
    media_type: str | None,
) -> Capture:
    return Capture(
        url=url,
        captured_at=captured_at,
        status=status,
        headers=tuple((name, value) for name, value in headers),
        media_type=media_type,
    )


async def all_hashes(connection: Connection) -> AsyncIterator[str]:
    """The hashes of all evidence that is kept, in order."""
    after = b""
    while rows := await (
        await connection.execute(HASHES, {"after": after}, binary=True)
    ).fetchall():
        for (sha256,) in rows:
            yield bytes(sha256).hex()
        after = rows[-1][0]


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
            found = await piece(connection, origin)
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
