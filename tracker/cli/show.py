"""`tracker show …`: the state, at any two times."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import click
import msgspec
from rich.table import Table

from projections.cells import CellAnswer
from projections.entries import headline
from projections.histories import Segment
from projections.questions import Clocks, Sighting, point
from projections.regimes import Cell
from projections.views.documents import Document
from tracker.cli.nouns import NOUNS
from tracker.cli.session import Out, minute, read_by, table, with_parts
from tracker.domain.base import Recorded
from tracker.domain.countries import country_code, country_name
from tracker.domain.erasure import ErasedBy, erased_by
from tracker.domain.values import day
from tracker.parts import Parts


@click.group()
def show() -> None:
    """Show what is on record: entry rules on any day, policies, figures, incidents, parties."""


for noun in NOUNS:
    show.add_command(noun)


def _known_at(text: str) -> str:
    """The text itself, which answers repeat; Refused where it says no point of the log."""
    point(text)
    return text


def _clocks(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--purpose", default="tourism", show_default=True),
        click.option("--passport-type", default="ordinary", show_default=True),
        click.option(
            "--basis",
            type=click.Choice(["recorded", "published"]),
            default="recorded",
            show_default=True,
            help="Whose knowledge: this log's (proved) or the sources' readers' (claimed).",
        ),
        click.option(
            "--known-at",
            metavar="TIME|POSITION",
            callback=read_by(_known_at),
            help="As known then; else now.",
        ),
        click.option(
            "--valid-at",
            metavar="DATE",
            callback=read_by(day),
            help="In force on; else today, there.",
        ),
    ):
        command = option(command)
    return command


async def _asked(
    parts: Parts, destination: str, nationality: str, options: dict[str, Any]
) -> tuple[Cell, Sighting]:
    await parts.settle()
    cell = Cell(destination, nationality, options["passport_type"], options["purpose"])
    on: date | None = options["valid_at"]
    clocks = Clocks(on and on.isoformat(), options["known_at"], options["basis"])
    return cell, await parts.questions.sight(clocks, cell.destination)


@show.command("entry-rule")
@click.argument("destination", callback=read_by(country_code))
@click.argument("nationality", callback=read_by(country_code))
@_clocks
@with_parts
async def entry_rule(
    parts: Parts, out: Out, destination: str, nationality: str, **options: Any
) -> None:
    """What a holder of a passport needs: tracker show entry-rule EC CN."""
    cell, sighting = await _asked(parts, destination, nationality, options)
    found = await parts.questions.cell(cell, sighting)
    cited = await parts.views.select(Document, within={"document": list(found.origins)})
    names = {d.document: d.publisher or d.title or d.url or d.document for d in cited}
    out.answer(found, lambda: described(found, names))


@show.command("history")
@click.argument("destination", callback=read_by(country_code))
@click.argument("nationality", callback=read_by(country_code))
@_clocks
@with_parts
async def history(
    parts: Parts, out: Out, destination: str, nationality: str, **options: Any
) -> None:
    """The regime over all time, as known: tracker show history EC CN."""
    cell, sighting = await _asked(parts, destination, nationality, options)
    found = await parts.questions.history(cell, sighting)
    out.answer(found, lambda: segments_table(cell, found, sighting))


@show.command("event")
@click.argument("event", metavar="EVENT|POSITION")
@with_parts
async def event(parts: Parts, out: Out, event: str) -> None:
    """One event with its envelope; of an erased one, by which event it was erased."""
    recorded = await parts.event(event)
    how = erased_by((await parts.reader.erasures_of([recorded])).get(recorded.id))
    names = await parts.questions.names(recorded.event.facets().parties if recorded.event else ())
    said = {**msgspec.structs.asdict(recorded), "erased_by": how}
    out.answer({"payload": said.pop("event"), **said}, lambda: event_table(recorded, how, names))


def event_table(recorded: Recorded, how: ErasedBy | None, names: dict[str, str]) -> Table:
    """An event for people: the envelope, then the payload field by field."""
    made = table(headline(recorded, names), "", "")
    made.show_header = False
    made.add_row("event", str(recorded.id))
    made.add_row("position", str(recorded.position))
    made.add_row("recorded", minute(recorded.recorded_at))
    made.add_row("by", f"{recorded.actor.user} ({recorded.actor.role})")
    made.add_row("tags", " ".join(recorded.tags))
    if recorded.event is None:
        made.add_row("payload", how.sentence() if how else "deleted, and no event says why")
    for name, value in msgspec.to_builtins(recorded.event or {}).items():
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        made.add_row(name, text)
    return made


def described(answer: CellAnswer, names: Mapping[str, str]) -> Table:
    """The answer for people, one line a fact; `names` says whose an origin's document is."""
    made = table(
        f"{country_name(answer.nationality)} → {country_name(answer.destination)}, in force on"
        f" {answer.valid_at}, as known on {minute(answer.known_at)}"
        f" (basis {answer.basis})",
        "",
        "",
    )
    made.show_header = False
    pending = answer.pending
    observed = answer.observed
    lines: list[tuple[str, object]] = [
        ("regime", answer.regime + (" (approximate)" if answer.approximate else "")),
        ("requires", answer.requires),
        ("implied", answer.implied),
        ("max stay", answer.max_stay_days and f"{answer.max_stay_days} days"),
        ("since", answer.since),
        ("until", answer.until),
        ("announced", answer.announced_on),
        ("pending", pending and f"{pending.to} on {pending.on or 'an unknown date'}"),
        ("last confirmed", answer.last_confirmed_on),
        ("evidence of", answer.stale and f"{answer.last_evidence_on} (over a year before)"),
        ("change", answer.direction and f"{answer.direction}, severity {answer.severity}"),
        ("observed", observed and f"{observed.regime} on {observed.on}"),
        ("disputed", "yes" if answer.disputed else None),
        ("decided by", answer.decided_by and f"{answer.decided_by} at {answer.position}"),
        ("origins", ", ".join(dict.fromkeys(names.get(o, o) for o in answer.origins))),
        ("drafts waiting", answer.drafts_waiting or None),
    ]
    for name, value in lines:
        if value:
            made.add_row(name, str(value))
    return made


def segments_table(cell: Cell, segments: tuple[Segment, ...], sighting: Sighting) -> Table:
    """A timeline for people."""
    made = table(
        f"{country_name(cell.nationality)} → {country_name(cell.destination)}, as known on"
        f" {minute(sighting.known_at)} (basis {sighting.basis})",
        "from",
        "until",
        "regime",
        "max stay",
        "change",
    )
    for segment in segments:
        stay = f"{segment.max_stay_days} days" if segment.max_stay_days else ""
        change = f"{segment.direction}, severity {segment.severity}" if segment.direction else ""
        made.add_row(
            str(segment.start or "…"), str(segment.until or "…"), segment.regime, stay, change
        )
    return made
