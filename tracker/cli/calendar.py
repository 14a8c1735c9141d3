"""`tracker calendar`: what takes effect or ends when."""

from datetime import UTC
from uuid import UUID

import click

from projections.calendars import Boundary, Calendars
from projections.entries import headline
from tracker.cli.session import Out, table, with_parts
from tracker.domain.countries import country_code
from tracker.domain.values import day, ruled
from tracker.parts import Parts


@click.command()
@click.option("--from", "first", metavar="DAY", help="The first day; today if nothing is given.")
@click.option("--to", "last", metavar="DAY", help="The last day.")
@click.option("--country", multiple=True, metavar="CODE", help="Only what concerns this country.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@with_parts
async def calendar(
    parts: Parts,
    out: Out,
    first: str | None,
    last: str | None,
    country: tuple[str, ...],
    limit: int,
) -> None:
    """Show what takes effect or ends when, with the notice that was given."""
    await parts.settle()
    today = parts.clock().astimezone(UTC).date()
    begin = ruled(day, first, "from") if first else None if last else today
    found = await Calendars(parts.views).days(
        today=today,
        first=begin,
        last=ruled(day, last, "to") if last else None,
        countries=[country_code(c) for c in country],
        limit=limit,
    )
    shown = [*found.dated, *found.undated]
    events = await parts.reader.by_ids([UUID(i) for i in {b.event for b in shown}])
    names = await parts.questions.names(
        p for r in events if r.event for p in r.event.facets().parties
    )
    lines = {str(r.id): headline(r, names) for r in events}
    made = table(None, "on", "boundary", "notice", "state", "what")
    for one in shown:
        notice = "" if one.lead_days is None else f"{one.lead_days} days"
        made.add_row(one.on or "?", one.boundary, notice, _state(one), lines.get(one.event, ""))
    in_all = found.dated_in_all + found.undated_in_all
    out.answer(found, lambda: made if shown else "Nothing is in the calendar.")
    if in_all > len(shown):
        out.say(f"{len(shown)} of {in_all} are shown.")


def _state(one: Boundary) -> str:
    if one.status != "standing":
        return one.status
    words = {"reached": one.reached, "overdue": one.overdue, "unconfirmed": one.unconfirmed}
    return ", ".join(word for word, holds in words.items() if holds)
