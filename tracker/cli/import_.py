"""`tracker import …`: history from elsewhere; what the log has already is passed over."""

import asyncio
import os
import stat
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from tracker.cli.session import Out, with_parts
from tracker.domain.errors import Refused, Unavailable
from tracker.imports.importer import Tally
from tracker.imports.lines import entries
from tracker.imports.passport_index import PUBLISHER
from tracker.imports.snapshots import LARGEST_BYTES, Given, Snapshots
from tracker.parts import Parts

_LOOK_S = 0.2


@click.group("import")
def import_() -> None:
    """Bring in history: events of another log, snapshots of a dataset."""


@import_.command("events")
@click.argument("source", metavar="FILE.ndjson|-")
@click.option(
    "--source", "name", metavar="NAME", help="Whose keys these are; by default the file's name."
)
@with_parts
async def events(parts: Parts, out: Out, source: str, name: str | None) -> None:
    """Import events, one JSON object a line, as the API gives them at /events.

    A line needs `type` and `payload`, and an `id` or a `key` of its source: it can be imported
    again without being doubled. Position, time, actor and tags of another log are read and not
    taken over: an import is recorded now and by you, and nothing can be back-dated.
    What an event refers to must be in the log or earlier in the file.
    """
    actor = await parts.operator()
    name = name or ("-" if source == "-" else Path(source).name)
    with _opened(source) as (file, size_bytes), _bars(out) as bars:
        bar = bars.add_task("importing", total=size_bytes)

        def moved(tally: Tally) -> None:
            bars.update(bar, completed=tally.source_bytes, description=_so_far(tally))

        async with parts.importer.opened() as importer:
            tally = await importer.run(entries(file, name), actor, moved)
        await _fold(parts, tally.position, bars)
    _answer(out, tally)


@import_.command("passport-index")
@click.argument("csv", metavar="CSV|CSV.gz")
@click.option("--observed-on", required=True, metavar="DATE", help="The day it describes.")
@click.option("--publisher", default=PUBLISHER, show_default=True, help="Who published it.")
@click.option("--url", help="Where the file is from.")
@with_parts
async def passport_index(
    parts: Parts, out: Out, csv: str, observed_on: str, publisher: str, url: str | None
) -> None:
    """Import a snapshot of the Passport Index dataset (Passport,Destination,Requirement).

    The file is kept as a document, and each cell becomes an observation that cites its line. Of a
    later snapshot only the cells that changed are observed again.
    """
    with _opened(csv) as (file, _):
        data = file.read(LARGEST_BYTES + 1)
    given = Given(data=data, observed_on=observed_on, publisher=publisher, url=url)
    with _bars(out) as bars:
        bar = bars.add_task("importing", total=None)

        def moved(tally: Tally) -> None:
            bars.update(bar, description=_so_far(tally))

        async with parts.importer.opened() as importer:
            snapshots = Snapshots(importer, parts.reader, parts.evidence, parts.clock)
            tally = await snapshots.bring_in(given, await parts.operator(), moved)
        bars.remove_task(bar)
        await _fold(parts, tally.position, bars)
    _answer(out, tally)


def _so_far(tally: Tally) -> str:
    return f"importing: {tally.read:,} events"


def _answer(out: Out, tally: Tally) -> None:
    names = ("read", "appended", "repeated", "position")
    answer: dict[str, Any] = {name: getattr(tally, name) for name in names}
    known = f", {tally.repeated:,} were there already" if tally.repeated else ""
    sentence = f"{tally.appended:,} events are appended{known}; the last is {tally.position:,}."
    out.answer(answer, lambda: sentence if tally.read else "There was no event to import.")


@contextmanager
def _opened(source: str) -> Generator[tuple[BinaryIO, int | None]]:
    """The file, or standard input, and how many bytes it has if that is known."""
    if source == "-":
        yield sys.stdin.buffer, None
        return
    try:
        with Path(source).open("rb") as file:
            about = os.fstat(file.fileno())
            yield file, about.st_size if stat.S_ISREG(about.st_mode) else None
    except OSError as fault:
        raise Refused(f"{source}: {fault.strerror}") from None


@contextmanager
def _bars(out: Out) -> Generator[Progress]:
    """Bars on standard error, for people at a terminal."""
    watched = sys.stderr.isatty() and not out.as_json
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not watched) as bars:
        yield bars


async def _fold(parts: Parts, position: int, bars: Progress) -> None:
    """Bring the views to the last event, however long that takes while they move."""
    bar = bars.add_task("folding views", total=position)
    watching = asyncio.create_task(_watch(parts, bars, bar))
    try:
        at = -1
        while True:
            try:
                await parts.settle(position)
                return
            except Unavailable:
                # Another process folds; as long as it gets on, there is nothing to report.
                before, at = at, await _folded(parts)
                if at <= before:
                    raise
    finally:
        watching.cancel()


async def _watch(parts: Parts, bars: Progress, bar: TaskID) -> None:
    while True:
        bars.update(bar, completed=await _folded(parts))
        await asyncio.sleep(_LOOK_S)


async def _folded(parts: Parts) -> int:
    return min((c.position for c in await parts.views_at(None)), default=0)
