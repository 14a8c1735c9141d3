"""Where a test's database is, for every role."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import psycopg
from psycopg.conninfo import make_conninfo

from tracker.clock import Clock, system_clock
from tracker.log.database import Database
from tracker.parts import Parts
from tracker.settings import Settings
from tracker.wiring import parts_of

_FOLDED = (
    "select tablename from pg_tables where schemaname = 'view'"
    " and tablename not in ('checkpoint', 'dead_letter', 'kept')"
)


class Cluster(msgspec.Struct, frozen=True):
    """The session's PostgreSQL, reached as its superuser by default."""

    base: str
    superuser: str

    def url(self, *, user: str, database: str) -> str:
        """How to connect as a user to a database."""
        return make_conninfo(self.base, user=user, dbname=database)

    @property
    def superuser_url(self) -> str:
        """The server for whoever may do anything."""
        return self.url(user=self.superuser, database="postgres")


class Place(msgspec.Struct, frozen=True):
    """One database on the session's server, and the data folder that goes with it."""

    server: Cluster
    name: str
    data: Path

    def url(self, role: str) -> str:
        """The URL of the database for a role."""
        return self.server.url(user=role, database=self.name)

    @property
    def superuser_url(self) -> str:
        """The URL for whoever may do anything, as an insider might."""
        return self.url(self.server.superuser)

    @asynccontextmanager
    async def open(self, role: str, *, patience_s: float = 5.0) -> AsyncGenerator[Database]:
        """The database, opened under a role."""
        database = Database(self.url(role), role, most=4, patience_s=patience_s)
        await database.open()
        try:
            yield database
        finally:
            await database.close()

    def drop_views(self) -> None:
        """Take away what views have folded; their checkpoints stay."""
        with psycopg.connect(self.superuser_url, autocommit=True) as insider:
            for (table,) in insider.execute(_FOLDED.encode()).fetchall():
                insider.execute(f"drop table view.{table}".encode())


@asynccontextmanager
async def parts_at(
    place: Place, clock: Clock = system_clock, *, secret_key: str = ""
) -> AsyncGenerator[Parts]:
    """Everything that doors and workers are given, on the test's database.

    Loopback is let through the guard, as every server of a test lives there.
    """
    given = Settings(allow_networks="127.0.0.0/8", data=str(place.data), secret_key=secret_key)
    async with parts_of(given, place.url, clock) as parts:
        yield parts
