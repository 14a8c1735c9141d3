"""`tracker status`: where the log, the views and the feeds stand."""

import click

from projections.checkpoints import checkpoints
from tracker.cli.session import Out, table, with_parts
from tracker.parts import Parts


@click.command()
@with_parts
async def status(parts: Parts, out: Out) -> None:
    """Show where the log, the views and the feeds stand."""
    head = await parts.reader.head()
    views = await checkpoints(parts.database)
    schedule = await parts.schedule.state()
    made = table(f"The log is at position {head}.", "view", "position", "behind", "state")
    for view in views:
        behind = str(head - view.position)
        made.add_row(view.name, str(view.position), behind, view.halted or "running")
    answer = {"position": head, "views": views, "feeds": schedule}
    out.answer(answer, lambda: made)
    for feed in schedule:
        out.say(f"feed {feed.feed}: {feed.outcome or 'not polled yet'} {feed.message or ''}")
