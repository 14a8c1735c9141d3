"""`tracker feed …`: what is polled, how it goes, and polling at once."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, get_args

import click
import msgspec

from feeds.guard import loggable
from feeds.preview import Preview, the_feed
from tracker.cli.feed_access import access
from tracker.cli.opml import opml
from tracker.cli.session import Out, minute, with_parts
from tracker.collecting import polling_of
from tracker.domain.feed import AddFeed, ChangeFeed, PauseFeed, RemoveFeed, ResumeFeed
from tracker.domain.feed_settings import SETTINGS, Article
from tracker.parts import FeedStanding, Parts

_Command = Callable[..., object]
_OPTIONS = (
    click.option("--title", help="What to call it."),
    click.option("--category", metavar="PATH", help="Under what it is listed, as in News/Europe."),
    click.option("--publisher", help="Whose words its items are."),
    click.option("--reliability", type=click.Choice(list("ABCDEF")), help="Admiralty code."),
    click.option("--language", help="Language tag, where the feed does not say."),
    click.option("--interval", "interval_s", type=click.IntRange(5), metavar="SECONDS",
                 help="Least time between polls."),
    click.option("--most-interval", "most_interval_s", type=click.IntRange(5), metavar="SECONDS",
                 help="Most time between polls, however rarely it has anything new."),
    click.option("--spacing", "spacing_s", type=click.IntRange(0), metavar="SECONDS",
                 help="Least time between two requests to its host."),
    click.option("--article", type=click.Choice(get_args(Article)),
                 help="Whether the pages of its items are fetched too."),
    click.option("--include", multiple=True, metavar="TERM",
                 help="Only items with one of these give drafts."),
    click.option("--exclude", multiple=True, metavar="TERM",
                 help="Items with one of these give none."),
    click.option("--trust", multiple=True, metavar="WHAT=CONFIDENCE",
                 help="Accept without a reviewer: a kind, a rule or *, as in policy-changed=0.9."),
)  # fmt: skip


def _settings(command: _Command) -> _Command:
    """The options for all that can be set for a feed."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    """The settings that stand on the command line; what is not there says nothing."""
    given = {name: value for name, value in fields.items() if value not in (None, ())}
    if "trust" in given:
        parted = [line.rpartition("=") for line in given["trust"]]
        given["trust"] = [{"of": of, "confidence": confidence} for of, _, confidence in parted]
    return given


@click.group()
def feed() -> None:
    """Feeds: test, add, list, show, change, poll, pause, resume, remove; lists of them."""


feed.add_command(access)
feed.add_command(opml)


@feed.command("add")
@click.argument("url")
@_settings
@click.option("--backfill", "backfill_days", type=click.IntRange(0), metavar="DAYS",
              help="How old an item may be to propose drafts on the first poll (2).")  # fmt: skip
@click.option("--unseen", is_flag=True, help="Add the address as it is, without looking first.")
@with_parts
async def add(parts: Parts, out: Out, url: str, unseen: bool, **fields: Any) -> None:
    """Poll a feed from now on; where URL is a page, the feed that it names."""
    parts.guard.check_url(url)
    given = _given(fields)
    if not unseen:
        found = await parts.preview(url)
        if named := the_feed(found):
            url, found = named, await parts.preview(named)
        if found.is_feed:
            given = {"title": found.title, **given}
        else:
            out.say(f"{found.message}. It is added all the same and asked again.")
    command = msgspec.convert({"url": url, **given}, AddFeed)
    done = await parts.executor.execute(command, await parts.operator())
    made = done.events[0].event
    answer = {**msgspec.to_builtins(made), "position": done.position}
    out.answer(answer, lambda: f"Feed {getattr(made, 'feed', '')} is polled from now on: {url}")


@feed.command("test")
@click.argument("url")
@click.option("--backfill", "backfill_days", type=click.IntRange(0), metavar="DAYS",
              help="How old an item may be to propose drafts on the first poll (2).")  # fmt: skip
@with_parts
async def test(parts: Parts, out: Out, url: str, backfill_days: int | None) -> None:
    """Show what a feed would give, and write nothing."""
    found = await parts.preview(url, backfill_days=backfill_days)
    answer = {**msgspec.to_builtins(found), "proposing": found.proposing}
    out.answer(answer, lambda: "\n".join(_previewed(found)))


def _previewed(found: Preview) -> list[str]:
    """A preview for people: the feed, then an item a line with what it would propose."""
    lines = [f"{found.url}", f"    {found.outcome}: {found.message}"]
    if found.is_feed:
        called = [word for word in (found.title, found.language) if word]
        newest = f"newest {minute(found.newest_at)}" if found.newest_at else "no item has a date"
        lines.append(f"    {', '.join([*called, newest])}")
        lines.append(f"    {found.proposing} items would propose drafts on the first poll")
    if found.moved_to:
        lines.append(f"    it lives at {found.moved_to} now")
    for item in found.items:
        date = minute(item.published_at) if item.published_at else "no date"
        kinds = ", ".join(item.drafts) + ("" if item.recent else " (too old for a first poll)")
        lines.append(f"{date:<20}  {item.title or item.excerpt[:60]}")
        if item.drafts:
            lines.append(f"{'':<20}  → {kinds}")
    lines += [f"a feed of this page: {one.url}  {one.title or ''}" for one in found.feeds]
    return lines


@feed.command("list")
@with_parts
async def list_feeds(parts: Parts, out: Out) -> None:
    """List the feeds and how each is."""
    await parts.settle()
    known = await parts.feeds()
    out.answer(known, lambda: _listed(known) or "No feed yet: tracker feed add URL")


def _listed(known: Sequence[FeedStanding]) -> str:
    """The feeds for people, by category: the id to copy, the address, and how it is."""
    by_category: defaultdict[str, list[FeedStanding]] = defaultdict(list)
    for one in known:
        by_category[one.feed.category or ""].append(one)
    lines: list[str] = []
    for category in sorted(by_category):
        lines += [category] if category else []
        for one in by_category[category]:
            lines += [f"{one.feed.feed}  {one.health.level}  {one.feed.title or ''}".rstrip(),
                      f"    {loggable(one.feed.url)}", f"    {_health(one)}"]  # fmt: skip
    return "\n".join(lines)


def _health(one: FeedStanding) -> str:
    return f"{one.health.last} {one.health.next or ''}".rstrip()


@feed.command("show")
@click.argument("feed_id", metavar="FEED")
@with_parts
async def show(parts: Parts, out: Out, feed_id: str) -> None:
    """Show all that is set for a feed, and how it is."""
    await parts.settle()
    one = await parts.feed(feed_id)
    out.answer(one, lambda: "\n".join(_shown(one)))


def _shown(one: FeedStanding) -> list[str]:
    """A feed for people, a setting a line."""
    lines = [f"{one.feed.feed}  {one.feed.status}", f"    {loggable(one.feed.url)}",
             f"    {_health(one)}"]  # fmt: skip
    for name in SETTINGS:
        value = getattr(one.feed, name)
        if value not in (None, ()):
            said = ", ".join(value) if name in ("include", "exclude") else value
            if name == "trust":
                said = ", ".join(f"{t.of} from {t.confidence} on" for t in value)
            lines.append(f"    {name}: {said}")
    if one.access.headers:
        lines.append(f"    sent along: {', '.join(one.access.headers)} (values are not shown)")
    if one.access.proxy:
        lines.append("    fetched through a proxy")
    return lines


@feed.command("change")
@click.argument("feed_id", metavar="FEED")
@_settings
@click.option("--reset", multiple=True, type=click.Choice(SETTINGS), metavar="SETTING",
              help="Leave this to the feed and the program again.")  # fmt: skip
@with_parts
async def change(parts: Parts, out: Out, feed_id: str, **fields: Any) -> None:
    """Set some things for a feed anew; the rest stays."""
    command = msgspec.convert({"feed": feed_id, **_given(fields)}, ChangeFeed)
    done = await parts.executor.execute(command, await parts.operator())
    made = [msgspec.to_builtins(new.event) for new in done.events]
    answer = {**(made[0] if made else {"feed": feed_id}), "position": done.position}
    out.answer(answer, lambda: "Changed." if made else "It is set like that already.")


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
    """Stop polling a feed for good; what it brought stays, its headers and proxy go."""
    await _decide(parts, out, RemoveFeed(feed=feed_id), "removed", "Removed.")
    await parts.ways.table.forget([feed_id])
