"""`tracker feed access …`: request headers and a proxy for one feed, kept encrypted."""

import click

from tracker.cli.opml import bytes_of
from tracker.cli.session import Out, with_parts
from tracker.domain.errors import Refused
from tracker.parts import Parts

_LARGEST_BYTES = 200_000


@click.group()
def access() -> None:
    """Headers and a proxy for one feed; needs TRACKER_SECRET_KEY, as they are kept encrypted.

    Values are read from a file or standard input (-), since a command line is seen by others.
    """


@access.command("headers")
@click.argument("feed_id", metavar="FEED")
@click.argument("source", metavar="FILE")
@with_parts
async def headers(parts: Parts, out: Out, feed_id: str, source: str) -> None:
    """Send these headers, a line each as in `Authorization: Bearer …`, to the feed's origin."""
    decided = await parts.feed_decided(feed_id)
    pairs = [line.partition(":") for line in _text(source).splitlines() if line.strip()]
    if not all(colon for _, colon, _ in pairs):
        raise Refused("headers: a line is not of the form `Name: value`", field="headers")
    await parts.ways.table.set_headers(feed_id, decided.url, [(n, v) for n, _, v in pairs])
    names = sorted(name.strip().lower() for name, _, _ in pairs)
    answer = {"feed": feed_id, "headers": names}
    out.answer(answer, lambda: f"Sent along from now on: {', '.join(names)}.")


@access.command("proxy")
@click.argument("feed_id", metavar="FEED")
@click.argument("source", metavar="FILE")
@with_parts
async def proxy(parts: Parts, out: Out, feed_id: str, source: str) -> None:
    """Fetch the feed through the proxy whose address is in FILE."""
    await parts.feed_decided(feed_id)
    await parts.ways.table.set_proxy(feed_id, _text(source).strip())
    out.answer({"feed": feed_id, "proxy": True}, lambda: "Fetched through the proxy from now on.")


@access.command("drop")
@click.argument("feed_id", metavar="FEED")
@with_parts
async def drop(parts: Parts, out: Out, feed_id: str) -> None:
    """Forget the headers and the proxy of a feed."""
    await parts.ways.table.forget([feed_id])
    out.answer({"feed": feed_id, "headers": [], "proxy": False}, lambda: "Forgotten.")


def _text(source: str) -> str:
    try:
        return bytes_of(source, _LARGEST_BYTES).decode()
    except UnicodeDecodeError:
        raise Refused(f"{source}: is no text in UTF-8") from None
