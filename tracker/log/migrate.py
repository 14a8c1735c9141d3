"""Numbered SQL files, applied once, in order, under a lock; a changed file is refused."""

import hashlib
from importlib.resources import files

import msgspec
import psycopg
from psycopg import AsyncConnection, OperationalError

from tracker.domain.errors import Refused, Unavailable
from tracker.log.database import check_version, line

LEDGER = """
create table if not exists public.tracker_migration (
    number     int primary key,
    name       text not null,
    sha256     text not null,
    applied_at timestamptz not null default clock_timestamp()
)
"""
HAS_LEDGER = "select to_regclass('public.tracker_migration') is not null"
APPLIED = "select number, name, sha256 from public.tracker_migration order by number"
RECORD = (
    "insert into public.tracker_migration (number, name, sha256) "
    "values (%(number)s, %(name)s, %(sha256)s)"
)
LOCK = "select pg_advisory_lock(7305, 0)"
UNLOCK = "select pg_advisory_unlock(7305, 0)"


class Migration(msgspec.Struct, frozen=True):
    """One file of migrations/."""

    number: int
    name: str
    sha256: str
    text: str


def migrations() -> list[Migration]:
    """All migrations that this version ships, in order."""
    found: list[Migration] = []
    for file in files("tracker.log").joinpath("migrations").iterdir():
        if file.name.endswith(".sql"):
            text = file.read_text("utf-8")
            digest = hashlib.sha256(text.encode()).hexdigest()
            found.append(Migration(int(file.name[:4]), file.name[:-4], digest, text))
    return sorted(found, key=lambda m: m.number)


async def migrate(url: str) -> list[str]:
    """Bring the database up to date; the names of what was applied.

    Raises Refused where an applied migration differs from the shipped one or is unknown to this
    version, or where the URL or the rights of its user do not do; Unavailable where the server
    does not answer.
    """
    try:
        return await _migrate(url)
    except OperationalError as fault:
        raise Unavailable(f"the database does not answer ({_in_one_line(fault)})") from fault
    except psycopg.Error as fault:
        raise Refused(f"the database cannot be used: {_in_one_line(fault)}") from fault


async def pending(url: str) -> list[Migration]:
    """What migrate() would apply; it applies nothing, and raises as that does."""
    try:
        async with await AsyncConnection.connect(line(url), autocommit=True) as connection:
            await check_version(connection)
            row = await (await connection.execute(HAS_LEDGER)).fetchone()
            known = await (await connection.execute(APPLIED)).fetchall() if row and row[0] else []
            return _pending({row[0]: (row[1], row[2]) for row in known}, migrations())
    except OperationalError as fault:
        raise Unavailable(f"the database does not answer ({_in_one_line(fault)})") from fault
    except psycopg.Error as fault:
        raise Refused(f"the database cannot be used: {_in_one_line(fault)}") from fault


async def require_migrated(url: str) -> None:
    """Raise Refused unless the database is at this version."""
    waiting = await pending(url)
    if waiting:
        raise Refused(
            f"the database is {len(waiting)} migrations behind this version, from"
            f" {waiting[0].name} on: run tracker migrate"
        )


def _in_one_line(fault: psycopg.Error) -> str:
    return " ".join(str(fault).split())


async def _migrate(url: str) -> list[str]:
    async with await AsyncConnection.connect(line(url), autocommit=True) as connection:
        await check_version(connection)
        await connection.execute(LOCK)
        try:
            await connection.execute(LEDGER)
            rows = await (await connection.execute(APPLIED)).fetchall()
            pending = _pending({row[0]: (row[1], row[2]) for row in rows}, migrations())
            for migration in pending:
                async with connection.transaction():
                    await connection.execute(migration.text.encode())
                    await connection.execute(RECORD, msgspec.structs.asdict(migration))
            return [migration.name for migration in pending]
        finally:
            await connection.execute(UNLOCK)


def _pending(applied: dict[int, tuple[str, str]], shipped: list[Migration]) -> list[Migration]:
    known = {m.number: m for m in shipped}
    for number, (name, digest) in applied.items():
        if number not in known:
            raise Refused(f"the database was migrated by a newer version (it has {name})")
        if known[number].sha256 != digest:
            raise Refused(f"migration {name} was changed after it was applied here")
    return [m for m in shipped if m.number not in applied]
