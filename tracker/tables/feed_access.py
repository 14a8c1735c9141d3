"""How single feeds are reached: request headers and a proxy; sealed, since they hold secrets."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from yarl import URL

from tracker.clock import Clock
from tracker.domain.base import require
from tracker.domain.errors import Refused
from tracker.log.database import Database
from tracker.tables.sealing import Sealer

SET = """
insert into app.feed_access (feed, kind, names, sealed, changed_at)
values (%(feed)s, %(kind)s, %(names)s, %(sealed)s, %(now)s)
on conflict (feed, kind) do update
    set names = excluded.names, sealed = excluded.sealed, changed_at = excluded.changed_at
"""
DROP = "delete from app.feed_access where feed = %(feed)s and kind = %(kind)s"
FORGET = "delete from app.feed_access where feed = any (%(feeds)s)"
OF = "select kind, sealed from app.feed_access where feed = %(feed)s"
KEPT = "select feed, kind, names from app.feed_access order by feed, kind"

Kind = Literal["headers", "proxy"]
_MOST_HEADERS = 20
_LONGEST_CHARS = 8000
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?")
# What a request is made of, and what the poller itself has to say.
_OURS = frozenset(
    "accept-encoding connection content-length content-type expect host if-modified-since "
    "if-none-match keep-alive proxy-authorization proxy-connection range te trailer "
    "transfer-encoding upgrade".split()
)


class Access(msgspec.Struct, frozen=True):
    """What is sent along when a feed is fetched, and through what; fit for no message."""

    headers: dict[str, str] = {}
    origin: str | None = None
    """Where the headers may be sent, as scheme, host and port."""
    proxy: str | None = None

    def __repr__(self) -> str:
        return "Access(…)"


class Kept(msgspec.Struct, frozen=True):
    """What is kept about the access to a feed, without any secret."""

    headers: tuple[str, ...] = ()
    proxy: bool = False


class FeedAccess:
    """The headers and proxies of all feeds that need any."""

    def __init__(self, database: Database, clock: Clock, sealer: Sealer) -> None:
        self._database = database
        self._clock = clock
        self._sealer = sealer

    async def set_headers(self, feed: str, url: str, headers: Iterable[tuple[str, str]]) -> None:
        """Send these headers, and no others set before, to the origin of the feed's address."""
        pairs = [(name.strip().lower(), value.strip()) for name, value in headers]
        named = dict(pairs)
        require(named, "headers: name at least one", "headers")
        require(len(named) <= _MOST_HEADERS, f"headers: at most {_MOST_HEADERS}", "headers")
        require(len(named) == len(pairs), "headers: a name comes twice", "headers")
        for name, value in named.items():
            require(_NAME.fullmatch(name), "headers: a name is no name of a header", "headers")
            require(name not in _OURS, f"headers: {name} is set by the tracker", "headers")
            require(
                len(value) <= _LONGEST_CHARS and _VALUE.fullmatch(value),
                f"headers: the value of {name} is not one line of up to {_LONGEST_CHARS} "
                "printable ASCII characters",
                "headers",
            )
        await self._set(feed, "headers", sorted(named), {"origin": origin(url), "headers": named})

    async def set_proxy(self, feed: str, proxy: str) -> None:
        """Fetch the feed through an HTTP proxy."""
        try:
            parts = urlsplit(proxy)
            sound = parts.scheme == "http" and parts.hostname and parts.port
        except ValueError:
            sound = False
        require(
            sound and len(proxy) <= _LONGEST_CHARS and _VALUE.fullmatch(proxy) and " " not in proxy,
            "proxy: is not an address like http://user:password@host:3128",
            "proxy",
        )
        await self._set(feed, "proxy", [], {"proxy": proxy})

    async def drop(self, feed: str, kind: Kind) -> bool:
        """Forget the headers or the proxy of a feed; whether there were any."""
        return bool(await self._database.run(DROP, {"feed": feed, "kind": kind}))

    async def forget(self, feeds: Sequence[str]) -> None:
        """Forget all about feeds."""
        await self._database.run(FORGET, {"feeds": list(feeds)})

    async def kept(self) -> dict[str, Kept]:
        """What is kept for each feed that has anything."""
        found: dict[str, Kept] = {}
        for feed, kind, names in await self._database.fetch(KEPT):
            before = found.get(feed, Kept())
            more: dict[str, Any] = {"proxy": True} if kind == "proxy" else {"headers": tuple(names)}
            found[feed] = msgspec.structs.replace(before, **more)
        return found

    async def of(self, feed: str) -> Access:
        """How a feed is reached; Refused where that cannot be decrypted."""
        fields: dict[str, Any] = {}
        for kind, sealed in await self._database.fetch(OF, {"feed": feed}):
            fields |= msgspec.json.decode(self._sealer.open(bytes(sealed), _about(feed, kind)))
        return msgspec.convert(fields, Access)

    async def _set(self, feed: str, kind: Kind, names: list[str], secret: dict[str, Any]) -> None:
        sealed = self._sealer.seal(msgspec.json.encode(secret), _about(feed, kind))
        fields = {"feed": feed, "kind": kind, "names": names, "sealed": sealed}
        await self._database.run(SET, {**fields, "now": self._clock()})


def origin(url: str) -> str:
    """Scheme, host and port of an address (RFC 6454, section 4)."""
    try:
        parts = URL(url)
    except ValueError:
        raise Refused("url: cannot be read", field="url") from None
    # As it is asked for: a name in other letters than ASCII is encoded, with or without a redirect.
    return f"{parts.scheme}://{parts.raw_host or ''}:{parts.port}"


def _about(feed: str, kind: Kind) -> str:
    return f"feed {feed} {kind}"
