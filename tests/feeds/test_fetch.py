"""One fetch over real HTTP: what it brings, and each way in which it may fail."""

import asyncio
import gzip
import zlib
from collections.abc import Callable
from datetime import datetime

import aiohttp
import pytest
from aiohttp import web

from feeds.fetch import fetch
from feeds.fetched import FetchFailed, Limits, Validators
from feeds.guard import Guard
from tests.feeds.conftest import Handler, Serve, ServeBytes

Clock = Callable[[], datetime]
SHORT = Limits(connect_s=1, read_s=0.3, total_s=1.5, slow_after_s=0.2)


def answers(response: Callable[[web.Request], web.Response]) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return response(request)

    return handler


async def failure_of(
    session: aiohttp.ClientSession,
    url: str,
    guard: Guard,
    now: Clock,
    limits: Limits | None = None,
) -> FetchFailed:
    with pytest.raises(FetchFailed) as failure:
        await fetch(session, url, guard=guard, now=now, limits=limits)
    return failure.value


async def test_validators_are_echoed_byte_for_byte_and_304_is_no_failure(
    session: aiohttp.ClientSession, guard: Guard, now: Clock, serve: Serve
) -> None:
    etag, modified = 'W/"é--gzip', "Thursday, 20-Jun-24 10:00:00 GMT"
    asked: list[tuple[str | None, str | None]] = []

    def respond(request: web.Request) -> web.Response:
        asked.append(
            (request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since"))
        )
        status = 304 if len(asked) > 1 else 200
        body = b"" if status == 304 else b"<rss/>"
        return web.Response(
            status=status, body=body, headers={"ETag": etag, "Last-Modified": modified}
        )

    url = await serve(answers(respond))
    first = await fetch(session, url, guard=guard, now=now)
    assert (first.status, first.body, first.fetched_at) == (200, b"<rss/>", now())
    again = await fetch(session, url, guard=guard, now=now, validators=first.validators)
    assert (again.status, again.body) == (304, b"")
    assert again.validators == first.validators
    assert asked == [(None, None), (etag, modified)]


async def test_a_304_that_nobody_asked_for_is_an_error(
    session: aiohttp.ClientSession, guard: Guard, now: Clock, serve: Serve
) -> None:
    url = await serve(answers(lambda _: web.Response(status=304)))
    assert (await failure_of(session, url, guard, now)).outcome == "http-error"


async def test_redirects_are_followed_and_told(
    session: aiohttp.ClientSession, guard: Guard, now: Clock, serve: Serve
) -> None:
    def respond(request: web.Request) -> web.Response:
        if request.path == "/feed":
            return web.Response(status=301, headers={"Location": "/new?a=b%20c"})
        return web.Response(text=request.path_qs)

    fetched = await fetch(session, await serve(answers(respond)), guard=guard, now=now)
    assert fetched.body == b"/new?a=b%20c"
    assert fetched.url.endswith("/new?a=b%20c")
    assert [(hop.status, hop.location) for hop in fetched.redirects] == [(301, fetched.url)]


async def test_a_redirect_loop_ends(
    session: aiohttp.ClientSession, guard: Guard, now: Clock, serve: Serve
) -> None:
    url = await serve(answers(lambda _: web.Response(status=302, headers={"Location": "/feed"})))
    failure = await failure_of(session, url, guard, now)
    assert failure.outcome == "http-error"
    assert failure.message.endswith(f"redirects in a circle, back to {url}")


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data", "169.254.169.254 is a link-local address"),
        ("http://10.0.0.1/", "10.0.0.1 is a private address"),
        ("http://[::1]/", "::1 is a loopback address"),
        ("file:///etc/passwd", "only http and https are fetched, not file"),
    ],
)
async def test_a_redirect_to_where_feeds_may_not_be_is_refused(
    session: aiohttp.ClientSession,
    guard: Guard,
    now: Clock,
    serve: Serve,
    location: str,
    reason: str,
) -> None:
    url = await serve(answers(lambda _: web.Response(status=302, headers={"Location": location})))
    failure = await failure_of(session, url, guard, now)
    assert (failure.outcome, failure.message) == ("refused", f"feed URL refused: {reason}")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw-deflate", "two-members"])
async def test_compressed_bodies_are_inflated(
    session: aiohttp.ClientSession, guard: Guard, now: Clock, serve: Serve, encoding: str
) -> None:
    body = b"<rss>" + b"text " * 50_000 + b"</rss>"
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    sent = {
        "gzip": gzip.compress(body),
        "deflate": zlib.compress(body),
        "raw-deflate": raw.compress(body) + raw.flush(),
        "two-members": gzip.compress(body[:9]) + gzip.compress(body[9:]) + b"\0\0",
    }[encoding]
    label = "deflate" if "deflate" in encoding else "gzip"
    url = await serve(
        answers(lambda _: web.Response(body=sent, headers={"Content-Encoding": label}))
    )
    assert (await fetch(session, url, guard=guard, now=now)).body == body


