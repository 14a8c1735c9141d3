"""`tracker conflicts`: what disagrees with what, and how it was settled."""

from typing import get_args

import click

from projections.docket import Conflict, Kind
from tracker.cli.session import Out, table, with_parts
from tracker.domain.countries import country_code
from tracker.parts import Parts


@click.command()
@click.option(
    "--status",
    type=click.Choice(["open", "resolved", "all"]),
    default="open",
    show_default=True,
)
@click.option("--kind", type=click.Choice(get_args(Kind)), help="Only conflicts of this kind.")
@click.option("--country", metavar="CODE", help="Only conflicts about this country.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@with_parts
async def conflicts(
    parts: Parts, out: Out, status: str, kind: str | None, country: str | None, limit: int
) -> None:
    """Show disagreements between facts, the latest opened first."""
    await parts.settle()
    asked = {"status": None if status == "all" else status, "kind": kind}
    rows, facts = await parts.questions.nouns.conflicts(
        equal={name: value for name, value in asked.items() if value},
        overlap={"countries": [country_code(country)]} if country else None,
        limit=limit,
    )
    nothing = "Nothing disagrees." if status == "open" else "No conflict fits."
    answer = [{"conflict": row, "facts": facts[row.conflict]} for row in rows]
    out.answer(answer, lambda: _described(rows) if rows else nothing)


def _described(rows: list[Conflict]) -> object:
    made = table(None, "opened", "kind", "about", "reason", "facts", "status")
    for row in rows:
        ended = f"resolved at {row.resolved_at}: {row.resolution}"
        made.add_row(
            str(row.opened_at),
            row.kind,
            row.subject,
            row.reason,
            " ".join(row.facts),
            "open" if row.status == "open" else ended,
        )
    return made
