"""Read your own writes: every write says its position, and every view can be asked for it."""

import asyncio
from collections.abc import Iterator
from typing import get_args, get_type_hints

from litestar.handlers import HTTPRouteHandler

from projections.alerts.matcher import Matcher
from tests.place import Place
from tests.tracker.api.door import Door, problem
from tests.tracker.api.test_access import SOME_ID, routes
from tests.tracker.api.test_facts import STATEMENT

# Enough that no route misses a parameter; who does not know one takes no notice.
NEEDED = {"nationality": "CN", "metric": "border-entries", "geography": "EC"}
# What changes ordinary tables and appends nothing.
NO_EVENT = {
    "POST /channels",
    f"PATCH /channels/{SOME_ID}",
    f"POST /channels/{SOME_ID}/rotate",
    f"POST /channels/{SOME_ID}/reopen",
    f"DELETE /channels/{SOME_ID}",
    f"POST /alerts/{SOME_ID}/acknowledge",
    "POST /alerts/replay",
    f"POST /subscriptions/{SOME_ID}/test",
    "POST /subscriptions/backtest",
    f"POST /feeds/{SOME_ID}/poll",
    "POST /feeds/test",
    f"PUT /feeds/{SOME_ID}/headers",
    f"DELETE /feeds/{SOME_ID}/headers",
    f"PUT /feeds/{SOME_ID}/proxy",
    f"DELETE /feeds/{SOME_ID}/proxy",
    "POST /users",
    f"POST /users/{SOME_ID}/tokens",
    f"POST /users/{SOME_ID}/role",
    f"DELETE /users/{SOME_ID}/credentials",
    f"DELETE /users/{SOME_ID}/credentials/{SOME_ID}",
}


def reads(door: Door) -> Iterator[str]:
    """The address of every route of the API that reads; `/log/` is the log itself, byte by byte."""
    for method, path, _ in routes(door):
        if method == "GET" and path.startswith("/api/"):
            yield path.removeprefix("/")


async def test_every_read_of_a_view_takes_min_position_and_says_its_own(
    door: Door, place: Place
) -> None:
    await door.record("statement", **STATEMENT)
    blind: list[str] = []
    for path in reads(door):
        reply = await door.get(path, params={**NEEDED, "min_position": "99"})
        if reply.status == 400:
            assert problem(reply) == (400, "refused", "min_position"), path
            reply = await door.get(path, params=NEEDED)
            assert reply.headers["Tracker-Position"] in ("0", "3"), path
        else:
            blind.append(path)
    assert len(blind) < 22

    place.drop_views()
    for path in blind:
        reply = await door.get(path, params=NEEDED)
        assert reply.status < 500, f"{path} reads a view and takes no min_position"


async def test_a_read_waits_until_the_view_has_what_was_written(door: Door) -> None:
    written = (await door.post("/statements", STATEMENT)).written
    asked = {"min_position": written["position"]}
    reading = asyncio.create_task(door.get("/statements", params=asked))
    await asyncio.sleep(0.1)
    assert not reading.done()

    await door.parts.settle()
    reply = await reading
    assert len(reply.body["statements"]) == 1
    assert reply.headers["Tracker-Position"] == str(written["position"])


def fields_of_answer(handler: HTTPRouteHandler) -> tuple[str, ...]:
    """The fields of what a handler answers with."""
    returned = get_type_hints(handler.fn)["return"]
    answer = get_args(returned)[0] if get_args(returned) else returned
    return getattr(answer, "__struct_fields__", ())


async def test_every_write_says_its_position(door: Door) -> None:
    silent = {
        f"{method} {path.removeprefix('/api/v1')}"
        for method, path, handler in routes(door)
        if method != "GET" and "position" not in fields_of_answer(handler)
    }
    assert silent == NO_EVENT


async def test_a_document_known_already_is_answered_with_a_position_to_wait_for(
    door: Door,
) -> None:
    body = {"text": "Nothing changes.", "title": "Note", "url": "https://example.org/note"}
    first = await door.post("/documents", body)
    again = await door.post("/documents", body)

    assert (first.status, again.status) == (201, 200)
    assert first.headers["Tracker-Position"] == again.headers["Tracker-Position"] == "1"
    await door.parts.settle()
    found = await door.get(f"/documents/{again.body['document']}", params={"min_position": "1"})
    assert found.status == 200


async def test_alerts_wait_for_what_is_owed_and_not_only_for_the_views(door: Door) -> None:
    written = await door.record("statement", **STATEMENT)
    asked = {"min_position": written["position"]}
    assert (await door.get("/alerts")).headers["Tracker-Position"] == "0"
    reading = asyncio.create_task(door.get("/alerts", params=asked))
    await asyncio.sleep(0.1)
    assert not reading.done()

    await matched(door, written["position"])
    reply = await reading
    assert (reply.status, reply.headers["Tracker-Position"]) == (200, str(written["position"]))


async def matched(door: Door, position: int) -> None:
    """Match the log's events, to which nobody subscribes."""
    matcher = Matcher(door.parts.deliver_database, door.parts.clock, asyncio.Event())
    assert await matcher.catch_up() == position
