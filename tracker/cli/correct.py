"""`tracker correct`, `retract` and `corroborate`: what may be said of a known fact later."""

from collections.abc import Sequence
from typing import Any, cast

import click
import msgspec

from tracker.cli.session import Out, json_from, with_parts
from tracker.cli.writing import (
    citations_of,
    key_option,
    reason_of,
    reason_options,
    source_options,
    write,
)
from tracker.domain import forms
from tracker.domain.correcting import CorroborateFact, RetractFact, correction
from tracker.domain.correction import FactCorroborated
from tracker.domain.errors import Refused
from tracker.domain.fact import Fact
from tracker.domain.standing import standing
from tracker.domain.values import Citation
from tracker.parts import Parts

_EVENT = "EVENT|POSITION"


@click.command()
@click.argument("event", metavar=_EVENT)
@with_parts
async def correct(parts: Parts, out: Out, event: str, **options: Any) -> None:
    """Say a fact again rightly: whole, or only what changes.

    --set takes a field and its value, with dots into nested fields (--set rule.regime=e-visa),
    commas between several values, JSON for anything else, and nothing to take a field away.
    """
    citations, reason = citations_of(options), reason_of(options)
    source, settings = options["from_json"], options["settings"]
    target = await parts.event(event)
    past = await parts.later(target)
    now = standing(target, past).fact
    whole = json_from(source.read()) if source else None
    changes = changes_of(type(now), settings)
    if citations:
        cited = changes.get("citations") or (whole or msgspec.to_builtins(now)).get("citations")
        changes["citations"] = [*(cited or ()), *citations]
    command = correction(target, past, reason, fact=whole, changes=changes, seen=options["seen"])
    await write(parts, out, command, options["idempotency_key"])


@click.command()
@click.argument("event", metavar=_EVENT)
@with_parts
async def retract(parts: Parts, out: Out, event: str, **options: Any) -> None:
    """Withdraw a fact: from now on it does not count."""
    citations, reason = _cited(citations_of(options)), reason_of(options)
    command = RetractFact(
        target=await parts.event(event),
        reason=reason,
        citations=citations,
        known_since=options["known_since"],
    )
    await write(parts, out, command, options["idempotency_key"])


@click.command()
@click.argument("event", metavar=_EVENT)
@with_parts
async def corroborate(parts: Parts, out: Out, event: str, **options: Any) -> None:
    """Give a fact a further source."""
    citations, key = _cited(citations_of(options)), options.pop("idempotency_key")
    target = await parts.event(event)
    source = FactCorroborated(target=str(target.id), citations=citations, **options)
    await write(parts, out, CorroborateFact(target=target, source=source), key)


def _cited(citations: list[dict[str, str]]) -> tuple[Citation, ...]:
    return msgspec.convert(citations, tuple[Citation, ...])


def changes_of(kind: type[Fact], settings: Sequence[str]) -> dict[str, Any]:
    """The patch that settings such as `rule.regime=e-visa` make of a kind of fact."""
    changes: dict[str, Any] = {}
    for setting in settings:
        named, given, text = setting.partition("=")
        if not given:
            raise click.UsageError(f"write --set field=value, not {setting!r}")
        path = named.strip().replace("-", "_")
        *above, name = path.split(".")
        place = changes
        for step in above:
            place = cast("dict[str, Any]", place.setdefault(step, {}))
        place[name] = _value(_field(kind, path), text.strip(), path)
    return changes


def _field(kind: type[Fact], path: str) -> forms.Field:
    fields, found = forms.fields_of(kind), None
    for step in path.split("."):
        found = next((f for f in fields if f.name == step), None)
        if found is None:
            raise Refused(f"{path}: unknown field", field=path)
        # Of several nested values none can be named here.
        fields = () if found.many else found.fields
    assert found is not None
    return found


def _value(field: forms.Field, text: str, path: str) -> Any:
    if not text:
        return None
    texts = not field.fields and field.kind not in ("int", "bool")
    texts = texts and not any(isinstance(choice, int) for choice in field.choices)
    if texts and not field.many:
        return text
    if texts and not text.startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as wrong:
        raise Refused(f"{path}: {text!r} is no JSON: {wrong}", field=path) from None


_KNOWN_SINCE = click.Option(
    ["--known-since"], metavar="TIME", help="When the source said so, where no document is dated."
)
correct.params += [
    click.Option(["--set", "settings"], multiple=True, metavar="FIELD=VALUE"),
    click.Option(["--from-json"], type=click.File(), help="All fields of the fact as JSON (- too)."),
    *source_options(),
    *reason_options(),
    click.Option(["--seen"], type=click.INT, metavar="POSITION",
                 help="The latest correction that you have read; none for a first."),
    key_option(),
]  # fmt: skip
retract.params += [*source_options(), *reason_options(), _KNOWN_SINCE, key_option()]
corroborate.params += [
    *source_options(),
    click.Option(["--first-hand"], help="Why there is no document to cite."),
    _KNOWN_SINCE,
    click.Option(["--reliability"], type=click.Choice(list("ABCDEF")), help="Of the source."),
    click.Option(["--credibility"], type=click.IntRange(1, 6), help="Of the content."),
    click.Option(["--note"], help="For whoever reads it later."),
    key_option(),
]
