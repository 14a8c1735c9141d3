"""One moment of the database, held open so that others can look at the same."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import msgspec

from tracker.log.database import Database

BEGIN = "set transaction isolation level repeatable read read only"
SEEN = (
    "select pg_export_snapshot(), (select coalesce(max(position), 0) from log.event),"
    " current_setting('server_version'),"
    " (select pg_get_userbyid(relowner) from pg_class where oid = 'log.event'::regclass)"
)


class Snapshot(msgspec.Struct, frozen=True):
    """A moment by the name under which PostgreSQL knows it, with the last position it has, whose it is, and where."""

    name: str
    position: int
    server: str
    owner: str


@asynccontextmanager
async def snapshot(database: Database) -> AsyncGenerator[Snapshot]:
    """The present moment, which lasts as long as this is open."""
    async with database.transaction() as connection:
        await connection.execute(BEGIN)
        for row in await (await connection.execute(SEEN)).fetchall():
            yield Snapshot(*row)
