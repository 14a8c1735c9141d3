"""Refusals and faults as pages that say what is wrong, in the sentence that the API uses too."""

import logging

from litestar import Response, Router
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler

from tracker.console.site import AnyRequest, page
from tracker.domain.errors import (
    Conflict,
    Forbidden,
    NotFound,
    Refused,
    TooLarge,
    TrackerError,
    Unavailable,
)  # fmt: skip

_log = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[TrackerError], int], ...] = (
    (TooLarge, 413),
    (Refused, 400),
    (NotFound, 404),
    (Conflict, 409),
    (Forbidden, 403),
    (Unavailable, 503),
)
_TITLES = {
    400: "This cannot be asked",
    401: "Please sign in",
    403: "Not allowed",
    404: "Not found",
    405: "Not offered here",
    409: "Somebody was faster",
    413: "Too large",
    503: "The database is away",
}
_GENERAL = {
    404: "there is no page at this address",
    405: "this address does not take that kind of request",
    413: "what was sent is over the limit of this address",
}


def problem_page(request: AnyRequest, problem: Exception) -> Response[str]:
    """The page for anything that was raised; the database is not needed to show it."""
    match problem:
        case TrackerError():
            status = next((s for kind, s in _STATUS if isinstance(problem, kind)), 500)
            sentence = problem.message
        case HTTPException():
            status = problem.status_code
            sentence = _GENERAL.get(status, problem.detail)
        case _:
            status, sentence = 500, "something went wrong here; it has been noted in the log"
    if status == 401:
        return page(request, "signed-out.html", status=401, sentence=None)
    if status >= 500 and not isinstance(problem, Unavailable):
        _log.error("a page failed: %s", request.url.path, exc_info=problem)
    title = _TITLES.get(status, "Something went wrong" if status >= 500 else "Not possible")
    return page(request, "problem.html", status=status, title=title, sentence=sentence)


def pages(*handlers: ControllerRouterHandler) -> Router:
    """The routes of some pages; what they raise becomes a page too."""
    return Router(
        "/",
        route_handlers=handlers,
        exception_handlers={Exception: problem_page, HTTPException: problem_page},
        include_in_schema=False,
    )
