"""How a feed is asked: through the guard as all are, or with headers or a proxy of its own."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from ipaddress import ip_address
from typing import Any, Protocol

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from feeds.fetched import FetchFailed
from feeds.guard import Guard
from tracker.domain.errors import Refused
from tracker.tables.feed_access import Access, FeedAccess, origin


class Asking(Protocol):
    """What a fetch needs of a session."""

    def get(
        self, url: URL, *, headers: Mapping[str, str], **options: Any
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Send a GET; the response is closed at the end of the block."""
        ...


class Ways:
    """Knows for every feed how it is asked."""

    def __init__(
        self,
        table: FeedAccess,
        guard: Guard,
        *,
        session: aiohttp.ClientSession,
        proxied: aiohttp.ClientSession,
        resolver: AbstractResolver,
    ) -> None:
        self.table = table
        self._guard = guard
        self._session = session
        self._proxied = proxied
        self._resolver = resolver

    def over(self, session: aiohttp.ClientSession) -> "Ways":
        """The same ways over another session for whatever needs no proxy."""
        return Ways(
            self.table,
            self._guard,
            session=session,
            proxied=self._proxied,
            resolver=self._resolver,
        )

    async def to(self, feed: str | None) -> Asking:
        """How to ask for a feed and the pages of its items, or for what belongs to no feed.

        Raises FetchFailed where what it needs cannot be decrypted.
        """
        if feed is None:
            return self._session
        try:
            access = await self.table.of(feed)
        except Refused as refused:
            raise FetchFailed("refused", refused.message) from None
        if access == Access():
            return self._session
        return _Way(
            access,
            self._guard,
            self._proxied if access.proxy else self._session,
            self._resolver,
        )


def proxied_session(user_agent: str) -> aiohttp.ClientSession:
    """A session for requests through proxies alone.

    It dials whatever an admin named as a proxy, private or not; the addresses that are asked for
    are judged before. Use it as an async context manager.
    """
    return aiohttp.ClientSession(
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        headers={"User-Agent": user_agent},
    )


class _Way:
    """Asks as a session does, with headers for one origin only and perhaps through a proxy.

    Nothing that it raises names the proxy or says what a header holds.
    """

    def __init__(
        self,
        access: Access,
        guard: Guard,
        session: aiohttp.ClientSession,
        resolver: AbstractResolver,
    ) -> None:
        self._access = access
        self._guard = guard
        self._session = session
        self._resolver = resolver

    @asynccontextmanager
    async def get(
        self, url: URL, *, headers: Mapping[str, str], **options: Any
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Send a GET, with the feed's headers unless a redirect led away from its origin."""
        own = self._access.headers if origin(str(url)) == self._access.origin else {}
        sent = {name: value for name, value in headers.items() if name.lower() not in own}
        if self._access.proxy is None:
            async with self._session.get(url, headers=sent | own, **options) as response:
                yield response
            return
        await self._check_name(url)
        try:
            async with self._session.get(
                url, headers=sent | own, proxy=self._access.proxy, **options
            ) as response:
                yield response
        except (aiohttp.ClientProxyConnectionError, aiohttp.ClientConnectorDNSError):
            # The only name that is looked up for a connection here is the proxy's.
            raise FetchFailed("unreachable", "the proxy of this feed cannot be reached") from None
        except aiohttp.ClientHttpProxyError as refused:
            said = f"the proxy of this feed answered {refused.status}"
            raise FetchFailed("unreachable", said, status=refused.status) from None

    async def _check_name(self, url: URL) -> None:
        """Refuse a name that leads into a private network here.

        The proxy resolves the name itself and on its own network, where there may be a name that
        is unknown here; then it is the proxy's to judge.
        """
        host = url.raw_host or ""
        try:
            found = await self._resolver.resolve(host, url.port or 0)
        except (OSError, UnicodeError):
            return
        for one in found:
            self._guard.check_address(ip_address(one["host"]), name=host)
