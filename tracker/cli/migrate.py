"""`tracker migrate`: bring the database to this version, or show what that would do."""

import asyncio

import click

from tracker.cli.session import Out, chosen_settings, data_option, json_option
from tracker.log.database import OWNER
from tracker.log.migrate import migrate as migrated
from tracker.log.migrate import pending
from tracker.wiring import server_for


@click.command()
@click.option("--preview", is_flag=True, help="Show the statements that would run, and run none.")
@data_option
@json_option
def migrate(preview: bool, data: str | None, as_json: bool) -> None:
    """Bring the database to this version; `serve` and `work` refuse one that is behind."""
    out = Out(as_json)
    with server_for(chosen_settings(data)) as url_for:
        if preview:
            waiting = asyncio.run(pending(url_for(OWNER)))
            texts = {one.name: one.text for one in waiting}
            out.answer(texts, lambda: "\n".join(f"-- {n}\n{t}" for n, t in texts.items()) or _NONE)
            return
        done = asyncio.run(migrated(url_for(OWNER)))
    out.answer({"applied": done}, lambda: "\n".join(f"applied {name}" for name in done) or _NONE)


_NONE = "The database is at this version."
