"""`tracker status`: where the log, the views and the feeds stand."""

import click

from projections.progress import Progress, owner, progress
from tracker.cli.session import Out, table, with_parts
from tracker.parts import Parts

_COLUMNS = ("view", "position", "behind", "seconds", "batch", "folds/s", "dead letters", "state")


@click.command()
@with_parts
async def status(parts: Parts, out: Out) -> None:
    """Show where the log, the views and the feeds stand."""
    head = await parts.reader.head()
    views = await progress(parts.database)
    schedule = await parts.schedule.state()
    folded_by = await owner(parts.database)
    made = table(f"The log is at position {head}.", *_COLUMNS)
    for view in views:
        made.add_row(*_cells(view))
    answer = {"position": head, "views": views, "folded_by": folded_by, "feeds": schedule}
    out.answer(answer, lambda: made)
    out.say(f"views are folded by {folded_by or 'nobody now: whoever needs them folds them'}")
    for feed in schedule:
        out.say(f"feed {feed.feed}: {feed.outcome or 'not polled yet'} {feed.message or ''}")


def _cells(view: Progress) -> list[str]:
    state = view.halted or ("running" if not view.dead_letters else "running without some events")
    figures = (view.position, view.lag, round(view.lag_s), view.batch, round(view.folds_per_s))
    return [view.view, *(str(figure) for figure in figures), str(view.dead_letters), state]
