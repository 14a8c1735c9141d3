"""Takes a backup while everything goes on: one moment of the log, and what belongs to it."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tracker import __version__
from tracker.backup.programs import dump
from tracker.backup.record import DUMP, ERASURES, SIGNER, Backup, described, write
from tracker.domain.errors import Refused
from tracker.files import flush_folder
from tracker.log.database import Database
from tracker.log.snapshot import snapshot
from tracker.proof.tiles import Tiles

_SECRETS = ("key", "signed")


async def take(database: Database, url: str, data: Path, folder: Path, now: datetime) -> Backup:
    """Write a backup into a new folder; it gets its name only when it is whole.

    `url` is how the owner of the database connects; `data` the data folder. Raises Refused where
    there is something already, or where the folder cannot be made.
    """
    with _unfinished(folder) as unfinished:
        backup = await _filled(database, url, data, unfinished, now)
        write(unfinished, backup)
    return backup


@contextmanager
def _unfinished(folder: Path) -> Generator[Path]:
    """A folder of another name, which gets its own at the end, or goes where that is not reached."""
    if folder.exists():
        raise Refused(f"{folder} exists already; a backup is written into a new folder")
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
    except OSError as fault:
        raise Refused(f"{unfinished} cannot be made: {fault.strerror}") from None
    try:
        yield unfinished
        flush_folder(unfinished)
        unfinished.rename(folder)
        flush_folder(folder.absolute().parent)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


async def _filled(database: Database, url: str, data: Path, folder: Path, now: datetime) -> Backup:
    names = [DUMP]
    for name in _SECRETS:
        names += _copied(data / SIGNER / name, folder, f"{SIGNER}/{name}")
    async with snapshot(database) as seen:
        await dump(url, folder / DUMP, snapshot=seen.name)
    names += _copied(data / ERASURES, folder, ERASURES)
    root = await Tiles(database).root_at(seen.position)
    return Backup(
        made_at=now,
        position=seen.position,
        root=root.hex(),
        owner=seen.owner,
        tracker=__version__,
        postgresql=seen.server,
        files={name: described(folder / name) for name in names},
    )


def _copied(source: Path, folder: Path, name: str) -> list[str]:
    """Copy a file for nobody else's eyes, if there is one."""
    if not source.exists():
        return []
    target = folder / name
    target.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file, source.open("rb") as given:
        shutil.copyfileobj(given, file)
    return [name]
