"""All evidence of the log in one WARC file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from tracker.clock import Clock
from tracker.domain.audit import RecordAuditRead
from tracker.domain.base import Actor
from tracker.domain.values import instant_text
from tracker.execute import Executor
from tracker.log.database import Connection, Database
from tracker.log.read import HEAD
from tracker.proof.appearing import appearing
from tracker.proof.bundle import SOFTWARE
from tracker.proof.export import SNAPSHOT, Label
from tracker.proof.holdings import SCHEMA, Origin, Origins, all_hashes, piece
from tracker.proof.leaves import DOCUMENTS
from tracker.proof.progress import Progress, silent
from tracker.proof.scratch import Scratch
from tracker.proof.warc import Warc

NAMED = """
select e.position, e.leaf, p.payload
from (select distinct t.position from log.event_tag t
      where t.tag = any (%(tags)s) and t.position > %(after)s order by t.position limit 500) as hit
join log.event e on e.position = hit.position
join log.payload p on p.position = hit.position
order by e.position
"""
COUNT = "select count(*) from log.evidence"


async def export_warc(
    path: Path,
    database: Database,
    executor: Executor,
    actor: Actor,
    clock: Clock,
    *,
    progress: Progress = silent,
) -> int:
    """Write all evidence to a new file, on record in the log first; how many pieces there are.

    Raises Refused where the file is there already.
    """
    made = clock()
    with appearing(path) as file, Scratch(SCHEMA) as scratch:
        head: int = (await database.fetch(HEAD))[0][0]
        await executor.execute(RecordAuditRead(what="evidence", until=head), actor)
        origins = Origins(scratch)
        warc = Warc(file, software=SOFTWARE, made=made)
        done = 0
        async with database.transaction() as connection:
            await connection.execute(SNAPSHOT)
            total: int = (await _rows(connection, COUNT, {}))[0][0]
            await _named(connection, origins)
            async for sha256 in all_hashes(connection):
                unknown = Origin(sha256, None, None, instant_text(made))
                origin = origins.of(sha256) or unknown
                found = await piece(connection, origin)
                if found is not None:
                    warc.add(found)
                    done += 1
                    progress(done, total)
    return done


async def _named(connection: Connection, origins: Origins) -> None:
    """Note what the documents of the log say of their evidence."""
    label = msgspec.json.Decoder(Label).decode
    span: dict[str, Any] = {"tags": [f"type:{name}" for name in sorted(DOCUMENTS)], "after": 0}
    while rows := await _rows(connection, NAMED, span):
        for position, leaf, payload in rows:
            origins.note(position, label(leaf).recorded_at, payload)
        span["after"] = rows[-1][0]


async def _rows(connection: Connection, query: str, params: Any) -> Sequence[Any]:
    return await (await connection.execute(query.encode(), params, binary=True)).fetchall()
