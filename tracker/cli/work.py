"""`tracker work`: views, alerts and feeds without a door; any number of processes at once."""

import click
import uvloop

from tracker import logs
from tracker.cli.session import chosen_settings, data_option, migrate_option
from tracker.cli.up import told_to_stop
from tracker.wiring import parts_of, server_for
from tracker.working import working


@click.command()
@data_option
@migrate_option
def work(data: str | None, migrates: bool) -> None:
    """Fold views, match and deliver alerts, poll feeds, sign checkpoints, until told to stop."""
    settings = chosen_settings(data)
    logs.configure(settings.log_level)
    with server_for(settings) as url_for:

        async def running() -> None:
            async with parts_of(settings, url_for, migrates=migrates) as parts:
                stop = told_to_stop()
                async with working(parts, stop):
                    click.echo("At work.")
                    await stop.wait()
                    click.echo("Stopping.")

        uvloop.run(running())
