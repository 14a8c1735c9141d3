"""Refusals and faults as pages that say what is wrong, in the sentence that the API uses too."""

from litestar import Response
from litestar.exceptions import HTTPException

from tracker.console.site import AnyRequest, page
from tracker.domain.errors import TrackerError

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


def problem_page(request: AnyRequest, problem: Exception, status: int) -> Response[str]:
    """The page for anything that was raised; the database is not needed to show it."""
    if status == 401:
        return page(request, "signed-out.html", status=401, sentence=None)
    match problem:
        case TrackerError():
            sentence = problem.message
        case HTTPException() if status < 500:
            sentence = _GENERAL.get(status, problem.detail)
        case _:
            sentence = "something went wrong here; it has been noted in the log"
    title = _TITLES.get(status, "Something went wrong" if status >= 500 else "Not possible")
    return page(request, "problem.html", status=status, title=title, sentence=sentence)
