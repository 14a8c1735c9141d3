"""What every stream of server-sent events shares: it waits for more, and ends with the server."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from litestar import Request
from litestar.response import Stream

MEDIA_TYPE = "text/event-stream"
POLL_S = 0.25
# Proxies give up on what is silent for a minute.
_QUIET_POLLS = 60
_HEADERS = {"Cache-Control": "private, no-store", "X-Accel-Buffering": "no"}
CLOSING = "closing"

More = Callable[[], Awaitable[list[bytes]]]
"""The frames that have come since it was asked last, a bounded number of them."""
Welcome = Callable[[], Awaitable[bool]]
"""Whether the reader may still read."""


async def _always() -> bool:
    return True


def stream(request: Request[Any, Any, Any], more: More, welcome: Welcome = _always) -> Stream:
    """The answer that goes on; nothing is asked for before the reader took what came before."""
    closing: asyncio.Event = request.app.state[CLOSING]
    return Stream(_frames(more, welcome, closing), media_type=MEDIA_TYPE, headers=_HEADERS)


async def _frames(more: More, welcome: Welcome, closing: asyncio.Event) -> AsyncGenerator[bytes]:
    quiet = 0
    yield b": here is what comes\n\n"
    while not closing.is_set():
        found = await more()
        for frame in found:
            yield frame
        quiet = 0 if found else quiet + 1
        if quiet % _QUIET_POLLS == _QUIET_POLLS - 1:
            if not await welcome():
                return
            yield b": nothing new\n\n"
        if not found:
            try:
                async with asyncio.timeout(POLL_S):
                    await closing.wait()
            except TimeoutError:
                pass
