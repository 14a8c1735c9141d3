"""`tracker backup`, `restore` and `upgrade`: everything in one folder, and back again."""

import time
from pathlib import Path

import click
import msgspec
import uvloop

from tracker.backup.record import Backup
from tracker.backup.restore import restore as brought_back
from tracker.backup.take import take
from tracker.backup.upgrade import upgrade as carried_over
from tracker.cli.session import Out, chosen_settings, data_option, json_option
from tracker.clock import system_clock
from tracker.domain.errors import Refused
from tracker.log.database import OWNER, Database
from tracker.log.read import Reader
from tracker.settings import Settings
from tracker.wiring import UrlFor, parts_of, server_for

_ROLE = "tracker_append"


@click.command()
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@data_option
@json_option
def backup(folder: Path, data: str | None, as_json: bool) -> None:
    """Copy database, signer and list of erasures into a new FOLDER, while everything goes on."""
    settings, started = chosen_settings(data), time.monotonic()
    _needs_log(settings)

    async def taken(url_for: UrlFor) -> Backup:
        database = Database(url_for(_ROLE), _ROLE, most=2, pooled=settings.pooler)
        await database.open()
        try:
            url = url_for(OWNER)
            return await take(database, url, settings.data_dir(), folder, system_clock())
        finally:
            await database.close()

    with server_for(settings) as url_for:
        made = uvloop.run(taken(url_for))
    out, took = Out(as_json), time.monotonic() - started
    out.answer(
        {"folder": str(folder), "backup": made, "seconds": round(took, 1)},
        lambda: (
            f"{folder} holds the log up to position {made.position}: {_size(made.size_bytes)}"
            f" in {took:.1f} s.\nIt has the key that signs checkpoints: keep it as you keep that."
        ),
    )


@click.command()
@click.argument("folder", metavar="BACKUP", type=click.Path(path_type=Path))
@click.option("--erasures", metavar="FILE", type=click.Path(path_type=Path),
              help="The newest list of erasures that you have, kept apart from the backup.")  # fmt: skip
@data_option
@json_option
def restore(folder: Path, erasures: Path | None, data: str | None, as_json: bool) -> None:
    """Bring a backup back into a data folder without a log, and erase again what was erased."""
    settings, started = chosen_settings(data), time.monotonic()
    if settings.database_url is not None:
        raise Refused(
            "a backup is brought back into a data folder: name one with --data; for a PostgreSQL"
            " of your own, fill an empty database from database.dump with pg_restore"
        )
    made = brought_back(folder, settings.data_dir(), erasures)
    erased = _opened_once(settings)
    out, took = Out(as_json), time.monotonic() - started
    out.answer(
        {"backup": made, "erased_again": erased, "seconds": round(took, 1)},
        lambda: (
            f"{settings.data_dir()} holds the log up to position {made.position} again, with the"
            f" same root: {_size(made.size_bytes)} in {took:.1f} s.\n"
            f"{erased} erasures that came later than the backup were made again.\n"
            "If checkpoints were signed after the backup, begin a new origin (tracker checkpoint"
            " --new-origin): whoever holds one would otherwise see two logs under one name."
        ),
    )


def _opened_once(settings: Settings) -> int:
    """Open the log, which migrates it and erases what is listed; how many events that added."""

    async def heads(url_for: UrlFor) -> tuple[int, int]:
        database = Database(url_for(_ROLE), _ROLE, most=2, pooled=settings.pooler)
        await database.open()
        try:
            before = await Reader(database).head()
        finally:
            await database.close()
        async with parts_of(settings, url_for) as parts:
            return before, await parts.reader.head()

    with server_for(settings) as url_for:
        before, after = uvloop.run(heads(url_for))
    return after - before


@click.command()
@click.option("--programs", metavar="DIR", type=click.Path(path_type=Path),
              help="Where `postgres` of the older version is; else Debian's is looked for.")  # fmt: skip
@data_option
@json_option
def upgrade(programs: Path | None, data: str | None, as_json: bool) -> None:
    """Carry the data folder over to the PostgreSQL that this version of the tracker brings."""
    settings, started = chosen_settings(data), time.monotonic()
    if settings.database_url is not None:
        raise Refused("a PostgreSQL of your own is upgraded with its own means (pg_upgrade)")
    _needs_log(settings, kept=True)
    done = carried_over(settings.data_dir(), programs)
    out, took = Out(as_json), time.monotonic() - started
    answer = msgspec.to_builtins(done) if done else None
    out.answer(
        {"upgrade": answer, "seconds": round(took, 1)},
        lambda: (
            "There is nothing to upgrade: the log is at the version that this tracker brings."
            if done is None
            else f"The log, {done.position} events, went from PostgreSQL {done.before} to"
            f" {done.after} by a dump of {_size(done.dump_bytes)} in {took:.1f} s.\n"
            f"The old database is kept in {done.kept}; remove it when all is well."
        ),
    )


def _needs_log(settings: Settings, *, kept: bool = False) -> None:
    """Refuse a data folder without a log: it would be made empty."""
    folder = settings.data_dir()
    places = [folder / "postgres", *(folder.glob("postgres-*") if kept else ())]
    if settings.database_url is None and not any(place.exists() for place in places):
        raise Refused(f"there is no log in {folder}", field="data")


def _size(size_bytes: int) -> str:
    """Bytes as people read them."""
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes < 1e9 else f"{size_bytes / 1e9:.2f} GB"
