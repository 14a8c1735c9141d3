"""Stylesheet, script and icon, under addresses that change with their content."""

from litestar import Response, Router, get

from tracker.console.problems import ON_PAGES
from tracker.console.site import ASSETS
from tracker.domain.errors import NotFound


@get("/static/{digest:str}/{name:str}")
async def asset(digest: str, name: str) -> Response[bytes]:
    """The file; what its address says of its content lets a browser keep it for good."""
    found = ASSETS.get(name)
    if found is None or found.address != f"/static/{digest}/{name}":
        raise NotFound("there is no such file; reload the page that asked for it")
    return Response(
        found.content,
        media_type=found.media_type,
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


PAGE = Router("/", route_handlers=[asset], exception_handlers=ON_PAGES, include_in_schema=False)
