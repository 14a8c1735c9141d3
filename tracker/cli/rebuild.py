"""`tracker rebuild VIEW`: throw a view away and fold it again; nothing is sent."""

import contextlib
import sys
import time
from collections.abc import Callable, Generator
from typing import Literal

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from projections import VIEWS
from projections.batch import FoldFailed
from projections.comparing import Compared
from tracker.cli.session import Out, with_parts
from tracker.domain.errors import Disproved, Refused
from tracker.parts import Parts

Way = Literal["rebuild", "check", "rollback", "forget"]
_LINE_EVERY_S = 5.0


@click.command()
@click.argument("names", metavar="[VIEW]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All views, as without any name.")
@click.option("--check", "way", flag_value="check", help="Only compare with the log.")
@click.option("--rollback", "way", flag_value="rollback", help="Go back to before the last one.")
@click.option("--forget", "way", flag_value="forget", help="Drop what is kept for going back.")
@with_parts
async def rebuild(
    parts: Parts, out: Out, names: tuple[str, ...], everything: bool, way: Way | None
) -> None:
    """Fold views again from the first event, beside the live ones; all of them by default.

    Readers have the old rows until the new ones are complete. An interrupted rebuild leaves
    nothing behind; the next one begins afresh.
    """
    if everything and names:
        raise Refused("--all: names views as well; give one or the other", field="all")
    if way == "rollback" and not names:
        raise Refused("--rollback: name the views that are to go back", field="view")
    chosen = list(dict.fromkeys(names)) or [view.name for view in VIEWS]
    work = {"check": _check, "rollback": _roll_back, "forget": _forget}.get(way or "", _rebuild)
    await work(parts, out, chosen)


async def _rebuild(parts: Parts, out: Out, names: list[str]) -> None:
    with _shown(out, "folding") as told:
        made = await parts.runner.rebuilder.rebuild(names, told)
    failed = [outcome for outcome in made.values() if isinstance(outcome, FoldFailed)]
    for name, outcome in made.items():
        if isinstance(outcome, FoldFailed):
            out.say(f"{name}: stays as it was, {outcome.line}")
        else:
            said = f"{outcome.rows} rows, state {outcome.state_hash[:16]}"
            out.say(f"{name}: folded to position {outcome.position}, {said}")
    done = {n: o for n, o in made.items() if not isinstance(o, FoldFailed)}
    out.answer(done, lambda: None)
    if failed:
        raise Disproved(f"views that could not be folded: {', '.join(made.keys() - done.keys())}")


async def _check(parts: Parts, out: Out, names: list[str]) -> None:
    found: list[Compared] = []
    for name in names:
        with _shown(out, f"checking {name}") as told:
            one = await parts.runner.rebuilder.compare(name, told)
        found.append(one)
        out.say(_sentence(one))
    out.answer(found, lambda: None)
    if differing := [one.view for one in found if not one.same]:
        raise Disproved(f"differing from the log: {', '.join(differing)}; rebuild them")


def _sentence(found: Compared) -> str:
    if found.same:
        same = f"{found.rows} rows, state {found.stored_hash[:16]}"
        return f"{found.view}: is what the log gives at position {found.position} ({same})"
    return (
        f"{found.view}: differs from what the log gives at position {found.position},"
        f" in {', '.join(found.differing)}"
    )


async def _roll_back(parts: Parts, out: Out, names: list[str]) -> None:
    done: dict[str, int] = {}
    for name in names:
        back = await parts.runner.rebuilder.roll_back(name)
        done[name] = back.position
        out.say(f"{name}: back to what it was, version {back.version}, position {back.position}")
    out.answer(done, lambda: None)


async def _forget(parts: Parts, out: Out, names: list[str]) -> None:
    rebuilder = parts.runner.rebuilder
    await rebuilder.drop_kept([rebuilder.known(name) for name in names])
    out.say(f"nothing is kept any more of {', '.join(names)}")
    out.answer({"forgotten": names}, lambda: None)


@contextlib.contextmanager
def _shown(out: Out, what: str) -> Generator[Callable[[int, int], None]]:
    """How far it is, on standard error: a bar in a terminal, else a line now and then."""
    if out.as_json or not sys.stderr.isatty():
        yield _lines(out, what)
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task, started = bar.add_task(what, total=None, rate=""), time.monotonic()

        def told(position: int, head: int) -> None:
            rate = position / max(time.monotonic() - started, 1e-9)
            bar.update(task, completed=position, total=head, rate=f"{rate:,.0f} events/s")

        yield told


def _lines(out: Out, what: str) -> Callable[[int, int], None]:
    started = last = time.monotonic()

    def told(position: int, head: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _LINE_EVERY_S and not out.as_json:
            last, rate = now, position / (now - started)
            left = (head - position) / rate
            line = f"{what}: {position} of {head}, {rate:.0f} events/s, {left:.0f} s left"
            click.echo(line, err=True)

    return told
