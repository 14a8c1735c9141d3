"""One bounded, guarded, conditional GET, with redirects followed by hand.

URL ─guard→ connection → status ─┬─ 304 ────────────────→ Fetched without a body
 ↑            │                  ├─ 200 ─read─inflate───→ Fetched
 ├─ https ────┘ (port 80 is dead)│
 └──── Location, 5 at most ──────┼─ 301 302 303 307 308
                                 └─ anything else ──────→ FetchFailed
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime

import aiohttp
from yarl import URL

from feeds.fetched import Fetched, FetchFailed, Limits, Outcome, Redirect, Validators
from feeds.freshness import retry_after_s
from feeds.guard import Guard, loggable
from feeds.inflate import CannotInflate, TooMuch, inflater
from feeds.ways import Asking
from tracker.domain.errors import Refused

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK_BYTES = 1 << 16
FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, text/html;q=0.7, */*;q=0.5"
)
PAGES = "text/html, application/xhtml+xml, */*;q=0.5"
Ask = Callable[[URL], Awaitable[None]]
"""Whether an address may be asked for, each hop anew; raises FetchFailed where not."""


async def fetch(
    session: Asking,
    url: str,
    *,
    guard: Guard,
    now: Callable[[], datetime],
    validators: Validators | None = None,
    limits: Limits | None = None,
    accept: str = FEEDS,
    ask: Ask | None = None,
) -> Fetched:
    """The body behind `url`, through a session made by `guarded_session` with the same guard."""
    limits, validators = limits or Limits(), validators or Validators()
    headers = _request_headers(validators, accept)
    try:
        async with asyncio.timeout(limits.total_s):
            return await _follow(session, url, guard, now, validators, limits, headers, ask)
    except Refused as error:
        raise FetchFailed("refused", error.message) from error
    except TimeoutError as error:
        raise FetchFailed("timed-out", f"{loggable(url)} took too long to answer") from error
    except aiohttp.ClientError as error:
        raise _unreachable(url, error) from error


async def _follow(
    session: Asking,
    url: str,
    guard: Guard,
    now: Callable[[], datetime],
    validators: Validators,
    limits: Limits,
    headers: dict[str, str],
    ask: Ask | None,
) -> Fetched:
    target = guard.check_url(url)
    hops: list[Redirect] = []
    timeout = aiohttp.ClientTimeout(
        total=None, sock_connect=limits.connect_s, sock_read=limits.read_s
    )
    while True:
        if ask is not None:
            await ask(target)
        try:
            async with session.get(
                target,
                headers=headers,
                allow_redirects=False,
                timeout=timeout,
            ) as response:
                if response.status not in _REDIRECTS:
                    return await _answer(response, target, hops, now, validators, limits)
                hop = _next_hop(response, target, guard)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            hop = _over_tls(target, error)
        _check_hop(hop, hops, url, target, limits)
        hops.append(hop)
        target = URL(hop.location)


async def _answer(
    response: aiohttp.ClientResponse,
    target: URL,
    hops: list[Redirect],
    now: Callable[[], datetime],
    validators: Validators,
    limits: Limits,
) -> Fetched:
    _check_status(response, validators, now)
    body, wire_bytes = b"", 0
    if response.status != 304:
        body, wire_bytes = await _read(response, limits)
    return Fetched(
        url=loggable(target),
        status=304 if response.status == 304 else 200,
        headers=_headers(response),
        body=body,
        fetched_at=now(),
        validators=_validators(response, validators),
        redirects=tuple(hops),
        wire_bytes=wire_bytes,
    )


def _over_tls(target: URL, error: aiohttp.ClientConnectorError | TimeoutError) -> Redirect:
    """The same address over https where its port 80 is dead; else the error goes on."""
    if (target.scheme, target.port) != ("http", 80):
        raise error
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        raise error
    return Redirect(status=None, location=str(target.with_scheme("https").with_port(None)))


def _check_hop(hop: Redirect, hops: list[Redirect], url: str, target: URL, limits: Limits) -> None:
    """Refuse to go in a circle, and to go on for ever."""
    seen = {url, str(target), *(earlier.location for earlier in hops)}
    if hop.location in seen:
        reason = f"redirects in a circle, back to {loggable(hop.location)}"
    elif len(hops) >= limits.redirects:
        reason = f"redirects more than {limits.redirects} times"
    else:
        return
    raise FetchFailed("http-error", f"{loggable(url)} {reason}", status=hop.status)


def _request_headers(validators: Validators, accept: str) -> dict[str, str]:
    headers = {"Accept": accept, "Accept-Encoding": "gzip, deflate"}
    if validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    return headers


def _next_hop(response: aiohttp.ClientResponse, source: URL, guard: Guard) -> Redirect:
    location = response.headers.get("Location")
    if not location:
        raise FetchFailed(
            "http-error",
            f"{loggable(source)} answered {response.status} without a Location",
            status=response.status,
        )
    try:
        target = source.join(URL(location))
    except ValueError as error:
        raise Refused(f"{guard.subject} refused: it redirects to nowhere ({error})") from error
    # Credentials are for the host that the operator named, and a redirect must not choose them.
    target = guard.check_url(target.with_user(None) if target.host else target)
    if source.scheme == "https" and target.scheme == "http":
        raise Refused(
            f"{guard.subject} refused: {loggable(source)} redirects from https to http",
            field=guard.field,
        )
    return Redirect(status=response.status, location=str(target))


def _check_status(
    response: aiohttp.ClientResponse, asked: Validators, now: Callable[[], datetime]
) -> None:
    if response.status == 200:
        return
    if response.status == 304 and (asked.etag or asked.last_modified):
        return
    reason = f" {response.reason}" if response.reason else ""
    outcome: Outcome = "gone" if response.status == 410 else "http-error"
    if response.headers.get("cf-mitigated") == "challenge":
        outcome, reason = "html", " with a challenge for browsers instead of the feed"
    raise FetchFailed(
        outcome,
        f"{loggable(response.url)} answered {response.status}{reason[:80]}",
        status=response.status,
        retry_after_s=retry_after_s(_headers(response), now()),
    )


async def _read(response: aiohttp.ClientResponse, limits: Limits) -> tuple[bytes, int]:
    """The body, and how many bytes of it were sent."""
    where = loggable(response.url)
    too_large = FetchFailed(
        "too-large",
        f"{where} sends more than {limits.wire_bytes:,} bytes "
        f"({limits.decoded_bytes:,} when inflated)",
        status=200,
    )
    if (response.content_length or 0) > limits.wire_bytes:
        raise too_large
    clock = asyncio.get_running_loop().time
    started, received = clock(), 0
    try:
        body = inflater(response.headers.get("Content-Encoding", ""), limits.decoded_bytes)
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            received += len(chunk)
            if received > limits.wire_bytes:
                raise too_large
            body.feed(chunk)
            elapsed = clock() - started
            if elapsed > limits.slow_after_s and received < elapsed * limits.slow_bytes_per_s:
                raise FetchFailed(
                    "timed-out",
                    f"{where} sends only {received / elapsed:.0f} bytes a second",
                )
        return body.finish(), received
    except TooMuch as error:
        raise too_large from error
    except CannotInflate as error:
        raise FetchFailed(
            "bad-encoding",
            f"{where} sends a body whose Content-Encoding is wrong: {error}",
        ) from error


def _headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in response.headers.items():
        key = name.lower()
        clean = value.encode(errors="replace").decode()
        joined[key] = f"{joined[key]}, {clean}" if key in joined else clean
    return joined


def _validators(response: aiohttp.ClientResponse, asked: Validators) -> Validators:
    """The answer's validators; a 304 that repeats none of them leaves the old ones valid."""
    fresh = Validators(
        etag=_echoable(response.headers.get("ETag")),
        last_modified=_echoable(response.headers.get("Last-Modified")),
    )
    if response.status != 304:
        return fresh
    return Validators(
        etag=fresh.etag or asked.etag,
        last_modified=fresh.last_modified or asked.last_modified,
    )


