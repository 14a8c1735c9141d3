"""The log as server-sent events: resumed at a position, filtered, and ended with the server."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec

from tests.tracker.api.door import Door, problem
from tracker.api.streaming import CLOSING


@asynccontextmanager
async def opened(
    door: Door, query: str, headers: Mapping[str, str] | None = None
) -> AsyncGenerator[aiohttp.StreamReader]:
    sent = {"authorization": f"Bearer {door.tokens['reader']}", **(headers or {})}
    url = f"{door.base}/api/v1/events/stream{query}"
    async with aiohttp.ClientSession() as session, session.get(url, headers=sent) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert (await answer.content.readuntil(b"\n\n")).startswith(b":")
        yield answer.content


async def told(stream: aiohttp.StreamReader) -> tuple[str, Any]:
    """The id and the data of the next event."""
    while (frame := await stream.readuntil(b"\n\n")).startswith(b":"):
        pass
    fields = dict(line.split(": ", 1) for line in frame.decode().splitlines() if line)
    return fields["id"], msgspec.json.decode(fields["data"])


async def test_a_stream_tells_what_is_recorded_and_goes_on_where_it_was_cut_off(door: Door) -> None:
    first = await door.change("visa-required", "2024-07-01")
    async with opened(door, "?after=0&type=policy-changed") as stream:
        place, event = await told(stream)
        assert (place, event["id"]) == (str(first["position"]), first["event"])
        second = await door.change("visa-free", "2025-07-01")
        assert (await told(stream))[1]["id"] == second["event"]
    resumed = {"last-event-id": place}
    async with opened(door, "?type=policy-changed", resumed) as stream:
        assert (await told(stream))[0] == str(second["position"])


async def test_a_stream_without_a_place_begins_at_the_end_of_the_log(door: Door) -> None:
    await door.change("visa-required", "2024-07-01")
    async with opened(door, "?tag=rule:EC&type=policy-changed") as stream:
        second = await door.change("visa-free", "2025-07-01")
        assert (await told(stream))[1]["id"] == second["event"]


async def test_a_stream_ends_with_the_server(door: Door) -> None:
    async with opened(door, "") as stream:
        door.app.state[CLOSING].set()
        assert await stream.read() == b""


async def test_a_place_that_is_none_is_refused(door: Door) -> None:
    for given in ("x", "-1", "1-2", "1" * 30):
        refused = await door.get("/events/stream", headers={"last-event-id": given})
        assert problem(refused) == (400, "refused", "Last-Event-ID"), given
