"""What form an answer takes: JSON, and where it is a list also CSV, NDJSON and CloudEvents.

A route says nothing of this: what it returns is a list if the type of its answer has a field that
is one. The page after stands in the header `Tracker-Next`, as a bare list has no place for it.
"""

import csv
import io
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Protocol, cast, get_args, get_origin, runtime_checkable

import msgspec
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures.headers import Accept
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.response.base import ASGIResponse

JSON = "application/json"
CSV = "text/csv"
NDJSON = "application/x-ndjson"
CLOUD_EVENTS = "application/cloudevents-batch+json"
_FORM = "tracker_form"
# A spreadsheet takes a text that begins so for a formula, or skips over it to one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
Rows = Sequence[msgspec.Struct]


@runtime_checkable
class Listed(Protocol):
    """An answer that is no list and can be told as one."""

    def listed(self) -> Rows:
        """Its rows."""
        ...


@runtime_checkable
class Event(Protocol):
    """What can be told as a CloudEvent."""

    def cloud_event(self) -> dict[str, Any]:
        """Itself in structured mode."""
        ...


def choose(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Settle the form of the answer before any work; the 406 says what there is."""
    asked = connection.headers.get("accept", "*/*")
    if asked == "*/*" or not isinstance(handler, HTTPRouteHandler):
        return
    there = offered(handler)
    if asked == there[0]:
        return
    chosen = _best(asked, there)
    if chosen is None:
        raise HTTPException(status_code=406, detail=f"Accept: there is {', '.join(there)}")
    if chosen != JSON:
        connection.scope["state"][_FORM] = chosen


def form(request: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The form that was settled; part of what an ETag is made of."""
    return request.scope["state"].get(_FORM, JSON)


def _best(asked: str, there: Sequence[str]) -> str | None:
    try:
        return Accept(asked).best_match(list(there))
    except (ValueError, IndexError):
        return None


@cache
def offered(handler: HTTPRouteHandler) -> tuple[str, ...]:
    """The media types that a route answers with, the usual one first."""
    row = row_type(handler)
    if row is None:
        return (str(getattr(handler.media_type, "value", handler.media_type)),)
    return (JSON, CSV, NDJSON, *((CLOUD_EVENTS,) if issubclass(row, Event) else ()))


@cache
def row_type(handler: HTTPRouteHandler) -> type[msgspec.Struct] | None:
    """What the list of a reading route is of; None where its answer is none."""
    if "GET" not in handler.http_methods:
        return None
    returned = handler.parsed_fn_signature.return_type.annotation
    for kind in (returned, *get_args(returned)):
        found = _list_of(kind)
        if found is not None:
            return found[1]
    return None


@cache
def _list_of(kind: Any) -> tuple[str, type[msgspec.Struct]] | None:
    """The name of the first field that is a list of structs, and what it is a list of."""
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return None
    for field in msgspec.structs.fields(kind):
        inner = get_args(field.type)
        if get_origin(field.type) is list and issubclass(inner[0], msgspec.Struct):
            return field.name, inner[0]
    return None


class Negotiated(Response[Any]):
    """An answer in the form that was asked for."""

    def to_asgi_response(
        self, app: Any, request: Request[Any, Any, Any], **given: Any
    ) -> ASGIResponse:
        """The response, with its list rendered where something else than JSON was asked for."""
        renderer = _RENDERERS.get(form(request))
        if renderer is not None and isinstance(self.content, msgspec.Struct):
            kind, rows = _rows(self.content)
            following = getattr(self.content, "next", None)
            if following is not None:
                self.headers["Tracker-Next"] = str(following)
            self.content, self.media_type = renderer(kind, rows), form(request)
        return super().to_asgi_response(app, request, **given)  # pyright: ignore[reportUnknownMemberType]  litestar leaves its parameters open


def _rows(content: msgspec.Struct) -> tuple[type[msgspec.Struct], Rows]:
    if isinstance(content, Listed):
        rows = content.listed()
        return type(rows[0]), rows
    found = _list_of(type(content))
    assert found is not None, "the type of the answer was looked at when the form was chosen"
    name, kind = found
    return kind, getattr(content, name)


def as_csv(kind: type[msgspec.Struct], rows: Rows) -> bytes:
    """A line for every row under a line of names; what is nested stands as JSON."""
    names = [field.encode_name for field in msgspec.structs.fields(kind)]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    for row in rows:
        told = cast("dict[str, Any]", msgspec.to_builtins(row))
        writer.writerow([_cell(told.get(name)) for name in names])
    return text.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> Any:
    if isinstance(value, bool | list | tuple | dict):
        return msgspec.json.encode(value).decode()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _as_ndjson(kind: type[msgspec.Struct], rows: Rows) -> bytes:
    return msgspec.json.Encoder().encode_lines(rows)


def _as_cloud_events(kind: type[msgspec.Struct], rows: Rows) -> bytes:
    return msgspec.json.encode([row.cloud_event() for row in rows if isinstance(row, Event)])


_RENDERERS: dict[str, Callable[[type[msgspec.Struct], Rows], bytes]] = {
    CSV: as_csv,
    NDJSON: _as_ndjson,
    CLOUD_EVENTS: _as_cloud_events,
}
