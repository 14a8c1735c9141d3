"""`/feeds/opml`: the feeds as a list that every feed reader takes, and such lists in."""

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from feeds.lists import TakenIn, given_out, take_in
from tracker.api.access import ANALYST, READER, Caller, OpenParts
from tracker.api.writing import Writer

_TYPE = "text/x-opml"


class OpmlRoutes(Controller):
    """Lists of feeds (OPML 2.0)."""

    path = "/feeds/opml"
    tags = ("feeds",)

    @get("/", opt=READER, media_type=_TYPE)
    async def give(self, parts: OpenParts) -> Response[bytes]:
        """All feeds with what is set for them; never their headers and proxies."""
        listed = await given_out(parts.reader, parts.clock)
        return Response(listed, media_type=_TYPE)

    @post("/", opt=ANALYST, status_code=200)
    async def take(
        self, request: Caller, parts: OpenParts, write: NamedDependency[Writer]
    ) -> TakenIn:
        """Add the feeds of a list, which is the body: all that can be used in one step, or none."""
        return await take_in(
            await request.body(),
            executor=parts.executor,
            guard=parts.guard,
            actor=write.actor,
            key=write.key,
        )
