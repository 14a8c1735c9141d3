"""Which addresses the tracker may dial: public ones, and those that the operator allowed.

A name is resolved once and all its addresses are judged; the connection goes to a judged address,
so an answer that changes between check and connect changes nothing. Literal addresses never reach
a resolver; the socket factory is the last gate and sees the address that is really dialled.
"""

import socket
import ssl
from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from tracker.domain.errors import Refused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
_SCHEMES = ("http", "https")


class Guard:
    """Says no to every address that is neither public nor on the operator's allow list."""

    def __init__(
        self, allow: tuple[Network, ...] = (), subject: str = "feed URL", field: str = "url"
    ) -> None:
        self.allow = allow
        self.subject = subject
        self.field = field

    def named(self, subject: str, field: str) -> "Guard":
        """The same guard with other words for what it refuses."""
        return Guard(self.allow, subject, field)

    def check_url(self, url: str | URL) -> URL:
        """The parsed URL, or `Refused`: wrong scheme, no host, or a literal address that is barred.

        Does no I/O, so it also serves where a URL is only registered.
        """
        try:
            parsed = URL(url)
            host, port = parsed.raw_host, parsed.port
        except ValueError as error:
            raise self._refused(f"it cannot be read ({error})") from error
        if parsed.scheme not in _SCHEMES:
            raise self._refused(f"only http and https are fetched, not {parsed.scheme or 'a path'}")
        if not host or not port:
            raise self._refused("it names no host")
        literal = _literal(host)
        if literal is not None:
            self.check_address(literal)
        return parsed

    def check_address(self, address: Address, *, name: str | None = None) -> None:
        """Raises `Refused` when the address may not be dialled; `name` is what resolved to it."""
        reason = self._reason(address)
        if reason is None:
            return
        if name is None:
            raise self._refused(f"{address} is {reason}")
        raise self._refused(f"{name} resolves to {address}, which is {reason}")

    def open_socket(
        self, address_info: tuple[int, int, int, str, tuple[Any, ...]]
    ) -> socket.socket:
        """A socket for an address that may be dialled: aiohttp's `socket_factory`."""
        family, kind, protocol, _, target = address_info
        self.check_address(ip_address(str(target[0])))
        return socket.socket(family, kind, protocol)

    def _reason(self, address: Address) -> str | None:
        if any(address.version == net.version and address in net for net in self.allow):
            return None
        embedded = _embedded(address)
        for inner in embedded:
            reason = self._reason(inner)
            if reason is not None:
                return f"a wrapper around {inner}, {reason}"
        return None if embedded else _why_not_public(address)

    def _refused(self, reason: str) -> Refused:
        return Refused(f"{self.subject} refused: {reason}", field=self.field)


class GuardedResolver(AbstractResolver):
    """Resolves a name once and refuses it when any of its addresses is barred."""

    def __init__(self, guard: Guard, inner: AbstractResolver) -> None:
        self._guard = guard
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        try:
            results = await self._inner.resolve(host, port, family)
        except UnicodeError as error:
            raise OSError(f"{host[:80]} is no host name") from error
        for result in results:
            self._guard.check_address(ip_address(result["host"]), name=host)
        return results

    async def close(self) -> None:
        await self._inner.close()


def guarded_session(
    guard: Guard,
    *,
    user_agent: str,
    resolver: AbstractResolver | None = None,
    connections: int = 100,
    tls: ssl.SSLContext | None = None,
) -> aiohttp.ClientSession:
    """A session that dials only what `guard` lets through; used for feeds, pages and webhooks.

    `tls` says which certificates are believed, by default those that the system believes.

    Bodies arrive as they were sent (no automatic decompression), cookies are not kept, and the
    environment's proxies and credentials are ignored. Use it as an async context manager.
    """
    connector = aiohttp.TCPConnector(
        resolver=GuardedResolver(guard, resolver or ThreadedResolver()),
        # Every new connection is judged on a fresh answer; a cache would outlive the judgement.
        use_dns_cache=False,
        socket_factory=guard.open_socket,
        limit=connections,
        ssl=tls or True,
    )
    return aiohttp.ClientSession(
        connector=connector,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        headers={"User-Agent": user_agent},
    )


def loggable(url: str | URL) -> str:
    """The URL without user name and password, fit for messages and for the log."""
    try:
        return str(URL(url).with_user(None))
    except ValueError:
        return "(a URL that cannot be read)"


def host_of(url: str) -> str:
    """The host that requests are counted and spaced by."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def parse_allow_list(networks: Iterable[str]) -> tuple[Network, ...]:
    """CIDRs as the operator wrote them; `Refused` names the one that is wrong."""
    parsed: list[Network] = []
    for network in networks:
        try:
            parsed.append(ip_network(network))
        except ValueError as error:
            raise Refused(f"{network!r} is not a CIDR: {error}", field="allow") from error
    return tuple(parsed)


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _embedded(address: Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses to which a transition mechanism would forward this address."""
    if isinstance(address, IPv4Address):
        return ()
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


def _why_not_public(address: Address) -> str | None:
    if address.is_unspecified:
        return "the unspecified address"
    if address.is_loopback:
        return "a loopback address"
    if address.is_link_local:
        return "a link-local address"
    if address.is_multicast:
        return "a multicast address"
    # A local-use prefix may hold the IPv4 address at any of several offsets: none can be trusted.
    if address in _NAT64_LOCAL:
        return "a local-use NAT64 address"
    if address.is_reserved:
        return "a reserved address"
    if address.is_private or (isinstance(address, IPv6Address) and address.is_site_local):
        return "a private address"
    if not address.is_global:
        return "not a public address"
    return None
