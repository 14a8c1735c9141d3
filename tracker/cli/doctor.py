"""`tracker doctor`: looks at everything, and says what is wrong and what to do."""

import shutil
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_address

import click
import uvloop

from projections.alerts.figures import alert_figures
from projections.progress import owner, progress
from tracker import diagnosis
from tracker.cli.session import Out, chosen_settings, data_option, json_option, table
from tracker.clock import system_clock
from tracker.diagnosis import Finding
from tracker.domain.checkpoint import KNOWN, CheckpointPublished
from tracker.domain.errors import Disproved, TrackerError
from tracker.log.database import ROLES, Database
from tracker.log.migrate import pending
from tracker.log.read import Reader
from tracker.settings import Settings
from tracker.tables.footing import footing
from tracker.tables.hosts import polls
from tracker.wiring import UrlFor, server_for

_ROLE = "tracker_append"


@click.command()
@data_option
@json_option
def doctor(data: str | None, as_json: bool) -> None:
    """Look at settings, database, views, alerts, feeds and keys. Exit code 1: something is wrong."""
    settings = chosen_settings(data)
    found = list(_outside(settings))
    try:
        with server_for(settings) as url_for:
            found += uvloop.run(_inside(settings, url_for))
    except TrackerError as fault:
        found.append(Finding("database", "wrong", fault.message, "see postgres.log, or its log"))
    out = Out(as_json)
    made = table(None, "about", "", "what", "what to do")
    for one in found:
        made.add_row(one.about, one.level, one.what, one.remedy)
    out.answer(found, lambda: made)
    wrong = [one.about for one in found if one.level == "wrong"]
    if wrong:
        raise Disproved(f"something is wrong: {', '.join(dict.fromkeys(wrong))}")


def _outside(settings: Settings) -> Iterator[Finding]:
    """What needs no database."""
    folder = settings.data_dir()
    if folder.exists():
        yield diagnosis.of_mode(folder.stat().st_mode, str(folder))
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    yield diagnosis.of_room(shutil.disk_usage(existing).free, str(existing))
    yield diagnosis.of_address(settings.public_url, loopback=_loopback(settings.host))


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


async def _inside(settings: Settings, url_for: UrlFor) -> list[Finding]:
    """What only the database knows; a role that cannot act is a finding of its own."""
    waiting = await pending(url_for(_ROLE))
    if waiting:
        said = f"the database is {len(waiting)} migrations behind"
        return [Finding("database", "wrong", said, "tracker migrate --preview, then without")]
    found = [finding async for finding in _roles(settings, url_for)]
    if any(one.level == "wrong" for one in found):
        return found
    database = Database(url_for(_ROLE), _ROLE, most=2, pooled=settings.pooler)
    await database.open()
    try:
        return [*found, *await _figures(settings, database)]
    finally:
        await database.close()


async def _roles(settings: Settings, url_for: UrlFor) -> AsyncIterator[Finding]:
    """Whether each role can act."""
    able = 0
    for role in ROLES:
        database = Database(url_for(role), role, most=1, pooled=settings.pooler)
        try:
            await database.open(wait_s=5)
            able += 1
        except TrackerError as fault:
            yield Finding("roles", "wrong", f"{role}: {fault.message}", "deploy/postgres/roles.sql")
        finally:
            await database.close()
    if able == len(ROLES):
        yield Finding("roles", "ok", f"all {able} roles can act")


async def _figures(settings: Settings, database: Database) -> list[Finding]:
    now, reader = system_clock(), Reader(database)
    head, views, alerts = (
        await reader.head(),
        await progress(database),
        await alert_figures(database),
    )
    known = await footing(database)
    signed = await reader.read(KNOWN, limit=1, backwards=True)
    last = signed[0].event if signed else None
    size = last.size if isinstance(last, CheckpointPublished) else None
    at = signed[0].recorded_at if signed else None
    return [
        Finding("database", "ok", f"PostgreSQL {known.version}, {head} events"),
        diagnosis.of_clock(now, known.at),
        *diagnosis.of_views(views, await owner(database)),
        *diagnosis.of_alerts(head, alerts),
        diagnosis.of_circuits(alerts),
        diagnosis.of_feeds(await polls(database, now)),
        diagnosis.of_signer(head, size, at, now, settings.checkpoint_every_s),
        diagnosis.of_secrets(known.sealed, keyed=bool(settings.secret_key)),
        diagnosis.of_mail(known.mailed, served=settings.smtp_url is not None),
    ]
