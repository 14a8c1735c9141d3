"""`tracker feed opml …`: the feeds as a list that every feed reader takes, and such lists in."""

import asyncio
import sys
from pathlib import Path

import click

from feeds.lists import given_out, take_in
from feeds.opml import LARGEST_BYTES
from tracker.cli.session import Out, with_parts
from tracker.domain.errors import Refused
from tracker.parts import Parts


@click.group()
def opml() -> None:
    """Lists of feeds (OPML 2.0): in and out."""


@opml.command("import")
@click.argument("source", metavar="FILE")
@with_parts
async def take(parts: Parts, out: Out, source: str) -> None:
    """Add the feeds of a list (- for standard input): all of them in one step, or none."""
    taken = await take_in(
        bytes_of(source, LARGEST_BYTES),
        executor=parts.executor,
        guard=parts.guard,
        actor=await parts.operator(),
    )
    for line in taken.broken:
        out.say(line)
    out.answer(
        taken,
        lambda: (
            f"{len(taken.added)} feeds are polled from now on, {taken.known} were already, "
            f"{len(taken.broken)} could not be used."
        ),
    )


@opml.command("export")
@click.argument("target", metavar="FILE", default="-")
@with_parts
async def give(parts: Parts, out: Out, target: str) -> None:
    """Write all feeds with what is set for them; never their headers and proxies."""
    listed = await given_out(parts.reader, parts.clock)
    if target == "-":
        click.echo(listed.decode(), nl=False)
        return
    await asyncio.to_thread(_write, target, listed)
    out.answer({"file": target, "bytes": len(listed)}, lambda: f"The feeds are in {target}.")


def _write(target: str, content: bytes) -> None:
    try:
        Path(target).write_bytes(content)
    except OSError as fault:
        raise Refused(f"{target}: {fault.strerror}") from None


def bytes_of(source: str, most: int) -> bytes:
    """What a file holds, or standard input for `-`, and one byte more than `most` if it is over."""
    try:
        if source == "-":
            return sys.stdin.buffer.read(most + 1)
        with Path(source).open("rb") as file:
            return file.read(most + 1)
    except OSError as fault:
        raise Refused(f"{source}: {fault.strerror}") from None
