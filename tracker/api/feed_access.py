"""`/feeds/{feed}/headers` and `/proxy`: how single feeds are reached; no answer holds a secret."""

from uuid import UUID

import msgspec
from litestar import Controller, delete, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from tracker.api.access import ADMIN, ANALYST, OpenParts
from tracker.api.once import Once
from tracker.tables.feed_access import Kept, Kind


class Headers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is sent along with every request to the origin of the feed's address."""

    headers: dict[str, str]


class Proxy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Through what a feed is fetched, as in `http://user:password@host:3128`."""

    proxy: str


class FeedAccessRoutes(Controller):
    """Headers and proxies of feeds; they are kept encrypted, or refused where there is no key."""

    path = "/feeds/{feed:uuid}"
    tags = ("feeds",)

    @put("/headers", opt=ANALYST)
    async def set_headers(
        self,
        feed: FromPath[UUID],
        parts: OpenParts,
        data: JSONBody[Headers],
        once: NamedDependency[Once],
    ) -> Kept:
        """Send these headers, and no others set before; the answer names them."""
        decided = await parts.feed_decided(str(feed))

        async def kept() -> Kept:
            await parts.ways.table.set_headers(str(feed), decided.url, data.headers.items())
            return await self._kept(parts, feed)

        return await once(Kept, kept)

    @delete("/headers", opt=ANALYST, status_code=200)
    async def drop_headers(
        self, feed: FromPath[UUID], parts: OpenParts, once: NamedDependency[Once]
    ) -> Kept:
        """Forget the headers of a feed."""
        return await once(Kept, lambda: self._dropped(parts, feed, "headers"))

    @put("/proxy", opt=ADMIN)
    async def set_proxy(
        self,
        feed: FromPath[UUID],
        parts: OpenParts,
        data: JSONBody[Proxy],
        once: NamedDependency[Once],
    ) -> Kept:
        """Fetch a feed through a proxy; no answer says which."""
        await parts.feed_decided(str(feed))

        async def kept() -> Kept:
            await parts.ways.table.set_proxy(str(feed), data.proxy)
            return await self._kept(parts, feed)

        return await once(Kept, kept)

    @delete("/proxy", opt=ADMIN, status_code=200)
    async def drop_proxy(
        self, feed: FromPath[UUID], parts: OpenParts, once: NamedDependency[Once]
    ) -> Kept:
        """Fetch a feed as all others."""
        return await once(Kept, lambda: self._dropped(parts, feed, "proxy"))

    async def _dropped(self, parts: OpenParts, feed: UUID, kind: Kind) -> Kept:
        await parts.ways.table.drop(str(feed), kind)
        return await self._kept(parts, feed)

    @staticmethod
    async def _kept(parts: OpenParts, feed: UUID) -> Kept:
        return (await parts.ways.table.kept()).get(str(feed), Kept())