@pytest.mark.parametrize(
    ("label", "body"),
    [("gzip", b"not gzip"), ("gzip", gzip.compress(b"x" * 999, mtime=0)[:-12]), ("br", b"xyz")],
)
async def test_a_body_that_is_not_what_its_encoding_says_is_told_apart(
    session: aiohttp.ClientSession, guard: Guard, now: Clock, serve: Serve, label: str, body: bytes
) -> None:
    url = await serve(
        answers(lambda _: web.Response(body=body, headers={"Content-Encoding": label}))
    )
    assert (await failure_of(session, url, guard, now)).outcome == "bad-encoding"


async def test_a_gzip_bomb_is_refused_before_it_is_inflated(
    session: aiohttp.ClientSession, guard: Guard, now: Clock, serve: Serve
) -> None:
    bomb = gzip.compress(b"\0" * 60_000_000)
    url = await serve(
        answers(lambda _: web.Response(body=bomb, headers={"Content-Encoding": "gzip"}))
    )
    failure = await failure_of(session, url, guard, now)
    assert failure.outcome == "too-large"
    assert failure.message.endswith("sends more than 20,000,000 bytes (50,000,000 when inflated)")


async def test_a_body_that_announces_100_mb_is_not_read(
    session: aiohttp.ClientSession, guard: Guard, now: Clock, serve: Serve
) -> None:
    sent = 0

    async def respond(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Length": "100000000"})
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65_536)
            sent += 65_536

    url = await serve(respond)
    assert (await failure_of(session, url, guard, now)).outcome == "too-large"
    assert sent < 20_000_000


async def test_an_endless_body_is_cut_off_at_the_limit(
    session: aiohttp.ClientSession, guard: Guard, now: Clock, serve: Serve
) -> None:
    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65_536)

    url = await serve(respond)
    failure = await failure_of(session, url, guard, now, Limits(wire_bytes=1_000_000))
    assert failure.outcome == "too-large"


@pytest.mark.parametrize("pause_s", [0.05, 5])
async def test_a_server_that_dribbles_is_given_up_on(
    session: aiohttp.ClientSession, guard: Guard, now: Clock, serve: Serve, pause_s: float
) -> None:
    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await asyncio.sleep(pause_s)

    url = await serve(respond)
    assert (await failure_of(session, url, guard, now, SHORT)).outcome == "timed-out"


async def test_a_server_that_dribbles_its_headers_is_given_up_on(
    session: aiohttp.ClientSession, guard: Guard, now: Clock, serve_bytes: ServeBytes
) -> None:
    async def dribble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-A: b\r\n")
            await writer.drain()
            await asyncio.sleep(0.1)

    url = await serve_bytes(dribble)
    failure = await failure_of(session, url, guard, now, SHORT)
    assert failure.outcome == "timed-out"


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("120", 120),
        ("Thu, 20 Jun 2024 12:01:00 GMT", 60),
        ("Thu, 20 Jun 2024 12:01:00 +99999999999999999999", None),
        ("soon", None),
        ("-5", None),
    ],
)
async def test_retry_after_is_read_as_seconds_or_as_a_date(
    session: aiohttp.ClientSession,
    guard: Guard,
    now: Clock,
    serve: Serve,
    retry_after: str,
    seconds: int | None,
) -> None:
    url = await serve(
        answers(lambda _: web.Response(status=429, headers={"Retry-After": retry_after}))
    )
    failure = await failure_of(session, url, guard, now)
    assert (failure.outcome, failure.status) == ("http-error", 429)
    assert failure.retry_after_s == seconds
    assert failure.message == f"{url} answered 429 Too Many Requests"


async def test_a_port_where_nobody_listens_is_unreachable(
    session: aiohttp.ClientSession, guard: Guard, now: Clock
) -> None:
    failure = await failure_of(session, "http://u:secret@127.0.0.1:1/", guard, now)
    assert failure.outcome == "unreachable"
    assert "cannot be reached" in failure.message
    assert "secret" not in failure.message


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 70 + ".example"])
async def test_a_name_that_does_not_resolve_is_unreachable(
    session: aiohttp.ClientSession, guard: Guard, now: Clock, host: str
) -> None:
    failure = await failure_of(session, f"http://{host}/", guard, now)
    assert failure.outcome == "unreachable"


async def test_a_server_without_tls_is_unreachable_over_https(
    session: aiohttp.ClientSession, guard: Guard, now: Clock, serve: Serve
) -> None:
    url = await serve(answers(lambda _: web.Response(text="x")))
    failure = await failure_of(session, url.replace("http://", "https://"), guard, now)
    assert failure.outcome == "unreachable"
    assert "TLS" in failure.message


async def test_what_is_not_http_is_an_http_error(
    session: aiohttp.ClientSession, guard: Guard, now: Clock, serve_bytes: ServeBytes
) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")

    url = await serve_bytes(babble)
    failure = await failure_of(session, url, guard, now)
    assert failure.outcome == "http-error"


async def test_an_etag_that_cannot_be_sent_back_is_not_kept(
    session: aiohttp.ClientSession, guard: Guard, now: Clock, serve_bytes: ServeBytes
) -> None:
    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nETag: "\xe9"\r\nContent-Length: 1\r\n\r\nx')

    url = await serve_bytes(respond)
    fetched = await fetch(session, url, guard=guard, now=now)
    assert fetched.validators == Validators()
