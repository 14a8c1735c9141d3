"""`tracker timeline`: what happened, newest first."""

from typing import Literal

import click

from projections.entries import Entry
from projections.timelines import Page, Wanted
from tracker.cli.session import Out, table, with_parts
from tracker.domain.countries import country_code
from tracker.domain.values import day, nationality, ruled
from tracker.parts import Parts


@click.command()
@click.option("--search", "text", metavar="WORDS", help="Only events with all of these words.")
@click.option("--country", multiple=True, metavar="CODE", help="Only events of this country.")
@click.option(
    "--corridor",
    type=click.Choice(["any", "all"]),
    default="any",
    show_default=True,
    help="Of several countries: at least one, or at least two of them.",
)
@click.option("--nationality", "who", multiple=True, metavar="CODE")
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Only events of this type.")
@click.option("--metric", multiple=True, metavar="METRIC", help="Only figures of this metric.")
@click.option("--from", "first", metavar="DAY", help="What happened on this day or later.")
@click.option("--to", "last", metavar="DAY", help="What happened on this day or earlier.")
@click.option("--before", type=int, help="Only events before this position.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@with_parts
async def timeline(
    parts: Parts,
    out: Out,
    text: str | None,
    country: tuple[str, ...],
    corridor: Literal["any", "all"],
    who: tuple[str, ...],
    types: tuple[str, ...],
    metric: tuple[str, ...],
    first: str | None,
    last: str | None,
    before: int | None,
    limit: int,
) -> None:
    """Show the timeline."""
    await parts.settle()
    wanted = Wanted(
        text=text,
        countries=tuple(country_code(c) for c in country),
        corridor=corridor,
        nationalities=tuple(nationality(n) for n in who),
        types=types,
        metrics=metric,
        occurred_from=ruled(day, first, "from") if first else None,
        occurred_to=ruled(day, last, "to") if last else None,
    )
    found = await parts.questions.timelines.entries(wanted, Page(before=before, limit=limit))
    made = table(None, "position", "when", "type", "what")
    for entry in found:
        quotes = "".join(f"\n  “{quote}”" for quote in entry.quotes)
        mark = "" if entry.row.status == "recorded" else f" [{entry.row.status}]"
        made.add_row(
            str(entry.row.position),
            entry.row.occurred or "",
            entry.row.type,
            f"{entry.headline}{mark}{quotes}",
        )
    nothing = "No event fits." if wanted != Wanted() or before else "Nothing is recorded yet."
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
        "status": entry.row.status,
        "changed_by": entry.row.changed_by,
        "corroborations": len(entry.row.corroborated_by),
        "quotes": entry.quotes,
    }
