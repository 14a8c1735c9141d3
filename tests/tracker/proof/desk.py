"""A signer over a test's log, whose folder can be kept, copied and lost."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg

from tests.place import Place
from tests.tracker.log.events import ANALYST, named
from tracker.clock import system_clock
from tracker.domain.base import EVERYTHING, Recorded
from tracker.domain.checkpoint import KNOWN, CheckpointPublished
from tracker.execute import Executor
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.evidence import Evidence
from tracker.log.read import Reader
from tracker.proof.memory import Memory
from tracker.proof.signer import Signer
from tracker.proof.tiles import Tiles
from tracker.proof.timestamp import Stamp
from tracker.tables.users import Users

LATE = datetime(2100, 1, 1, tzinfo=UTC)


class Desk:
    """A log, and whoever signs it."""

    def __init__(self, database: Database, folder: Path, entropy: int = 7) -> None:
        self.database = database
        self.reader = Reader(database)
        self.tiles = Tiles(database)
        self.memory = Memory(folder, "log.example.org", lambda size: bytes([entropy]) * size)

    def signer(self, *, stamp: Stamp | None = None, late: timedelta = timedelta()) -> Signer:
        """A signer as a process makes one; an event may wait for a minute."""
        return Signer(
            memory=self.memory,
            tiles=self.tiles,
            reader=self.reader,
            executor=Executor(
                self.reader, Appender(self.database), Evidence(self.database), system_clock
            ),
            users=Users(self.database, system_clock),
            clock=lambda: system_clock() + late,
            every_s=60,
            stamp=stamp,
        )

    async def record(self, count: int = 1) -> None:
        """Let somebody record so many events."""
        await Appender(self.database).append([named() for _ in range(count)], ANALYST, uuid4())

    async def published(self) -> list[CheckpointPublished]:
        """Every checkpoint on record."""
        found = await self.reader.read(KNOWN)
        return [r.event for r in found if isinstance(r.event, CheckpointPublished)]

    async def everything(self) -> list[Recorded]:
        """The whole log."""
        return await self.reader.read(EVERYTHING)


def cut(place: Place, after: int) -> None:
    """Take away what came after a position, as the restore of an older backup does."""
    with psycopg.connect(place.superuser_url, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        for table in ("event", "event_tag", "payload"):
            connection.execute(f"delete from log.{table} where position > {after}".encode())
