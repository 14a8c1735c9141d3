"""Stylesheet, script and icon, under addresses that change with their content."""

from litestar import Response, get
from litestar.params import FromPath

from tracker.console.site import ASSETS, pages
from tracker.domain.errors import NotFound


@get("/static/{digest:str}/{name:str}")
async def asset(digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The file; what its address says of its content lets a browser keep it for good."""
    found = ASSETS.get(name)
    if found is None or found.address != f"/static/{digest}/{name}":
        raise NotFound("there is no such file; reload the page that asked for it")
    return Response(
        found.content,
        media_type=found.media_type,
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


PAGE = pages(asset)
