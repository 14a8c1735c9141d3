"""Fills a new cluster from a dump, aside, and gives it its place only when it is whole."""

import asyncio
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tracker.backup.programs import analyze, bring_back
from tracker.domain.errors import Conflict, Refused
from tracker.embedded import SUPERUSER, embedded
from tracker.files import flush_folder
from tracker.log.database import NAME, OWNER, ROLES, Database, create_database
from tracker.log.snapshot import snapshot
from tracker.proof.tiles import Tiles

_ASIDE = "unfinished"


@contextmanager
def aside(data: Path) -> Generator[Path]:
    """A new folder within the data folder, for what is not whole yet; it goes at the end."""
    folder = data / _ASIDE
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    # PostgreSQL runs for whoever owns the folder, and root keeps it that way.
    os.chown(folder, data.stat().st_uid, data.stat().st_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fill(folder: Path, dump: Path, owner: str, position: int, root: str) -> None:
    """Make a cluster in a folder from a dump.

    Raises Conflict where the log that came out is not the one that went in.
    """
    with embedded(folder) as server:
        superuser = server.url(user=SUPERUSER, database="postgres")
        asyncio.run(_filled(superuser, server.url(user=SUPERUSER, database=NAME), dump, owner))
        found = asyncio.run(standing(server.url(user=OWNER, database=NAME)))
    if found != (position, root):
        raise Conflict(f"the log that came back ends at {found[0]}, and {position} was expected")


async def _filled(superuser: str, url: str, dump: Path, owner: str) -> None:
    roles = ROLES if owner in (OWNER, *ROLES) else (*ROLES, owner)
    await create_database(superuser, NAME, OWNER, roles)
    await bring_back(url, dump)
    await analyze(url)


async def standing(url: str) -> tuple[int, str]:
    """Where a log ends, and the root of all its events (hex)."""
    database = Database(url, OWNER, most=2)
    await database.open()
    try:
        async with snapshot(database) as seen:
            return seen.position, (await Tiles(database).root_at(seen.position)).hex()
    finally:
        await database.close()


def put_in_place(folder: Path, data: Path) -> None:
    """Give a whole cluster its place in the data folder; Refused where one came meanwhile."""
    if (data / "postgres").exists():
        raise Refused(f"{data} got a database meanwhile; nothing of it was touched")
    (folder / "postgres").rename(data / "postgres")
    flush_folder(data)
