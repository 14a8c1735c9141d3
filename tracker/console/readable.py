"""The payload of an event in words: field by field, codes as names, ids as links."""

from collections.abc import Mapping
from typing import Any

import msgspec

from tracker.console.looks import look
from tracker.console.site import moment_text, whom
from tracker.domain.base import Event
from tracker.domain.countries import country_name
from tracker.domain.fact import Fact
from tracker.domain.groups import LEGISLATORS
from tracker.domain.values import kinds

_ELSEWHERE = {"citations"}
"""What a page shows in a place of its own."""
_OF_EVERY_FACT = {name.replace("_", " ") for name in Fact.__struct_fields__}
_LINKS = {"document": "/documents/", "about": "/events/", "replaces": "/events/",
          "revises": "/events/", "draft": "/inbox?draft=", "fact": "/events/"}  # fmt: skip


class Value(msgspec.Struct, frozen=True):
    """One value in words, with the page that it leads to."""

    text: str
    href: str | None = None


class Field(msgspec.Struct, frozen=True):
    """A field that is filled in."""

    label: str
    values: tuple[Value, ...]


def readable(event: Event, names: Mapping[str, str]) -> list[Field]:
    """The fields of an event that say something: its own first, then those of every fact."""
    found = _fields(event, names, "")
    return sorted(found, key=lambda field: field.label in _OF_EVERY_FACT)


def _fields(struct: msgspec.Struct, names: Mapping[str, str], prefix: str) -> list[Field]:
    found: list[Field] = []
    for name, kind in kinds(type(struct)).items():
        value = getattr(struct, name)
        if name in _ELSEWHERE or value is None or value == () or value == {}:
            continue
        label = f"{prefix}{name.replace('_', ' ')}"
        if isinstance(value, msgspec.Struct):
            found += _fields(value, names, f"{label}: ")
        else:
            found.append(Field(label, _values(value, name, kind, names)))
    return found


def _values(value: Any, name: str, kind: str | None, names: Mapping[str, str]) -> tuple[Value, ...]:
    if not isinstance(value, tuple):
        return (_value(value, name, kind, names),)
    several: tuple[Any, ...] = value  # pyright: ignore[reportUnknownVariableType]  of any kind
    return tuple(_value(one, name, kind, names) for one in several)


def _value(value: Any, name: str, kind: str | None, names: Mapping[str, str]) -> Value:
    if not isinstance(value, str):
        return Value(_structured(value))
    match kind:
        case "jurisdiction" if value in LEGISLATORS:
            return Value(whom(value))
        case "country" | "jurisdiction":
            return Value(f"{country_name(value)} ({value})", f"/policy?destination={value}")
        case "nationality":
            return Value(whom(value))
        case "instant":
            return Value(moment_text(value))
        case "party":
            return Value(names.get(value, value), f"/events?party={value}")
        case "id" if name in _LINKS:
            return Value(value, _LINKS[name] + value)
        case None if name == "regime":
            return Value(look(value).label)
        case _:
            return Value(value)


def _structured(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int) else msgspec.json.encode(value).decode()
