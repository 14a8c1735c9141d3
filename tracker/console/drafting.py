"""The form of a proposed fact: made from the fields of its type, and read back as that type."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from tracker.domain.catalog import fact_type
from tracker.domain.errors import Refused
from tracker.domain.fact import Fact
from tracker.domain.values import kind_of

# Set by their own means: citations by the spans, the others by whoever records by hand.
_NOT_ASKED = {"citations", "first_hand", "known_since", "reliability", "credibility"}
_LONG = {"text", "note", "title"}


class Field(msgspec.Struct, frozen=True):
    """One field of the form; the path leads into nested parts with dots."""

    path: str
    label: str
    value: str
    shape: Literal["text", "long", "number", "choice", "list"]
    choices: tuple[str, ...] = ()
    required: bool = False
    suggests_countries: bool = False


def form_of(type_name: str, proposed: Mapping[str, Any]) -> list[Field]:
    """The fields of a kind of fact with what is proposed for them, filled ones first."""
    fields = list(_fields(fact_type(type_name), proposed, ""))
    return sorted(fields, key=lambda f: not (f.value or f.required))


def _fields(struct: type[msgspec.Struct], values: Mapping[str, Any], prefix: str) -> list[Field]:
    hints = get_type_hints(struct, include_extras=True)
    found: list[Field] = []
    for info in msgspec.structs.fields(struct):
        if issubclass(struct, Fact) and info.name in _NOT_ASKED:
            continue
        path = f"{prefix}{info.name}"
        inner = _nested(info.type)
        if inner is not None:
            part: Any = values.get(info.name) or {}
            found += _fields(inner, part, f"{path}.")
            continue
        shape, choices = _shape(info.type, info.name)
        kind = kind_of(hints[info.name])
        found.append(
            Field(
                path=path,
                label=path.replace("_", " ").replace(".", ": "),
                value=_shown(values.get(info.name)),
                shape=shape,
                choices=choices,
                required=info.required and not prefix,
                suggests_countries=kind == "country",
            )
        )
    return found


def _nested(annotation: Any) -> type[msgspec.Struct] | None:
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, msgspec.Struct):
            return part
    return None


def _parts(annotation: Any) -> list[Any]:
    """The plain types within optionals and annotations."""
    if get_origin(annotation) in (Literal, tuple) or not get_args(annotation):
        return [annotation]
    return [p for a in get_args(annotation) for p in _parts(a)]


def _shape(
    annotation: Any, name: str
) -> tuple[Literal["text", "long", "number", "choice", "list"], tuple[str, ...]]:
    parts = _parts(annotation)
    literal = next((p for p in parts if get_origin(p) is Literal), None)
    if literal is not None:
        return "choice", tuple(str(a) for a in get_args(literal))
    if any(get_origin(p) is tuple for p in parts):
        return "list", ()
    if int in parts:
        return "number", ()
    return ("long" if name in _LONG else "text"), ()


def _shown(value: Any) -> str:
    if value is None:
        return ""
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
    if field.shape == "list":
        return [part.strip() for part in typed.split(",") if part.strip()]
    if field.shape == "number":
        if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            raise Refused(f"{field.path}: {typed!r} is not a whole number", field=field.path)
        return int(typed)
    return typed
