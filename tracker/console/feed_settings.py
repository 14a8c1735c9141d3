"""What can be set for a feed, as the fields of a form and back."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

import msgspec

from tracker.domain.errors import Refused
from tracker.domain.fact import Reliability
from tracker.domain.feed import ChangeFeed
from tracker.domain.feed_settings import SETTINGS, Article, Setting

Shape = Literal["text", "number", "choice", "list"]


class Field(msgspec.Struct, frozen=True):
    """One setting in the form."""

    name: Setting
    label: str
    shape: Shape
    hint: str
    choices: tuple[str, ...] = ()
    value: str = ""


_FIELDS = (
    Field("title", "Title", "text", "What to call it"),
    Field("category", "Category", "text", "As in Ministries/Europe"),
    Field("publisher", "Publisher", "text", "Whose words its items are"),
    Field("reliability", "Reliability", "choice", "Admiralty code", get_args(Reliability)),
    Field("language", "Language", "text", "Where the feed does not say, as in en"),
    Field(
        "article", "Whole articles", "choice", "Whether pages are fetched too", get_args(Article)
    ),
    Field("include", "Only with", "list", "Terms, one a line"),
    Field("exclude", "Never with", "list", "Terms, one a line"),
    Field("interval_s", "Least interval, in seconds", "number", "Between polls"),
    Field("most_interval_s", "Most interval, in seconds", "number", "Between polls"),
    Field("spacing_s", "Spacing, in seconds", "number", "Between requests to its host"),
)


def fields_of(values: Mapping[str, Any]) -> list[Field]:
    """The fields with what is set."""
    return [
        msgspec.structs.replace(field, value=_written(values.get(field.name))) for field in _FIELDS
    ]


def _written(value: Any) -> str:
    match value:
        case None:
            return ""
        case list() | tuple():
            return "\n".join(str(term) for term in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  terms
        case _:
            return str(value)


def settings_of(fields: Mapping[str, str]) -> dict[str, Any]:
    """The settings that the form names; an empty field names none."""
    found: dict[str, Any] = {}
    for field in _FIELDS:
        text = fields.get(field.name, "").strip()
        if not text:
            continue
        match field.shape:
            case "number":
                if not (text.isascii() and text.isdigit() and len(text) < 16):
                    raise Refused(f"{field.name}: {text[:40]!r} is no number", field=field.name)
                found[field.name] = int(text)
            case "list":
                found[field.name] = tuple(term for t in text.splitlines() if (term := t.strip()))
            case "choice" if text not in field.choices:
                raise Refused(f"{field.name}: {text[:40]!r} is no choice", field=field.name)
            case _:
                found[field.name] = text
    return found


def change_of(feed: str, fields: Mapping[str, str]) -> ChangeFeed:
    """What the whole form asks for: what it leaves empty is reset."""
    given = settings_of(fields)
    reset = tuple(name for name in SETTINGS if name in fields and name not in given)
    return msgspec.convert({"feed": feed, "reset": reset, **given}, ChangeFeed)
