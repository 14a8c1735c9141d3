"""Deleting what was erased: payloads, salts and evidence, as the events in the log say.

The event comes first and deletion follows from it, so that it can be done again after a crash or
on an older copy of the database.
"""

from collections.abc import Sequence

import msgspec

from tracker.domain.base import Recorded
from tracker.domain.erasure import ERASURES, PayloadErased
from tracker.log.database import Connection, Database
from tracker.log.read import Reader

# Alone against everybody who keeps evidence.
ERASING = "select pg_advisory_xact_lock(7305, 3)"
PAYLOADS = """
delete from log.payload where position in (
    select position from log.event where id = any (%(targets)s::uuid[]))
"""
MARK = """
insert into log.erased_evidence (sha256, erased_by)
select unnest(%(hashes)s::bytea[]), %(erased_by)s on conflict do nothing
"""
EVIDENCE = "delete from log.evidence where sha256 = any (%(hashes)s::bytea[])"
CAPTURES = "delete from log.capture where sha256 = any (%(hashes)s::bytea[])"
LEFT = """
select exists (select from log.payload p join log.event e on e.position = p.position
               where e.id = any (%(targets)s::uuid[]))
    or exists (select from unnest(%(hashes)s::bytea[]) as one (sha256)
               where not exists (select from log.erased_evidence done
                                 where done.sha256 = one.sha256))
"""
ROLE = "tracker_erase"


class Deleted(msgspec.Struct, frozen=True):
    """How many payloads and pieces of evidence were there to delete."""

    payloads: int = 0
    evidence: int = 0


class Eraser:
    """Deletes under a role that may do nothing else, on a connection for as long as it takes."""

    def __init__(self, database: Database, url: str) -> None:
        self._database = database
        self._url = url
        self._reader = Reader(database)

    async def erasures(self) -> list[Recorded]:
        """Every erasure in the log, the first one first."""
        return await self._reader.read_all(ERASURES, before=await self._reader.head())

    async def apply(self, erasures: Sequence[Recorded]) -> Deleted:
        """Delete what the erasures name, all in one transaction; again changes nothing."""
        deleting = Database(self._url, ROLE, most=1, pooled=self._database.pooled)
        await deleting.open()
        try:
            async with deleting.transaction() as connection:
                return await _delete(connection, erasures)
        finally:
            await deleting.close()

    async def left(self, erasures: Sequence[Recorded]) -> list[Recorded]:
        """The erasures that were not carried out, or not to their end."""
        return [
            recorded
            for recorded in erasures
            if (await self._database.fetch(LEFT, _named(recorded)))[0][0]
        ]


async def _delete(connection: Connection, erasures: Sequence[Recorded]) -> Deleted:
    payloads = evidence = 0
    await connection.execute(ERASING)
    for recorded in erasures:
        named = _named(recorded)
        payloads += (await connection.execute(PAYLOADS, named)).rowcount
        await connection.execute(MARK, named)
        await connection.execute(CAPTURES, named)
        evidence += (await connection.execute(EVIDENCE, named)).rowcount
    return Deleted(payloads, evidence)


def _named(recorded: Recorded) -> dict[str, object]:
    erased = recorded.event
    if not isinstance(erased, PayloadErased):
        return {"targets": [], "hashes": [], "erased_by": recorded.id}
    return {
        "targets": list(erased.targets),
        "hashes": [bytes.fromhex(sha256) for sha256 in erased.evidence],
        "erased_by": recorded.id,
    }
