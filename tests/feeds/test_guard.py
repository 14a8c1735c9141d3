"""The guard against addresses that a feed has no business with."""

import socket
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address, ip_network

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from feeds.fetch import fetch
from feeds.fetched import FetchFailed
from feeds.guard import Guard, guarded_session, loggable, parse_allow_list
from tests.feeds.conftest import Serve
from tracker.domain.errors import Refused


class ScriptedResolver(AbstractResolver):
    """Answers each question with the next answer of its script, the last one for ever."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in answer.split()
        ]

    async def close(self) -> None:
        return None


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("0.0.0.0", "the unspecified address"),
        ("127.0.0.1", "a loopback address"),
        ("::1", "a loopback address"),
        ("169.254.169.254", "a link-local address"),
        ("fe80::1", "a link-local address"),
        ("224.0.0.1", "a multicast address"),
        ("ff02::1", "a multicast address"),
        ("10.1.2.3", "a private address"),
        ("192.168.0.1", "a private address"),
        ("fd00:ec2::254", "a private address"),
        ("fec0::1", "a private address"),
        ("100.64.0.1", "not a public address"),
        ("240.0.0.1", "a reserved address"),
        ("::ffff:10.0.0.1", "a wrapper around 10.0.0.1, a private address"),
        ("64:ff9b::a9fe:a9fe", "a wrapper around 169.254.169.254, a link-local address"),
        ("64:ff9b:1::a00:1", "a local-use NAT64 address"),
        ("2002:7f00:1::", "a wrapper around 127.0.0.1, a loopback address"),
        ("2001:0:808:808::f5ff:fffe", "a wrapper around 10.0.0.1, a private address"),
    ],
)
def test_an_address_that_is_not_public_is_refused(address: str, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        Guard().check_address(ip_address(address))
    assert refusal.value.message.endswith(f"is {reason}")
    assert refusal.value.field == "url"


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_a_public_address_is_let_through(address: str) -> None:
    Guard().check_address(ip_address(address))


def test_the_allow_list_opens_one_network_only() -> None:
    guard = Guard(allow=parse_allow_list(["10.0.0.0/24", "fd00::/64"]))
    guard.check_address(ip_address("10.0.0.7"))
    guard.check_address(ip_address("::ffff:10.0.0.7"))
    guard.check_address(ip_address("fd00::7"))
    with pytest.raises(Refused):
        guard.check_address(ip_address("10.0.1.7"))


def test_an_allow_list_entry_that_is_no_network_is_named() -> None:
    with pytest.raises(Refused, match=r"'10\.0\.0\.1/8' is not a CIDR"):
        parse_allow_list(["10.0.0.1/8"])


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://169.254.169.254/latest", "169.254.169.254 is a link-local address"),
        ("http://[::ffff:127.0.0.1]/", "a wrapper around 127.0.0.1, a loopback address"),
        ("file:///etc/passwd", "only http and https are fetched, not file"),
        ("feed.xml", "only http and https are fetched, not a path"),
        ("http:///feed", "it names no host"),
        ("http://example.org:99999/", "it cannot be read"),
    ],
)
def test_a_url_is_refused_with_a_reason_before_anything_is_dialled(url: str, reason: str) -> None:
    with pytest.raises(Refused, match=r"^feed URL refused: ") as refusal:
        Guard().check_url(url)
    assert reason in refusal.value.message


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f.1", "localhost", "127.0.0.1"])
async def test_no_spelling_of_loopback_is_dialled(
    serve: Serve, now: Callable[[], datetime], host: str
) -> None:
    async def answer(request: web.Request) -> web.Response:
        raise AssertionError("a barred server was asked")

    port = (await serve(answer)).rsplit(":", 1)[1].partition("/")[0]
    guard = Guard()
    async with guarded_session(guard, user_agent="t") as session:
        with pytest.raises(FetchFailed) as failure:
            await fetch(session, f"http://{host}:{port}/", guard=guard, now=now)
    assert failure.value.outcome in ("refused", "unreachable")


async def test_the_socket_factory_stops_a_literal_that_nobody_checked() -> None:
    async with guarded_session(Guard(), user_agent="t") as session:
        with pytest.raises(Refused, match=r"127\.0\.0\.1 is a loopback address"):
            await session.get("http://127.0.0.1:1/")


async def test_one_barred_address_among_public_ones_refuses_the_name(
    now: Callable[[], datetime],
) -> None:
    guard = Guard()
    resolver = ScriptedResolver("8.8.8.8 10.0.0.1")
    async with guarded_session(guard, user_agent="t", resolver=resolver) as session:
        with pytest.raises(FetchFailed) as failure:
            await fetch(session, "http://news.example/", guard=guard, now=now)
    assert failure.value.outcome == "refused"
    assert failure.value.message == (
        "feed URL refused: news.example resolves to 10.0.0.1, which is a private address"
    )


async def test_an_answer_that_changes_after_the_check_is_never_dialled(
    serve: Serve, now: Callable[[], datetime]
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="from the judged address", headers={"Connection": "close"})

    port = (await serve(answer)).rsplit(":", 1)[1].partition("/")[0]
    guard = Guard(allow=(ip_network("127.0.0.0/8"),))
    resolver = ScriptedResolver("127.0.0.1", "10.0.0.1")
    async with guarded_session(guard, user_agent="t", resolver=resolver) as session:
        fetched = await fetch(session, f"http://news.example:{port}/", guard=guard, now=now)
        assert fetched.body == b"from the judged address"
        assert resolver.asked == 1
        with pytest.raises(FetchFailed, match=r"10\.0\.0\.1, which is a private"):
            await fetch(session, f"http://news.example:{port}/", guard=guard, now=now)


def test_credentials_never_reach_a_message() -> None:
    assert loggable("https://me:secret@example.org/feed?x=1") == "https://example.org/feed?x=1"
