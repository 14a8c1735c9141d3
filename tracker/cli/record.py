"""`tracker record …`: one subcommand for every kind of fact, made from its fields."""

import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import click
import msgspec

from tracker.cli.session import Out, json_from, with_parts
from tracker.domain.catalog import FACTS, fact_from
from tracker.domain.fact import Fact, RecordFact
from tracker.domain.values import Citation
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


class Field(msgspec.Struct, frozen=True):
    """One field of a fact as an option; `within` is the field that it is nested in."""

    name: str
    option: str
    many: bool
    kind: Any
    within: str | None = None


def fields_of(struct: type[msgspec.Struct], within: str | None = None) -> list[Field]:
    """The options for the fields of a struct; fields of a nested struct stand beside them."""
    hints, found = get_type_hints(struct), list[Field]()
    for name in struct.__struct_fields__:
        hint, many = _bare(hints[name])
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            if hint is not Citation:
                found += fields_of(hint, name)
            continue
        if kind := _kind(hint):
            found.append(Field(name, f"--{name.replace('_', '-')}", many, kind, within))
    return found


def _bare(hint: Any) -> tuple[Any, bool]:
    """The type within optional and tuple, and whether it was a tuple."""
    if get_origin(hint) in (Union, types.UnionType):
        return _bare(next(a for a in get_args(hint) if a is not type(None)))
    if get_origin(hint) is tuple:
        return get_args(hint)[0], True
    return hint, False


def _kind(hint: Any) -> Any:
    if get_origin(hint) is Literal:
        values = get_args(hint)
        return click.INT if isinstance(values[0], int) else click.Choice([str(v) for v in values])
    simple: dict[Any, Any] = {str: click.STRING, int: click.INT, bool: click.BOOL}
    return simple.get(hint)


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
    fields = fields_of(kind)

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
                type=f.kind,
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
