"""`tracker up`: everything in one process on one machine, until it is told to stop."""

import asyncio
import contextlib
import os
import shlex
import signal
import socket
from collections.abc import Generator
from ipaddress import ip_address
from pathlib import Path

import click
import msgspec
import uvloop

from tracker import logs
from tracker.cli import sample as samples
from tracker.cli.session import chosen_settings, data_option
from tracker.domain.errors import Refused
from tracker.embedded import hold_up_lock
from tracker.parts import Parts
from tracker.settings import Settings
from tracker.wiring import (
    parts_of,
    server_for,
)
from tracker.working import working

_CHECKLIST = """The log is empty. Four steps:
  1. add a feed        tracker feed add https://example.org/news/rss.xml
  2. record a fact     tracker record policy --help
  3. subscribe         tracker subscribe --destination EC --webhook https://example.org/hook
  4. look at it        tracker timeline
The page shows them in full."""


@click.command()
@data_option
@click.option("--host", help="Address to listen on (127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (8017).")
@click.option("--sample", is_flag=True, help="Show the three sample reports, in a log of its own.")
def up(data: str | None, host: str | None, port: int | None, sample: bool) -> None:
    """Run the tracker: pages, API, feeds, views and alerts. Stop it with Ctrl-C."""
    settings = _with_options(chosen_settings(data), host, port, sample=sample)
    logs.configure(settings.log_level)
    with contextlib.ExitStack() as stack:
        if settings.database_url is None:
            stack.enter_context(hold_up_lock(settings.data_dir()))
        listener = stack.enter_context(listening(settings))
        settings = msgspec.structs.replace(settings, port=listener.getsockname()[1])
        url_for = stack.enter_context(server_for(settings))

        async def running() -> None:
            async with parts_of(settings, url_for) as parts:
                await _run(parts, listener, settings.data, sample=sample)

        uvloop.run(running())


def _with_options(
    settings: Settings, host: str | None, port: int | None, *, sample: bool
) -> Settings:
    settings = on_address(settings, host, port)
    if not sample:
        return settings
    if settings.database_url is not None:
        raise Refused("--sample needs a data folder of its own: name one with --data")
    folder = Path(settings.data) if settings.data else settings.data_dir().with_name("sample")
    # The sample's feed and its receiver of alerts are this very process.
    networks = f"{settings.allow_networks} 127.0.0.0/8"
    return msgspec.structs.replace(settings, data=str(folder), allow_networks=networks)


def on_address(settings: Settings, host: str | None, port: int | None) -> Settings:
    """The settings with the address that a command line names, as far as it names one."""
    return msgspec.structs.replace(
        settings, host=host or settings.host, port=settings.port if port is None else port
    )


@contextlib.contextmanager
def listening(settings: Settings, *, shared: bool = False) -> Generator[socket.socket]:
    """The listening socket; Refused where the port is taken or the address is not ours.

    A shared port may be listened on by several processes, and the kernel spreads the callers.
    """
    address = (settings.host, settings.port)
    try:
        family = socket.AF_INET6 if ip_address(settings.host).version == 6 else socket.AF_INET
        listener = socket.create_server(address, family=family, reuse_port=shared)
    except (OSError, ValueError) as fault:
        number = fault.errno if isinstance(fault, OSError) else None
        reason = os.strerror(number) if number and number > 0 else str(fault)
        raise Refused(
            f"cannot listen on {settings.host} port {settings.port}: {reason}; try --port"
        ) from None
    with listener:
        yield listener


async def _run(parts: Parts, listener: socket.socket, data: str | None, *, sample: bool) -> None:
    # The web takes longer to load than everything else, and no other command needs it.
    from tracker.web import application, serving

    app = application(parts, sample=sample)
    stop = told_to_stop()
    async with serving(app, listener, stop):
        if sample:
            await samples.begin(parts)
        async with working(parts, stop) as polling:
            if sample:
                await samples.ingest(parts, polling)
            await _greet(parts, data, sample=sample)
            await stop.wait()
            click.echo("Stopping.")


def told_to_stop() -> asyncio.Event:
    """Is set when the process is told to end."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _greet(parts: Parts, data: str | None, *, sample: bool) -> None:
    operator = await parts.users.ensure("operator", "admin")
    link = await parts.users.issue(operator, "login-link")
    if sample:
        click.echo(await samples.summary(parts))
    click.echo(f"\nPolicy Tracker runs at {parts.public_url}")
    click.echo(f"Sign in once with      {parts.public_url}/login?token={link}")
    if await parts.reader.head() == 0:
        click.echo(f"\n{_CHECKLIST}")
        if data is not None:
            click.echo(f"Add --data {shlex.quote(data)} to each command.")
    click.echo("\nStop with Ctrl-C; everything is kept.")
