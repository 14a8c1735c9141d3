"""`/feeds`: what is polled, how the last poll went and when the next is due."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from feeds.preview import Preview
from tracker.api.access import ANALYST, READER, OpenParts
from tracker.api.once import Once
from tracker.api.reading import Reading
from tracker.api.writing import Writer, Written
from tracker.domain.errors import NotFound
from tracker.domain.feed import AddFeed, ChangeFeed, PauseFeed, RemoveFeed, ResumeFeed
from tracker.domain.feed_settings import SetFeed, Setting
from tracker.parts import FeedStanding
from tracker.tables.schedule import FeedSchedule


class Feeds(msgspec.Struct, frozen=True):
    """All feeds that are not removed."""

    feeds: list[FeedStanding]


class Pause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a feed is not polled for now."""

    reason: str


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a feed might be."""

    url: str
    backfill_days: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None


class Change(SetFeed, frozen=True, kw_only=True):
    """What is to be set anew, and in `reset` what is left to feed and program again."""

    reset: tuple[Setting, ...] = ()


class FeedRoutes(Controller):
    """Feeds, their health and what is decided about them."""

    path = "/feeds"
    tags = ("feeds",)

    @get("/", opt=READER)
    async def feeds(self, parts: OpenParts, reading: NamedDependency[Reading]) -> Feeds:
        """Every feed with how it is."""
        return Feeds(await parts.feeds())

    @get("/{feed:uuid}", opt=READER)
    async def feed(
        self, feed: FromPath[UUID], parts: OpenParts, reading: NamedDependency[Reading]
    ) -> FeedStanding:
        """One feed with how it is."""
        return await parts.feed(str(feed))

    @post("/", opt=ANALYST)
    async def add(
        self, parts: OpenParts, data: JSONBody[AddFeed], write: NamedDependency[Writer]
    ) -> Response[Written]:
        """Poll a feed from now on; a private or odd address is refused, nothing is fetched yet."""
        parts.guard.check_url(data.url)
        return await write(data)

    @post("/test", opt=ANALYST, status_code=200)
    async def test(self, parts: OpenParts, data: JSONBody[Look]) -> Preview:
        """What a feed would give, or which feeds a page names; nothing is written."""
        return await parts.preview(data.url, backfill_days=data.backfill_days)

    @patch("/{feed:uuid}", opt=ANALYST)
    async def change(
        self, feed: FromPath[UUID], data: JSONBody[Change], write: NamedDependency[Writer]
    ) -> Response[Written]:
        """Set some things for a feed anew; the rest stays."""
        fields: dict[str, Any] = msgspec.structs.asdict(data)
        return await write.ending(ChangeFeed(feed=str(feed), **fields))

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
    async def poll(
        self, feed: FromPath[UUID], parts: OpenParts, once: NamedDependency[Once]
    ) -> FeedSchedule:
        """Poll a feed at the next tick, due or not; how that went stands at the feed."""

        async def hurried() -> FeedSchedule:
            await parts.schedule.hurry(str(feed))
            for state in await parts.schedule.state():
                if state.feed == str(feed):
                    return state
            raise NotFound(f"feed: {feed} is not polled", field="feed")

        return await once(FeedSchedule, hurried)

    @delete("/{feed:uuid}", opt=ANALYST, status_code=200)
    async def remove(
        self, feed: FromPath[UUID], parts: OpenParts, write: NamedDependency[Writer]
    ) -> Response[Written]:
        """Do not poll a feed any more; what it brought stays, its headers and proxy go."""
        answer = await write.ending(RemoveFeed(feed=str(feed)))
        await parts.ways.table.forget([str(feed)])
        return answer
