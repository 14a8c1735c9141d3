"""`tracker up`: everything in one process on one machine, until it is told to stop."""

import asyncio
import contextlib
import os
import shlex
import signal
import socket
from collections.abc import AsyncGenerator, Awaitable, Generator, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import click
import msgspec
import uvloop

from feeds.schedule import Polling
from feeds.visiting import Visiting
from projections.alerts.matcher import Matcher
from projections.alerts.reporting import Reporting
from projections.effects import Effects
from tracker import logs
from tracker.cli import sample as samples
from tracker.cli.session import chosen_settings, data_option
from tracker.collecting import polling_of, visiting_of
from tracker.domain.errors import Refused, TrackerError
from tracker.embedded import hold_up_lock
from tracker.log.follow import Head
from tracker.parts import Parts
from tracker.reviewing.trusting import Trusting
from tracker.settings import Settings
from tracker.wiring import (
    deliverer_of,
    effects_of,
    parts_of,
    reporting_of,
    server_for,
    trusting_of,
)

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
        listener = stack.enter_context(_listener(settings))
        settings = msgspec.structs.replace(settings, port=listener.getsockname()[1])
        url_for = stack.enter_context(server_for(settings))

        async def running() -> None:
            async with parts_of(settings, url_for) as parts:
                await _run(parts, listener, settings.data, sample=sample)

        uvloop.run(running())


def _with_options(
    settings: Settings, host: str | None, port: int | None, *, sample: bool
) -> Settings:
    settings = msgspec.structs.replace(
        settings,
        host=host or settings.host,
        port=settings.port if port is None else port,
    )
    if not sample:
        return settings
    if settings.database_url is not None:
        raise Refused("--sample needs a data folder of its own: name one with --data")
    folder = Path(settings.data) if settings.data else settings.data_dir().with_name("sample")
    # The sample's feed and its receiver of alerts are this very process.
    networks = f"{settings.allow_networks} 127.0.0.0/8"
    return msgspec.structs.replace(settings, data=str(folder), allow_networks=networks)


@contextlib.contextmanager
def _listener(settings: Settings) -> Generator[socket.socket]:
    """The listening socket; Refused where the port is taken or the address is not ours."""
    try:
        family = socket.AF_INET6 if ip_address(settings.host).version == 6 else socket.AF_INET
        listener = socket.create_server((settings.host, settings.port), family=family)
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
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    polling, visiting = await polling_of(parts), await visiting_of(parts)
    ticks = (await effects_of(parts), await trusting_of(parts), await reporting_of(parts))
    async with serving(app, listener, stop):
        if sample:
            await samples.begin(parts)
        async with _working(parts, polling, visiting, ticks, stop):
            if sample:
                await samples.ingest(parts, polling)
            await _greet(parts, data, sample=sample)
            await stop.wait()
            click.echo("Stopping.")


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


@asynccontextmanager
async def _working(
    parts: Parts,
    polling: Polling,
    visiting: Visiting,
    ticks: Sequence[Effects | Trusting | Reporting],
    stop: asyncio.Event,
) -> AsyncGenerator[None]:
    """Views, alerts and feeds at work; each goes on through faults of the database by itself.

    Should one of them end nevertheless, everything stops: half a tracker looks like a whole one.
    """
    head, news = Head(parts.database), asyncio.Event()
    matcher = Matcher(parts.deliver_database, parts.clock, news)
    deliverer = deliverer_of(parts, news)
    work: list[Awaitable[None]] = [
        head.watch(),
        parts.runner.run(head),
        matcher.run(head),
        deliverer.run(),
        polling.run(),
        visiting.run(),
        parts.signer.run(),
        *(tick.run() for tick in ticks),
    ]
    tasks = [asyncio.ensure_future(w) for w in work]
    for task in tasks:
        task.add_done_callback(lambda _: stop.set())
    try:
        yield
    finally:
        broken = [
            fault for t in tasks if t.done() and not t.cancelled() and (fault := t.exception())
        ]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if broken:
        raise TrackerError(f"the tracker stopped because a part of it broke: {broken[0]!r}")
