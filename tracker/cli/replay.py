"""`tracker replay`: the history event by event, with the state before and after each."""

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from projections import VIEWS
from projections.entries import headline
from projections.questions import point
from projections.replay import Altered, Replay, Step, differing
from projections.views.parties import Party
from tracker.cli.session import Out, minute, read_by, with_parts
from tracker.clock import system_clock
from tracker.domain.base import EVERYTHING, Recorded, tagged
from tracker.domain.countries import country_name
from tracker.domain.values import day
from tracker.parts import Parts

_PAGE = 500


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of the history, and how it is shown."""

    until: int | datetime | None
    tags: frozenset[str]
    stepping: bool
    as_json: bool

    def is_over(self, recorded: Recorded) -> bool:
        """Whether the event comes after the part that was asked for."""
        if isinstance(self.until, datetime):
            return recorded.recorded_at > self.until
        return self.until is not None and recorded.position > self.until


@click.command("replay")
@click.option("--until", metavar="TIME|POSITION", callback=read_by(point),
              help="The last event; else the last there is.")  # fmt: skip
@click.option("--tag", "tags", multiple=True,
              help="Only events with this tag (rule:EC, policy:…, type:…); may be repeated.")  # fmt: skip
@click.option(
    "--step", "stepping", is_flag=True, help="One event at a time: Enter goes on, q ends."
)
@click.option("--valid-at", metavar="DATE", callback=read_by(day),
              help="The day that answers are for; else today, UTC.")  # fmt: skip
@click.option("--bundle", type=click.Path(path_type=Path), metavar="FILE.zip",
              help="Read a bundle instead of the log; without a database.")  # fmt: skip
@click.option("--data", metavar="DIR", help="Data folder of the embedded database.")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each event.")
def replay(
    until: int | datetime | None,
    tags: tuple[str, ...],
    stepping: bool,
    valid_at: date | None,
    bundle: Path | None,
    data: str | None,
    as_json: bool,
) -> None:
    """Walk the history: each event, and what it changed.

    The state begins empty before the first event that is shown.
    """
    asked = Asked(until=until, tags=frozenset(tags), stepping=stepping, as_json=as_json)
    on = valid_at or system_clock().astimezone(UTC).date()
    if bundle is not None:
        _from_bundle(bundle, asked, on)
    else:
        _from_log(data=data, as_json=as_json, asked=asked, on=on)


@with_parts
async def _from_log(parts: Parts, out: Out, asked: Asked, on: date) -> None:
    walk = _Walk(asked, Replay(VIEWS, on), lambda _: "erased")
    query, after = tagged(*asked.tags) if asked.tags else EVERYTHING, 0
    while page := await parts.reader.read(query, after=after, limit=_PAGE):
        names = await parts.questions.names(p for recorded in page for p in _parties(recorded))
        for recorded in page:
            if not walk.show(recorded, names):
                return
        after = page[-1].position
    walk.end()


def _from_bundle(path: Path, asked: Asked, on: date) -> None:
    # Only a bundle needs the zip and the scratch file; other commands start without.
    from projections.refold import events
    from tracker.proof.dumped import contents

    click.echo("The bundle is read as it is; `tracker verify` checks it.", err=True)
    with contents(path) as bundle:
        manifest, state = bundle.manifest, Replay(VIEWS, on)
        walk = _Walk(
            asked, state,
            lambda r: "erased" if not manifest.tags and r.position <= manifest.until
            else "not in this bundle",
        )  # fmt: skip
        for recorded in events(bundle, bundle.size):
            if asked.tags and asked.tags.isdisjoint(recorded.tags):
                continue
            known = [row for p in _parties(recorded) for row in state.find(Party, "party", p)]
            if not walk.show(recorded, {row.party: row.name for row in known}):
                return
        walk.end()


def _parties(recorded: Recorded) -> tuple[str, ...]:
    return recorded.event.facets().parties if recorded.event else ()


class _Walk:
    """Shows one step after the other."""

    def __init__(self, asked: Asked, state: Replay, missing: Callable[[Recorded], str]) -> None:
        self._asked = asked
        self._state = state
        self._missing = missing
        self._shown = 0

    def show(self, recorded: Recorded, names: Mapping[str, str]) -> bool:
        """Show what an event changed; whether to go on after it."""
        if self._asked.is_over(recorded):
            self.end()
            return False
        if self._shown and self._asked.stepping and not _goes_on():
            return False
        step = self._state.step(recorded)
        self._shown += 1
        title = headline(recorded, dict(names))
        gone = self._missing(recorded) if recorded.event is None else None
        if gone:
            title = f"{recorded.type} ({gone})"
        if self._asked.as_json:
            click.echo(msgspec.json.encode(line(step, title, gone)))
        else:
            click.echo("\n".join(told(step, title)))
        return True

    def end(self) -> None:
        """Say so where nothing was shown."""
        if not self._shown:
            click.echo("No event fits.", err=True)


def _goes_on() -> bool:
    click.echo("Enter: next, q: end ", err=True, nl=False)
    typed = sys.stdin.readline()
    return typed != "" and typed.strip().lower() != "q"


def told(step: Step, title: str) -> list[str]:
    """A step for people: a line about the event, then what it changed."""
    one = step.recorded
    lines = [f"{one.position}  {minute(one.recorded_at)}  {one.type}  {title}"]
    for answered in step.answers:
        at = answered.after
        who = f"{country_name(at.nationality)} → {country_name(at.destination)}"
        lines.append(f"    answer for {who} on {at.valid_at}")
        lines += _differences(answered.before, answered.after)
    for change in step.changes:
        key = ", ".join(f"{n}={_text(v)}" for n, v in _key(change).items())
        word = "new" if change.before is None else "gone" if change.after is None else "changed"
        lines.append(f"    {change.view}: {change.row.table} ({key}) {word}")
        if change.after is not None:
            lines += _differences(change.before, change.after)
    lines += [f"    {view}: its fold cannot take this event" for view in step.failed]
    return lines


def _differences(before: msgspec.Struct | None, after: msgspec.Struct) -> list[str]:
    return [
        f"        {name}: {_text(old)} → {_text(new)}"
        if before
        else f"        {name}: {_text(new)}"
        for name, old, new in differing(before, after)
    ]


def line(step: Step, title: str, gone: str | None) -> dict[str, Any]:
    """A step for programs: rows as they were and as they became, null where there is none."""
    one = step.recorded
    return {
        "position": one.position,
        "event": one.id,
        "type": one.type,
        "recorded_at": one.recorded_at,
        "headline": title,
        "missing": gone,
        "changes": [
            {
                "view": change.view,
                "table": change.row.table,
                "key": _key(change),
                "before": change.before,
                "after": change.after,
            }
            for change in step.changes
        ],
        "answers": step.answers,
        "failed": step.failed,
    }


def _key(change: Altered) -> dict[str, Any]:
    return dict(zip(change.row.key, change.key, strict=True))


def _text(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return minute(value)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode().strip('"')
