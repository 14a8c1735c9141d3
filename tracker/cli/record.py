"""`tracker record …`: one subcommand for every kind of fact, made from its fields."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import click

from tracker.cli.session import Out, json_from, with_parts
from tracker.cli.writing import citations_of, key_option, source_options, write
from tracker.domain import forms
from tracker.domain.catalog import FACTS, fact_from
from tracker.domain.fact import Fact, RecordFact
from tracker.domain.values import RULES
from tracker.parts import Parts

_ALSO = {
    "jurisdiction": "--destination",
    "nationalities": "--nationality",
    "countries": "--country",
    "actors": "--actor",
    "victims": "--victim",
}
_BESIDE = {"rule"}
"""Nested values whose fields are called by their own names, as no other field is called so."""
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
    parameter: str
    option: str
    many: bool
    type: Any
    within: str | None


def options_for(fields: Iterable[forms.Field], within: str | None = None) -> list[Field]:
    """The options for the fields of a fact; those of a nested value begin with its name."""
    prefix = f"{within}_" if within and within not in _BESIDE else ""
    found: list[Field] = []
    for field in fields:
        if field.fields:
            # Several nested values, such as citations, have no place in one row of options.
            if not field.many:
                found += options_for(field.fields, field.name)
        elif kind := _type(field):
            name = f"{prefix}{field.name}"
            option = f"--{name.replace('_', '-')}"
            found.append(Field(field.name, name, option, field.many, kind, within))
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
        value = options.get(field.parameter)
        if value is None or value == ():
            continue
        place = body.setdefault(field.within, {}) if field.within else body
        place[field.name] = list(value) if field.many else value
    return body


def _subcommand(name: str, kind: type[Fact]) -> click.Command:
    fields = options_for(forms.fields_of(kind))

    @with_parts
    async def run(parts: Parts, out: Out, **options: Any) -> None:
        citations = citations_of(options)
        key = options.pop("idempotency_key")
        source = options.pop("from_json")
        body = json_from(source.read()) if source else {}
        body |= body_of(fields, options)
        if citations:
            body["citations"] = citations
        await write(parts, out, RecordFact(fact=fact_from(name, body)), key)

    made = click.command(name, help=f"Record: {(kind.__doc__ or '').splitlines()[0]}")(run)
    # What the kind says comes first, what every fact and every command has comes last.
    fields = sorted(fields, key=lambda field: field.name in _HELP)
    made.params = [
        *(
            click.Option(
                [f.option, *([_ALSO[f.name]] if f.name in _ALSO else []), f.parameter],
                type=f.type,
                multiple=f.many,
                help=_HELP.get(f.name),
            )
            for f in fields
        ),
        *source_options(),
        key_option(),
        click.Option(["--from-json"], type=click.File(), help="The fact's fields as JSON (- too)."),
        *made.params,
    ]
    return made


@click.group()
def record() -> None:
    """Record a fact by hand."""


for door, fact in FACTS.items():
    record.add_command(_subcommand(door, fact))
