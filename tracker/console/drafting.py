"""The form of a proposed fact: made from the fields of its type, and read back as that type."""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Literal

import msgspec

from tracker.domain import forms
from tracker.domain.catalog import fact_type
from tracker.domain.errors import Refused

Shape = Literal["text", "long", "number", "choice", "list"]
# Set by their own means: citations by the spans, the others by whoever records by hand.
_NOT_ASKED = {"citations", "first_hand", "known_since", "reliability", "credibility"}
_LONG = {"text", "note", "title"}


class Field(msgspec.Struct, frozen=True):
    """One field of the form; the path leads into nested parts with dots."""

    path: str
    label: str
    value: str
    shape: Shape
    choices: tuple[str, ...] = ()
    stands_for: tuple[Any, ...] = ()
    """The value behind each choice."""
    required: bool = False
    suggests_countries: bool = False


def form_of(type_name: str, proposed: Mapping[str, Any]) -> list[Field]:
    """The fields of a kind of fact with what is proposed for them, filled ones first."""
    asked = [f for f in forms.fields_of(fact_type(type_name)) if f.name not in _NOT_ASKED]
    fields = list(_filled(asked, proposed, ""))
    return sorted(fields, key=lambda f: not (f.value or f.required))


def _filled(
    fields: Iterable[forms.Field], values: Mapping[str, Any], prefix: str
) -> Iterator[Field]:
    for field in fields:
        path = f"{prefix}{field.name}"
        if field.fields:
            # Several nested values, such as the legs of a route, have no row of their own.
            if not field.many:
                yield from _filled(field.fields, values.get(field.name) or {}, f"{path}.")
            continue
        values_of = (True, False) if field.kind == "bool" else field.choices
        yield Field(
            path=path,
            label=path.replace("_", " ").replace(".", ": "),
            value=_shown(values.get(field.name)),
            shape=_shape(field),
            choices=tuple(_shown(value) for value in values_of),
            stands_for=values_of,
            required=field.required and not prefix,
            suggests_countries=field.kind in ("country", "jurisdiction"),
        )


def _shape(field: forms.Field) -> Shape:
    if field.choices or field.kind == "bool":
        return "choice"
    if field.many:
        return "list"
    if field.kind == "int":
        return "number"
    return "long" if field.name in _LONG else "text"


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        several: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]  JSON
        return ", ".join(str(v) for v in several)
    return str(value)


def edited(
    type_name: str, proposed: dict[str, Any], sent: Mapping[str, str]
) -> dict[str, Any] | None:
    """The proposal with what was changed in the form; None where nothing was."""
    changed = deepcopy(proposed)
    for field in form_of(type_name, proposed):
        typed = sent.get(f"field.{field.path}")
        if typed is None or _same(typed, field.value):
            continue
        *above, name = field.path.split(".")
        part = changed
        for step in above:
            part = part.setdefault(step, {})
        if typed.strip():
            part[name] = _read(typed.strip(), field)
        else:
            part.pop(name, None)
    return changed if changed != proposed else None


def _same(typed: str, shown: str) -> bool:
    # Browsers send line ends as CR LF.
    return typed.replace("\r\n", "\n").strip() == shown.strip()


def _read(typed: str, field: Field) -> Any:
    if typed in field.choices:
        return field.stands_for[field.choices.index(typed)]
    if field.shape == "list":
        return [part.strip() for part in typed.split(",") if part.strip()]
    if field.shape == "number":
        if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            raise Refused(f"{field.path}: {typed!r} is not a whole number", field=field.path)
        return int(typed)
    return typed
