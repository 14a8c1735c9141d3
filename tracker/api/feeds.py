"""`/feeds`: what is polled, how the last poll went and when the next is due."""

from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from projections.views.feeds import Feed
from tracker.api.access import ANALYST, READER, OpenParts
from tracker.api.reading import Reading
from tracker.api.writing import Writer, Written
from tracker.domain.errors import NotFound
from tracker.domain.feed import AddFeed, PauseFeed, RemoveFeed, ResumeFeed
from tracker.tables.schedule import FeedSchedule


class FeedHealth(msgspec.Struct, frozen=True):
    """A feed and its place in the schedule; a paused or new one has none."""

    feed: Feed
    schedule: FeedSchedule | None


class Feeds(msgspec.Struct, frozen=True):
    """All feeds that are not removed."""

    feeds: list[FeedHealth]


class Pause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a feed is not polled for now."""

    reason: str


class FeedRoutes(Controller):
    """Feeds, their health and what is decided about them."""

    path = "/feeds"
    tags = ("feeds",)

    @get("/", opt=READER)
    async def feeds(self, parts: OpenParts, reading: NamedDependency[Reading]) -> Feeds:
        """Every feed with how it is."""
        rows = await parts.views.select(Feed, within={"status": ["active", "paused"]})
        schedule = {state.feed: state for state in await parts.schedule.state()}
        return Feeds([FeedHealth(row, schedule.get(row.feed)) for row in rows])

    @post("/", opt=ANALYST)
    async def add(
        self, parts: OpenParts, data: JSONBody[AddFeed], write: NamedDependency[Writer]
    ) -> Response[Written]:
        """Poll a feed from now on; a private or odd address is refused."""
        parts.guard.check_url(data.url)
        return await write(data)

    @post("/{feed:uuid}/pause", opt=ANALYST)
    async def pause(
        self, feed: FromPath[UUID], data: JSONBody[Pause], write: NamedDependency[Writer]
    ) -> Response[Written]:
        """Do not poll a feed for now."""
        return await write(PauseFeed(feed=str(feed), reason=data.reason))

    @post("/{feed:uuid}/resume", opt=ANALYST)
    async def resume(
        self, feed: FromPath[UUID], write: NamedDependency[Writer]
    ) -> Response[Written]:
        """Poll a paused feed again."""
        return await write(ResumeFeed(feed=str(feed)))

    @post("/{feed:uuid}/poll", opt=ANALYST, status_code=202)
    async def poll(self, feed: FromPath[UUID], parts: OpenParts) -> FeedSchedule:
        """Poll a feed at the next tick, due or not; how that went stands at the feed."""
        await parts.schedule.hurry(str(feed))
        for state in await parts.schedule.state():
            if state.feed == str(feed):
                return state
        raise NotFound(f"feed: {feed} is not polled", field="feed")

    @delete("/{feed:uuid}", opt=ANALYST, status_code=200)
    async def remove(
        self, feed: FromPath[UUID], write: NamedDependency[Writer]
    ) -> Response[Written]:
        """Do not poll a feed any more; what it brought stays."""
        return await write.ending(RemoveFeed(feed=str(feed)))
