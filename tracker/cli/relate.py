"""`tracker relate` and `tracker resolve`: what two facts are to each other, and how it ended."""

from collections.abc import Callable
from typing import Any, get_args

import click

from tracker.cli.session import Out, with_parts
from tracker.cli.writing import key_option, write
from tracker.domain.relation import AssertRelation, RelationKind, ResolveRelation
from tracker.parts import Parts


@click.command()
@click.argument("a")
@click.argument("b")
@with_parts
async def relate(parts: Parts, out: Out, **options: Any) -> None:
    """Say what A is to B, two facts (by id or position) or two incidents (by id)."""
    await _write(parts, out, AssertRelation, options)


@click.command()
@click.argument("a")
@click.argument("b")
@with_parts
async def resolve(parts: Parts, out: Out, **options: Any) -> None:
    """Settle a disagreement, or take back what was said of two facts."""
    await _write(parts, out, ResolveRelation, options)


async def _write(
    parts: Parts,
    out: Out,
    command: Callable[..., AssertRelation | ResolveRelation],
    options: dict[str, Any],
) -> None:
    key = options.pop("idempotency_key")
    a, b = [await _id(parts, options.pop(name)) for name in ("a", "b")]
    named = await parts.events_of(a, b)
    await write(parts, out, command(a=a, b=b, named=named, **options), key)


async def _id(parts: Parts, text: str) -> str:
    """The id of an event that was named by its position; an id is taken as it is."""
    return str((await parts.event(text)).id) if text.isdecimal() else text


for one in (relate, resolve):
    one.params += [
        click.Option(["--kind"], type=click.Choice(get_args(RelationKind)), required=True),
        click.Option(["--reason"], required=True, metavar="TEXT"),
        key_option(),
    ]
