"""Signed webhooks, checked by the library that Standard Webhooks publishes, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from standardwebhooks import Webhook, WebhookVerificationError

from projections.alerts.channel import Means, Outgoing, Verdict
from projections.alerts.channels.webhook import (
    WEBHOOK,
    WebhookSettings,
    headers,
    new_secret,
    send,
)  # fmt: skip
from tracker.domain.errors import Refused

SECRET = new_secret(bytes(range(32)))
MESSAGE = Outgoing(uuid4(), "subject", "text", '{"what":"Ecuador → visa"}'.encode())
NOW = datetime.now(UTC)
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def verdict(
    session: aiohttp.ClientSession, answer: Answer, timeout_s: float = 10.0
) -> Verdict:
    """What comes of one attempt at a receiver that answers so."""
    application = web.Application()
    application.router.add_post("/hook", answer)
    async with TestServer(application) as server:
        settings = WebhookSettings(str(server.make_url("/hook")), SECRET)
        means = Means(session, webhook_timeout_s=timeout_s)
        return await send(settings, MESSAGE, means, NOW)


def answering(status: int, **extra: str) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text="so", headers=extra)

    return answer


def test_the_library_of_the_standard_accepts_our_signature_and_no_altered_body() -> None:
    settings = WebhookSettings("https://example.org/hook", SECRET)
    now = datetime.now(UTC)  # the library compares it with the clock
    sent = headers(settings, MESSAGE, now)
    oracle = Webhook(SECRET)

    assert oracle.verify(MESSAGE.body, sent) == {"what": "Ecuador → visa"}
    with pytest.raises(WebhookVerificationError):
        oracle.verify(MESSAGE.body + b" ", sent)
    with pytest.raises(WebhookVerificationError):
        oracle.verify(MESSAGE.body, headers(settings, MESSAGE, NOW - timedelta(hours=1)))


async def test_only_2xx_is_a_success(session: aiohttp.ClientSession) -> None:
    accepted = await verdict(session, answering(204))
    assert (accepted.outcome, accepted.status, accepted.error) == ("delivered", 204, None)
    refused = await verdict(session, answering(500))
    assert (refused.outcome, refused.status) == ("failed", 500)
    assert refused.error == "the receiver refused (500 Internal Server Error)"
    assert refused.response_sha256


async def test_a_redirect_is_a_failure_and_is_not_followed(session: aiohttp.ClientSession) -> None:
    moved = await verdict(session, answering(302, Location="/elsewhere"))
    assert moved.error == "a webhook may not redirect (302 Found)"


async def test_the_receiver_may_say_when_to_return_or_that_it_is_gone(
    session: aiohttp.ClientSession,
) -> None:
    busy = await verdict(session, answering(429, **{"Retry-After": "120"}))
    assert (busy.outcome, busy.retry_after_s) == ("failed", 120)
    assert (await verdict(session, answering(410))).outcome == "gone"


async def test_a_receiver_that_never_answers_is_a_failure_after_its_time(
    session: aiohttp.ClientSession,
) -> None:
    released = asyncio.Event()

    async def never(request: web.Request) -> web.StreamResponse:
        await released.wait()
        return web.Response()

    async def trickling(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"so")
        await released.wait()
        return answer

    for receiver in (never, trickling):
        released.clear()
        asyncio.get_running_loop().call_later(0.2, released.set)
        found = await verdict(session, receiver, timeout_s=0.05)
        assert (found.outcome, found.status) == ("failed", None)
        assert found.error == "no answer within 0.05 seconds"


async def test_nobody_listening_is_a_failure_in_words(session: aiohttp.ClientSession) -> None:
    async with TestServer(web.Application()) as server:
        url = str(server.make_url("/hook"))
    away = await send(WebhookSettings(url, SECRET), MESSAGE, Means(session), NOW)
    assert (away.outcome, away.status) == ("failed", None)
    assert "Cannot connect" in (away.error or "")


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_!!", SECRET[6:]])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(Refused, match="24 to 64 random bytes"):
        WEBHOOK.read({"url": "https://example.org/hook", "secret": secret})


def test_settings_are_refused_by_field() -> None:
    with pytest.raises(Refused, match="url: 'ftp"):
        WEBHOOK.read({"url": "ftp://example.org", "secret": SECRET})
    with pytest.raises(Refused, match="secret: is needed"):
        WEBHOOK.read({"url": "https://example.org/hook"})
