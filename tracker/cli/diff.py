"""`tracker diff`: what changed between two states of knowledge."""

import click
from rich.console import Group

from projections.diff import RuleDiff
from projections.differences import About, Differences, knowledge
from tracker.cli.session import Out, table, with_parts
from tracker.cli.timeline import line
from tracker.domain.countries import country_code
from tracker.domain.values import day, nationality, regime_words, ruled
from tracker.parts import Parts


@click.command()
@click.argument("known_from")
@click.argument("known_to", required=False)
@click.option("--destination", metavar="CODE", help="Only the rules of this country.")
@click.option("--nationality", "who", metavar="CODE", help="Only the rules for these people.")
@click.option("--country", metavar="CODE", help="Only what concerns this country.")
@click.option("--valid-from", metavar="DAY", help="Only answers for days from this one on.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@with_parts
async def diff(
    parts: Parts,
    out: Out,
    known_from: str,
    known_to: str | None,
    destination: str | None,
    who: str | None,
    country: str | None,
    valid_from: str | None,
    limit: int,
) -> None:
    """Show what the log knew at KNOWN_TO (now) and not yet at KNOWN_FROM.

    Each is a day, a time or a position of the log.
    """
    await parts.settle()
    asked = {"known-from": known_from, "known-to": known_to}
    between, _ = await knowledge(parts.questions, asked)
    about = About(
        destination=country_code(destination) if destination else None,
        nationality=nationality(who) if who else None,
        country=country_code(country) if country else None,
    )
    floor = ruled(day, valid_from, "valid-from") if valid_from else None
    differences = Differences(parts.questions.timelines, parts.views)
    rules = await differences.rules(between, about, floor=floor, after=None, limit=limit)
    happened = await differences.happened(between, about)
    events = await differences.events(between, about, before=None, limit=limit)
    answer = {
        "basis": "recorded",
        "known_from_position": between.before,
        "known_to_position": between.after,
        "rules": rules,
        "happened": happened,
        "events": [line(e) for e in events],
    }
    told = [*map(_told, rules.rules)]
    if rules.keys < rules.keys_in_all:
        told.append(f"… of {rules.keys_in_all} touched keys the first {rules.keys} were looked at")
    made = table(None, "position", "type", "what")
    for entry in events:
        made.add_row(str(entry.row.position), entry.row.type, entry.headline)
    number = sum(h.number for h in happened)
    if number > len(events):
        told.append(f"Of {number} events the newest {len(events)} are shown.")
    out.answer(answer, lambda: Group(*told, made) if events or told else "Nothing changed.")


def _told(one: RuleDiff) -> str:
    since = "on all days" if one.on.year == 1 else f"from {one.on}"
    first = " (nothing was known before)" if one.first_knowledge else ""
    return (
        f"{one.destination} × {one.nationality}: {regime_words(one.before)} → "
        f"{regime_words(one.after)} {since}{first}"
    )
