"""`tracker serve`: pages and API alone; any number of them beside any number of `tracker work`."""

import asyncio
import contextlib

import click
import msgspec
import uvloop

from tracker import logs
from tracker.cli.session import chosen_settings, data_option, migrate_option
from tracker.cli.up import listening, on_address, told_to_stop
from tracker.wiring import parts_of, server_for

_DRAIN_S = 2.0


@click.command()
@data_option
@migrate_option
@click.option("--host", help="Address to listen on (127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (8017).")
@click.option("--share-port", is_flag=True, help="Let other processes listen on the same port.")
@click.option("--drain", type=click.FloatRange(0, 600), default=_DRAIN_S, show_default=True,
              metavar="SECONDS", help="How long it is still answered after it is told to stop.")  # fmt: skip
def serve(
    data: str | None,
    host: str | None,
    port: int | None,
    migrates: bool,
    share_port: bool,
    drain: float,
) -> None:
    """Answer pages and API; views, alerts and feeds are the business of `tracker work`.

    Told to stop, it first says that it is not ready, so that a balancer sends nobody any more,
    goes on answering for a while, and then ends with what is under way.
    """
    settings = on_address(chosen_settings(data), host, port)
    logs.configure(settings.log_level)
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(listening(settings, shared=share_port))
        settings = msgspec.structs.replace(settings, port=listener.getsockname()[1])
        url_for = stack.enter_context(server_for(settings))

        async def running() -> None:
            from tracker.web import application, serving

            async with parts_of(settings, url_for, migrates=migrates, replicated=True) as parts:
                app, stop = application(parts), told_to_stop()
                async with serving(app, listener, stop):
                    click.echo(f"Policy Tracker answers at {parts.public_url}")
                    await stop.wait()
                    app.state["draining"] = True
                    click.echo("Stopping.")
                    await asyncio.sleep(drain)

        uvloop.run(running())
