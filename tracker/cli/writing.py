"""What every command that writes a decision shares: its sources, its key, and what it answers."""

from typing import Any, get_args

import click

from tracker.cli.session import Out
from tracker.domain.base import Command
from tracker.domain.correction import Reason, ReasonCode
from tracker.parts import Parts


def source_options() -> list[click.Option]:
    """The options that cite documents."""
    return [
        click.Option(["--document"], multiple=True, metavar="ID", help="A cited document."),
        click.Option(["--quote"], multiple=True, help="Its exact words, one for each document."),
    ]


def key_option() -> click.Option:
    """The option that makes it safe to run a command again."""
    return click.Option(["--idempotency-key"], help="Sent again with this key, nothing is doubled.")


def reason_options() -> list[click.Option]:
    """The options that say why a fact is not left as it was."""
    codes = click.Choice(get_args(ReasonCode))
    return [
        click.Option(["--reason-code"], type=codes, required=True, help="Why, in a word."),
        click.Option(["--reason"], required=True, metavar="TEXT", help="Why, in a sentence."),
    ]


def citations_of(options: dict[str, Any]) -> list[dict[str, str]]:
    """The citations that the options make; they are taken out of the options."""
    documents, quotes = options.pop("document"), options.pop("quote")
    if len(documents) != len(quotes):
        raise click.UsageError("give one --quote for each --document")
    return [{"document": d, "quote": q} for d, q in zip(documents, quotes, strict=True)]


def reason_of(options: dict[str, Any]) -> Reason:
    """The reason that the options make; they are taken out of the options."""
    return Reason(code=options.pop("reason_code"), text=options.pop("reason"))


async def write(parts: Parts, out: Out, command: Command, key: str | None) -> None:
    """Carry a command out for whoever sits here, and say what came of it."""
    done = await parts.executor.execute(command, await parts.operator(), idempotency_key=key)
    recorded = done.events[-1]
    answer = {
        "event": str(recorded.id),
        "position": done.position,
        "type": recorded.event.type,
        "repeated": done.repeated,
    }
    word = "Already recorded" if done.repeated else "Recorded"
    said = f"{word} {recorded.event.type} {recorded.id} at position {done.position}."
    out.answer(answer, lambda: said)
