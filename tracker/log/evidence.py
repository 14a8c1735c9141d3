"""The archive of what was fetched: raw bytes and extracted texts by SHA-256, stored once.

Bytes whose hash was erased are not kept again, however often they arrive.
"""

import hashlib
import zlib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb

from tracker.log.database import Connection, Database

# Erasing takes it alone: what is kept at the same moment is either seen by it or sees its mark.
KEEPING = "select pg_advisory_xact_lock_shared(7305, 3)"
KEEP = """
insert into log.evidence (sha256, size_bytes, deflated)
select %(sha256)s, %(size_bytes)s, %(deflated)s
where not exists (select from log.erased_evidence where sha256 = %(sha256)s)
on conflict do nothing
"""
KEEP_MANY = """
insert into log.evidence (sha256, size_bytes, deflated)
select k.sha256, k.size_bytes, k.deflated
from unnest(%(hashes)s::bytea[], %(sizes)s::bigint[], %(deflated)s::bytea[])
    as k (sha256, size_bytes, deflated)
where not exists (select from log.erased_evidence e where e.sha256 = k.sha256)
on conflict do nothing
"""
CAPTURE = """
insert into log.capture (sha256, url, status, headers, media_type, captured_at)
select %(sha256)s, %(url)s::text, %(status)s::int, %(headers)s, %(media_type)s::text,
       %(captured_at)s
where not exists (select from log.erased_evidence where sha256 = %(sha256)s)
on conflict do nothing
"""
WITHHOLD = """
insert into log.erased_evidence (sha256, erased_by)
select %(sha256)s, %(erased_by)s
where not exists (select from log.evidence where sha256 = %(sha256)s)
on conflict do nothing
"""
GET = "select sha256, deflated from log.evidence where sha256 = any (%(hashes)s)"
SIZES = "select sha256, size_bytes from log.evidence where sha256 = any (%(hashes)s)"
ERASED = "select sha256, erased_by from log.erased_evidence where sha256 = any (%(hashes)s)"
SAME_ADDRESS = """
select distinct other.sha256
from log.capture this join log.capture other
     on md5(other.url) = md5(this.url) and other.url = this.url
where this.sha256 = any (%(hashes)s)
"""


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
        """Store bytes, and how they were captured; their SHA-256 in hexadecimal.

        Of bytes that were erased only the hash is returned: they stay erased.
        """
        digest = hashlib.sha256(data)
        key = {"sha256": digest.digest()}
        async with self._database.transaction() as connection:
            await connection.execute(KEEPING)
            await connection.execute(
                KEEP, {**key, "size_bytes": len(data), "deflated": zlib.compress(data, 6)}
            )
            if capture is not None:
                await _captured(connection, key, capture)
        return digest.hexdigest()

    async def keep_many(self, texts: Iterable[bytes]) -> None:
        """Store several texts in one go, as `keep` does each."""
        # In one order, so that no two who keep the same wait for each other.
        found = sorted({hashlib.sha256(text).digest(): text for text in texts}.items())
        if not found:
            return
        fields = {
            "hashes": [digest for digest, _ in found],
            "sizes": [len(text) for _, text in found],
            "deflated": [zlib.compress(text, 6) for _, text in found],
        }
        async with self._database.transaction() as connection:
            await connection.execute(KEEPING)
            await connection.execute(KEEP_MANY, fields)

    async def withhold(self, data: bytes, erased_by: UUID) -> str:
        """Mark bytes as erased instead of keeping them: they hold what an erasure removed.

        Their SHA-256; bytes that are kept already stay.
        """
        digest = hashlib.sha256(data)
        mark = {"sha256": digest.digest(), "erased_by": erased_by}
        await self._database.run(WITHHOLD, mark)
        return digest.hexdigest()

    async def get(self, sha256: str) -> bytes | None:
        """The bytes of a hash, or None where they were never kept or are erased."""
        return (await self.get_many([sha256])).get(sha256)

    async def get_many(self, hashes: Iterable[str]) -> dict[str, bytes]:
        """The bytes of several hashes, as far as they are kept."""
        wanted = _binary(hashes)
        rows = await self._database.fetch(GET, {"hashes": wanted}) if wanted else []
        return {bytes(row[0]).hex(): zlib.decompress(row[1]) for row in rows}

    async def sizes(self, hashes: Iterable[str]) -> dict[str, int]:
        """Hash → size in bytes, as far as they are kept."""
        rows = await self._database.fetch(SIZES, {"hashes": _binary(hashes)})
        return {bytes(sha256).hex(): size for sha256, size in rows}

    async def erased(self, hashes: Iterable[str]) -> dict[str, UUID]:
        """Hash → the event that erased its bytes, as far as they are erased."""
        rows = await self._database.fetch(ERASED, {"hashes": _binary(hashes)})
        return {bytes(sha256).hex(): erased_by for sha256, erased_by in rows}

    async def of_same_address(self, hashes: Iterable[str]) -> list[str]:
        """What was ever captured where these bytes were, themselves included."""
        rows = await self._database.fetch(SAME_ADDRESS, {"hashes": _binary(hashes)})
        return sorted(bytes(row[0]).hex() for row in rows)


async def _captured(connection: Connection, key: dict[str, bytes], capture: Capture) -> None:
    headers = [[_header(name), _header(value)] for name, value in capture.headers]
    fields = {**msgspec.structs.asdict(capture), "headers": Jsonb(headers)}
    await connection.execute(CAPTURE, {**key, **fields})


def _binary(hashes: Iterable[str]) -> list[bytes]:
    return [bytes.fromhex(h) for h in hashes]


def _header(text: str) -> str:
    """A header's text; bytes that are no UTF-8 arrive as lone surrogates and are Latin-1."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "surrogateescape").decode("latin-1")
    return text.replace("\x00", "")
