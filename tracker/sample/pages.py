"""The sample's own web: its feed, the three reports, and a receiver for its one webhook."""

from typing import Any

from litestar import MediaType, Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from tracker.sample import FEED_PATH, RECEIVER_PATH, REPORTS, feed_xml


@get(FEED_PATH, include_in_schema=False, sync_to_thread=False)
def feed(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The three reports as RSS, with links to the pages beside it."""
    return Response(feed_xml(f"{request.base_url}sample"), media_type="application/rss+xml")


@get("/sample/reports/{name:str}", include_in_schema=False, sync_to_thread=False)
def report(name: FromPath[str]) -> Response[str]:
    """One report, as a page."""
    found = next((r for r in REPORTS if r.path == f"reports/{name}"), None)
    if found is None:
        raise NotFoundException(f"there is no sample report {name}")
    page = (
        f'<!doctype html><html lang="en"><title>{found.title}</title><h1>{found.title}</h1>'
        f"<p>By {found.author}. Written for demonstration.</p>{found.body}</html>"
    )
    return Response(page, media_type=MediaType.HTML)


@post(RECEIVER_PATH, include_in_schema=False, status_code=204, sync_to_thread=False)
def receive() -> None:
    """Takes the sample's alerts, as a subscriber's server would."""


SAMPLE_PAGES = (feed, report, receive)
