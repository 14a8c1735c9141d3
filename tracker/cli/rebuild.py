"""`tracker rebuild VIEW`: throw a view away and fold it again; nothing is sent."""

import click

from projections import VIEWS
from tracker.cli.session import Out, with_parts
from tracker.parts import Parts


@click.command()
@click.argument("names", metavar="[VIEW]...", nargs=-1)
@with_parts
async def rebuild(parts: Parts, out: Out, names: tuple[str, ...]) -> None:
    """Fold views again from the first event, beside the live ones; all of them by default."""
    done: dict[str, int] = {}
    for name in names or [view.name for view in VIEWS]:
        done[name] = await parts.runner.rebuild(name)
        out.say(f"{name}: folded to position {done[name]}")
    out.answer(done, lambda: None)
