"""`tracker status`: where the log, the views and the feeds stand."""

import click

from projections.progress import Progress, owner, progress
from tracker.cli.session import Out, minute, table, with_parts
from tracker.parts import Parts
from tracker.tables.hosts import Polls, polls
from tracker.tables.schedule import FeedSchedule

_COLUMNS = ("view", "position", "behind", "seconds", "batch", "folds/s", "dead letters", "state")
_SHOWN = 20


@click.command()
@with_parts
async def status(parts: Parts, out: Out) -> None:
    """Show where the log, the views and the feeds stand."""
    head = await parts.reader.head()
    views = await progress(parts.database)
    schedule = await parts.schedule.state()
    polled = await polls(parts.database, parts.clock())
    folded_by = await owner(parts.database)
    made = table(f"The log is at position {head}.", *_COLUMNS)
    for view in views:
        made.add_row(*_cells(view))
    answer = {
        "position": head, "views": views, "folded_by": folded_by, "feeds": schedule,
        "polls": polled,
    }  # fmt: skip
    out.answer(answer, lambda: made)
    out.say(f"views are folded by {folded_by or 'nobody now: whoever needs them folds them'}")
    if polled.feeds:
        out.say(_summary(polled))
    amiss = [feed for feed in schedule if feed.failures or feed.quiet]
    for feed in amiss[:_SHOWN]:
        out.say(_described(feed))
    if len(amiss) > _SHOWN:
        out.say(f"and {len(amiss) - _SHOWN} more feeds that fail or are quiet: tracker feed list")


def _summary(polled: Polls) -> str:
    """How the feeds do, and how politely they are polled."""
    return (
        f"{polled.feeds} feeds: {polled.failing} fail, {polled.quiet} are quiet for far longer than"
        f" ever, {polled.overdue} are due; {polled.requests} requests to {polled.hosts} hosts so far,"
        f" {polled.unchanged_share:.0%} answered with 304, {polled.bytes} bytes,"
        f" {polled.waits} waits that a server asked for"
    )


def _described(feed: FeedSchedule) -> str:
    """A feed that is not well, and when it is asked next."""
    last = feed.last_new_at.date() if feed.last_new_at else "never"
    amiss = f"{feed.outcome}: {feed.message}" if feed.failures else f"quiet: nothing since {last}"
    return f"feed {feed.feed}: {amiss}; next {minute(feed.next_at)} because {feed.reason}"


def _cells(view: Progress) -> list[str]:
    state = view.halted or ("running" if not view.dead_letters else "running without some events")
    figures = (view.position, view.lag, round(view.lag_s), view.batch, round(view.folds_per_s))
    return [view.view, *(str(figure) for figure in figures), str(view.dead_letters), state]
