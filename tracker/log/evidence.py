"""The archive of what was fetched: raw bytes and extracted texts by SHA-256, stored once."""

import hashlib
import zlib
from collections.abc import Iterable
from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from tracker.log.database import Database

KEEP = """
insert into log.evidence (sha256, size_bytes, deflated)
values (%(sha256)s, %(size_bytes)s, %(deflated)s) on conflict do nothing
"""
CAPTURE = """
insert into log.capture (sha256, url, status, headers, media_type, captured_at)
values (%(sha256)s, %(url)s, %(status)s, %(headers)s, %(media_type)s, %(captured_at)s)
on conflict do nothing
"""
GET = "select sha256, deflated from log.evidence where sha256 = any (%(hashes)s)"


class Capture(msgspec.Struct, frozen=True, kw_only=True):
    """How some bytes came to us."""

    url: str | None
    captured_at: datetime
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str | None = None


class Evidence:
    """Content-addressed bytes; keeping the same bytes again changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, data: bytes, capture: Capture | None = None) -> str:
        """Store bytes, and how they were captured; their SHA-256 in hexadecimal."""
        digest = hashlib.sha256(data)
        key = {"sha256": digest.digest()}
        async with self._database.transaction() as connection:
            await connection.execute(
                KEEP, {**key, "size_bytes": len(data), "deflated": zlib.compress(data, 6)}
            )
            if capture is not None:
                fields = msgspec.structs.asdict(capture)
                headers = [[_header(name), _header(value)] for name, value in capture.headers]
                await connection.execute(CAPTURE, {**key, **fields, "headers": Jsonb(headers)})
        return digest.hexdigest()

    async def get(self, sha256: str) -> bytes | None:
        """The bytes of a hash, or None where they were never kept or are erased."""
        return (await self.get_many([sha256])).get(sha256)

    async def get_many(self, hashes: Iterable[str]) -> dict[str, bytes]:
        """The bytes of several hashes, as far as they are kept."""
        wanted = [bytes.fromhex(h) for h in hashes]
        rows = await self._database.fetch(GET, {"hashes": wanted}) if wanted else []
        return {bytes(row[0]).hex(): zlib.decompress(row[1]) for row in rows}


def _header(text: str) -> str:
    """A header's text; bytes that are no UTF-8 arrive as lone surrogates and are Latin-1."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "surrogateescape").decode("latin-1")
    return text.replace("\x00", "")