def _echoable(value: str | None) -> str | None:
    """The value, unless aiohttp could not send its bytes back as they came (not UTF-8)."""
    try:
        return value if value and value.encode() else None
    except UnicodeEncodeError:
        return None


def _unreachable(url: str, error: aiohttp.ClientError) -> FetchFailed:
    where = loggable(url)
    match error:
        case aiohttp.InvalidURL():
            return FetchFailed("refused", f"{where} is not a usable URL")
        case aiohttp.ClientConnectorDNSError():
            return FetchFailed("unreachable", f"{where} names a host that does not resolve")
        case aiohttp.ClientSSLError():
            reason = error.os_error
            detail = reason.reason if isinstance(reason, ssl.SSLError) else type(reason).__name__
            if isinstance(reason, ssl.SSLCertVerificationError):
                detail = reason.verify_message
            return FetchFailed("unreachable", f"{where} failed the TLS handshake: {detail}")
        case aiohttp.ClientConnectorError():
            return FetchFailed("unreachable", f"{where} cannot be reached: {error.os_error}")
        case aiohttp.ClientPayloadError():
            return FetchFailed("unreachable", f"{where} stopped before the whole body arrived")
        case aiohttp.ClientResponseError():
            return FetchFailed("http-error", f"{where} does not speak HTTP: {error.message[:200]}")
        case _:
            return FetchFailed("unreachable", f"{where} broke off: {type(error).__name__}")
