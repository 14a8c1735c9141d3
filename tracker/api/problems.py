"""Errors as problem documents (RFC 9457): the one place that knows status codes.

    TooLarge 413 · Refused 400 · NotFound 404 · Conflict 409 · Forbidden 403 · Unavailable 503
    nobody known by a token 401 · what litestar refuses by its own code · anything else 500

`type` is stable and meant for programs; `detail` is one sentence for people.
"""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from tracker.domain.errors import (
    Conflict,
    Forbidden,
    NotFound,
    Refused,
    TooLarge,
    TrackerError,
    Unavailable,
)  # fmt: skip

MEDIA_TYPE = "application/problem+json"
PROGRAMS = ("/api/", "/log/")
"""Below these programs ask; elsewhere people do, and are told on a page."""
RETRY_AFTER_S = "2"
_FAULT = "something went wrong here; it is in the log of the server, and nothing was written"
_STATUS: tuple[tuple[type[TrackerError], int], ...] = (
    (TooLarge, 413),
    (Refused, 400),
    (NotFound, 404),
    (Conflict, 409),
    (Forbidden, 403),
    (Unavailable, 503),
)
KINDS = {
    400: ("refused", "The input is wrong"),
    401: ("unauthorized", "A token is needed"),
    403: ("forbidden", "The role does not allow this"),
    404: ("not-found", "There is no such thing"),
    405: ("method-not-allowed", "This address does not take that method"),
    406: ("not-acceptable", "This form is not there"),
    409: ("conflict", "Somebody else was first"),
    413: ("too-large", "The input is over a limit"),
    415: ("unsupported-media-type", "This media type is not understood"),
    429: ("too-many-requests", "Too many requests in too short a time"),
    503: ("unavailable", "Try again in a moment"),
}
# An input that is refused may be as long as a body.
_MOST_SAID = 800
log = logging.getLogger(__name__)
AnyRequest = Request[Any, Any, Any]


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """What went wrong; `field` is the part of the input that is at fault."""

    type: str
    title: str
    status: int
    detail: str
    field: str | None = None


class NotModified(Exception):
    """The caller has the answer already."""


def problem(
    status: int,
    detail: str,
    *,
    field: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response[Any]:
    """A problem document."""
    kind, title = KINDS.get(status, ("fault", HTTPStatus(status).phrase))
    if len(detail) > _MOST_SAID:
        detail = f"{detail[: _MOST_SAID // 2]} … {detail[-_MOST_SAID // 2 :]}"
    body = Problem(f"urn:tracker:problem:{kind}", title, status, detail, field)
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def _tracker_error(request: AnyRequest, error: TrackerError) -> Response[Any]:
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    headers = {"Retry-After": RETRY_AFTER_S} if status == 503 else {}
    return problem(status, error.message, field=error.field, headers=headers)


def _http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    if error.status_code >= 500:
        return _fault(request, error)
    headers = dict(error.headers or {})
    if error.status_code == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="tracker"'
    return problem(error.status_code, error.detail, headers=headers)


def _invalid(request: AnyRequest, error: ValidationException) -> Response[Any]:
    """Litestar lists what is wrong with the parameters and the body; the first names the field."""
    said: Any = error.extra or ()
    wrong = [(str(w.get("key", "")), str(w.get("message", ""))) for w in said]
    sentences = [f"{key}: {message}" if key else message for key, message in wrong]
    field = wrong[0][0] if wrong else ""
    return problem(400, "; ".join(sentences) or error.detail, field=field or None)


def _too_deep(request: AnyRequest, error: RecursionError) -> Response[Any]:
    return problem(400, "the JSON is nested too deeply")


def _not_modified(request: AnyRequest, error: NotModified) -> Response[Any]:
    return Response(None, status_code=304)


def _fault(request: AnyRequest, error: Exception) -> Response[Any]:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, _FAULT)


Handler = Callable[[AnyRequest, Any], Response[Any]]
HANDLERS: dict[int | type[Exception], Handler] = {
    TrackerError: _tracker_error,
    ValidationException: _invalid,
    HTTPException: _http_error,
    RecursionError: _too_deep,
    NotModified: _not_modified,
    Exception: _fault,
}
