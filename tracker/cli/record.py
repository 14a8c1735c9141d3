"""`tracker record …`: one subcommand for every kind of fact, made from its fields."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import click

from tracker.cli.session import Out, json_from, with_parts
from tracker.domain import forms
from tracker.domain.catalog import FACTS, fact_from
from tracker.domain.fact import Fact, RecordFact
from tracker.domain.values import RULES
from tracker.parts import Parts

_ALSO = {"jurisdiction": "--destination", "nationalities": "--nationality"}
_CITATIONS = "citations"
_HELP = {
    "first_hand": "Why there is no document to cite.",
    "known_since": "When its sources said it, where no cited document is dated.",
    "reliability": "Of the source (Admiralty code).",
    "credibility": "Of the content (Admiralty code), 1 to 6.",
    "note": "For whoever reads it later.",
}
"""The options that every fact has."""


class Field(NamedTuple):
    """One field of a fact as an option; `within` is the field that it is nested in."""

    name: str
    option: str
    many: bool
    type: Any
    within: str | None


def options_for(fields: Iterable[forms.Field], within: str | None = None) -> list[Field]:
    """The options for the fields of a fact; those of a nested value stand beside them."""
    found: list[Field] = []
    for field in fields:
        if field.fields:
            # Several nested values, such as citations, have no place in one row of options.
            if not field.many:
                found += options_for(field.fields, field.name)
        elif kind := _type(field):
            option = f"--{field.name.replace('_', '-')}"
            found.append(Field(field.name, option, field.many, kind, within))
    return found


def _type(field: forms.Field) -> Any:
    """How an option is read; None for a value that one option cannot hold."""
    if field.choices and isinstance(field.choices[0], str):
        return click.Choice([str(choice) for choice in field.choices])
    if field.kind in ("choice", "int"):
        return click.INT
    if field.kind == "bool":
        return click.BOOL
    return click.STRING if field.kind == "str" or field.kind in RULES else None


def body_of(fields: list[Field], options: dict[str, Any]) -> dict[str, Any]:
    """The fact's fields, nested as the fact has them, from the options that were given."""
    body: dict[str, Any] = {}
    for field in fields:
        value = options.get(field.name)
        if value is None or value == ():
            continue
        place = body.setdefault(field.within, {}) if field.within else body
        place[field.name] = list(value) if field.many else value
    return body


def _citations(documents: tuple[str, ...], quotes: tuple[str, ...]) -> list[dict[str, str]]:
    if len(documents) != len(quotes):
        raise click.UsageError("give one --quote for each --document")
    return [{"document": d, "quote": q} for d, q in zip(documents, quotes, strict=True)]


def _subcommand(name: str, kind: type[Fact]) -> click.Command:
    fields = options_for(forms.fields_of(kind))

    @with_parts
    async def run(parts: Parts, out: Out, **options: Any) -> None:
        citations = _citations(options.pop("document"), options.pop("quote"))
        key = options.pop("idempotency_key")
        source = options.pop("from_json")
        body = json_from(source.read()) if source else {}
        body |= body_of(fields, options)
        if citations:
            body[_CITATIONS] = citations
        command = RecordFact(fact=fact_from(name, body))
        done = await parts.executor.execute(command, await parts.operator(), idempotency_key=key)
        recorded = done.events[-1]
        answer = {
            "event": str(recorded.id),
            "position": done.position,
            "type": recorded.event.type,
            "repeated": done.repeated,
        }
        word = "Already recorded" if done.repeated else "Recorded"
        out.answer(answer, lambda: f"{word} {kind.type} {recorded.id} at position {done.position}.")

    made = click.command(name, help=f"Record: {(kind.__doc__ or '').splitlines()[0]}")(run)
    # What the kind says comes first, what every fact and every command has comes last.
    fields = sorted(fields, key=lambda field: field.name in _HELP)
    made.params = [
        *(
            click.Option(
                [f.option, *([_ALSO[f.name]] if f.name in _ALSO else []), f.name],
                type=f.type,
                multiple=f.many,
                help=_HELP.get(f.name),
            )
            for f in fields
        ),
        click.Option(["--document"], multiple=True, metavar="ID", help="A cited document."),
        click.Option(["--quote"], multiple=True, help="Its exact words, one for each document."),
        click.Option(["--idempotency-key"], help="Sent again with this key, nothing is doubled."),
        click.Option(["--from-json"], type=click.File(), help="The fact's fields as JSON (- too)."),
        *made.params,
    ]
    return made


@click.group()
def record() -> None:
    """Record a fact by hand."""


for door, fact in FACTS.items():
    record.add_command(_subcommand(door, fact))
