"""`tracker feed …`: what is polled, how it goes, and polling at once."""

from collections.abc import Mapping, Sequence

import click
import msgspec

from feeds.guard import loggable
from projections.views.feeds import Feed
from tracker.cli.session import Out, minute, with_parts
from tracker.domain.feed import AddFeed, PauseFeed, RemoveFeed, ResumeFeed
from tracker.parts import Parts
from tracker.tables.schedule import FeedSchedule
from tracker.wiring import polling_of


@click.group()
def feed() -> None:
    """Feeds: add, list, poll, pause, resume, remove."""


@feed.command("add")
@click.argument("url")
@click.option("--title", help="What to call it.")
@click.option("--publisher", help="Whose words its items are.")
@click.option("--reliability", type=click.Choice(list("ABCDEF")), help="Admiralty code.")
@click.option("--language", help="Language tag, where the feed does not say.")
@click.option("--interval", "interval_s", type=click.IntRange(5), help="Seconds between polls.")
@click.option("--backfill", "backfill_days", type=click.IntRange(0), metavar="DAYS",
              help="How old an item may be to propose drafts on the first poll (2).")  # fmt: skip
@with_parts
async def add(parts: Parts, out: Out, url: str, **fields: object) -> None:
    """Poll a feed from now on."""
    parts.guard.check_url(url)
    command = msgspec.convert({"url": url, **fields}, AddFeed)
    done = await parts.executor.execute(command, await parts.operator())
    made = done.events[0].event
    answer = {**msgspec.to_builtins(made), "position": done.position}
    out.answer(answer, lambda: f"Feed {getattr(made, 'feed', '')} is polled from now on.")


@feed.command("list")
@with_parts
async def list_feeds(parts: Parts, out: Out) -> None:
    """List the feeds and how their last poll went."""
    await parts.settle()
    known = await parts.views.select(Feed)
    state = {s.feed: s for s in await parts.schedule.state()}
    answer = [{**msgspec.structs.asdict(f), "schedule": state.get(f.feed)} for f in known]
    out.answer(answer, lambda: _described(known, state) or "No feed yet: tracker feed add URL")


def _described(feeds: Sequence[Feed], state: Mapping[str, FeedSchedule]) -> str:
    """The feeds for people: the id to copy, the address, and how the last poll went."""
    lines: list[str] = []
    for one in feeds:
        lines += [f"{one.feed}  {one.status}", f"    {loggable(one.url)}"]
        if at := state.get(one.feed):
            said = ": ".join(word for word in (at.outcome, at.message) if word)
            lines.append(f"    {said or 'not polled yet'}; next {minute(at.next_at)}")
    return "\n".join(lines)


@feed.command("poll")
@click.argument("feed_id", metavar="FEED")
@with_parts
async def poll(parts: Parts, out: Out, feed_id: str) -> None:
    """Poll a feed now."""
    polling = await polling_of(parts)
    polled = await polling.poll_now(feed_id)
    found = polled.counts
    out.answer(
        polled,
        lambda: (
            f"{polled.outcome}: {polled.message}; {found.new} new, {found.revised} revised,"
            f" {found.known} known, {found.drafts} drafts"
        ),
    )


async def _decide(
    parts: Parts, out: Out, command: PauseFeed | ResumeFeed | RemoveFeed, status: str, word: str
) -> None:
    done = await parts.executor.execute(command, await parts.operator())
    answer = {"feed": command.feed, "status": status, "position": done.position}
    out.answer(answer, lambda: word)


@feed.command("pause")
@click.argument("feed_id", metavar="FEED")
@click.option("--reason", required=True)
@with_parts
async def pause(parts: Parts, out: Out, feed_id: str, reason: str) -> None:
    """Stop polling a feed for now."""
    await _decide(parts, out, PauseFeed(feed=feed_id, reason=reason), "paused", "Paused.")


@feed.command("resume")
@click.argument("feed_id", metavar="FEED")
@with_parts
async def resume(parts: Parts, out: Out, feed_id: str) -> None:
    """Poll a paused feed again."""
    await _decide(parts, out, ResumeFeed(feed=feed_id), "active", "Resumed.")


@feed.command("remove")
@click.argument("feed_id", metavar="FEED")
@with_parts
async def remove(parts: Parts, out: Out, feed_id: str) -> None:
    """Stop polling a feed for good; what it brought stays."""
    await _decide(parts, out, RemoveFeed(feed=feed_id), "removed", "Removed.")
