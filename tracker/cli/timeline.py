"""`tracker timeline`: what happened, newest first."""

import click

from projections.questions import Entry
from tracker.cli.session import Out, table, with_parts
from tracker.domain.countries import country_code
from tracker.parts import Parts


@click.command()
@click.option("--country", multiple=True, metavar="CODE", help="Only events of this country.")
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Only events of this type.")
@click.option("--before", type=int, help="Only events before this position.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@with_parts
async def timeline(
    parts: Parts,
    out: Out,
    country: tuple[str, ...],
    types: tuple[str, ...],
    before: int | None,
    limit: int,
) -> None:
    """Show the timeline."""
    await parts.settle()
    found = await parts.questions.timeline(
        countries=[country_code(c) for c in country], types=types, before=before, limit=limit
    )
    made = table(None, "position", "when", "type", "what")
    for entry in found:
        made.add_row(
            str(entry.row.position), entry.row.occurred or "", entry.row.type, entry.headline
        )
    nothing = "No event fits." if country or types or before else "Nothing is recorded yet."
    out.answer([line(e) for e in found], lambda: made if found else nothing)


def line(entry: Entry) -> dict[str, object]:
    """One event of the timeline for programs."""
    return {
        "position": entry.row.position,
        "event": entry.row.event,
        "type": entry.row.type,
        "recorded_at": entry.row.recorded_at.isoformat(),
        "occurred": entry.row.occurred,
        "countries": entry.row.countries,
        "headline": entry.headline,
        "payload": entry.recorded.event,
    }
