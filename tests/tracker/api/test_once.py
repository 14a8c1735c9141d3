"""Writes outside the log with an Idempotency-Key: sent again they are answered, not done again."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.tracker.api.door import Door, Reply, problem
from tests.tracker.api.test_subscriptions import opened
from tracker.domain.errors import Conflict
from tracker.tables.requests import Requests
from tracker.tables.tidying import tidy

KEY = {"Idempotency-Key": "monday-1"}
WRITE_NOTHING = {"/api/v1/feeds/test", "/api/v1/subscriptions/backtest"}


async def twice(door: Door, method: str, path: str, body: Any = None) -> Reply:
    """Send a request twice with the same key: both answers are the same."""
    first = await door.call(method, path, json=body, headers=KEY)
    again = await door.call(method, path, json=body, headers=KEY)
    assert (again.status, again.data) == (first.status, first.data)
    assert first.status < 300, first.data
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    return again


async def test_every_write_takes_an_idempotency_key(door: Door) -> None:
    document = (await door.get("/openapi.json", role=None)).body
    without = {
        path
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method != "get" and path.startswith("/api/")
        if "Idempotency-Key" not in {p["name"] for p in operation.get("parameters", ())}
    }
    assert without == WRITE_NOTHING


async def test_a_user_and_a_token_are_made_once_and_the_token_is_told_again(door: Door) -> None:
    user = (await twice(door, "POST", "/users", {"name": "Ana", "role": "reader"})).body["id"]
    other = await door.post("/users", {"name": "Ben", "role": "reader"}, headers=KEY)
    assert problem(other) == (409, "conflict", None)
    assert "used for another request" in other.body["detail"]

    made = await door.post(f"/users/{user}/tokens", headers={"Idempotency-Key": "t"})
    again = await door.post(f"/users/{user}/tokens", headers={"Idempotency-Key": "t"})
    assert made.written == again.written
    [kept] = (await door.get(f"/users/{user}/credentials")).body["credentials"]
    stored = await door.parts.database.fetch("select answer from app.request")
    assert len(stored) == 2
    assert not any(made.written["token"].encode() in bytes(answer) for (answer,) in stored)

    ended = f"/users/{user}/credentials/{kept['id']}"
    for _ in range(2):
        answer = await door.call("DELETE", ended, headers={"Idempotency-Key": "e"})
        assert (answer.status, answer.body) == (200, {"ended": 1})
    assert problem(await door.call("DELETE", ended))[0] == 404


async def test_a_late_retry_does_not_undo_what_was_decided_since(door: Door) -> None:
    reader = str((await door.parts.users.named("reader")).id)
    path = f"/users/{reader}/role"
    assert (await door.post(path, {"role": "analyst"}, headers=KEY)).status == 200
    assert (await door.post(path, {"role": "auditor"})).status == 200
    assert (await door.post(path, {"role": "analyst"}, headers=KEY)).body["role"] == "analyst"
    assert (await door.parts.users.named("reader")).role == "auditor"


async def test_a_webhook_keeps_its_old_secret_while_a_rotation_is_sent_again(door: Door) -> None:
    subscription = await opened(door, "admin")
    path = f"/channels/{subscription['channel']}"
    told = (await twice(door, "POST", f"{path}/rotate", {})).body["secret"]
    settings = (await door.parts.channels.get(subscription["channel"])).settings
    assert settings["secret"] == told != subscription["secret"]
    assert settings["previous"] == subscription["secret"]

    for method, at, body in (
        ("PATCH", path, {"fallback": None}),
        ("POST", f"{path}/reopen", None),
        ("POST", f"/subscriptions/{subscription['subscription']}/test", None),
        ("POST", "/alerts/replay", {"until": 9}),
        ("DELETE", path, None),
    ):
        for _ in range(2):
            answer = await door.call(
                method, at, json=body, headers={"Idempotency-Key": method + at}
            )
            assert answer.status < 300, (at, answer.data)
    assert len((await door.get("/alerts")).body["alerts"]) == 1


async def test_what_was_refused_can_be_sent_again_under_its_key(door: Door) -> None:
    taken = {"name": "reader", "role": "reader"}
    for _ in range(2):
        assert problem(await door.post("/users", taken, headers=KEY))[0] == 409
    assert (await door.post("/users", {**taken, "name": "Ana"}, headers=KEY)).status == 201
    stranger = {**KEY, "authorization": f"Bearer {await another_token(door)}"}
    refused = await door.post("/users", {**taken, "name": "Ana"}, role=None, headers=stranger)
    assert problem(refused) == (409, "conflict", None)


async def another_token(door: Door) -> str:
    return await door.parts.users.issue(await door.parts.users.named("admin"), "token")


async def test_of_many_at_once_one_is_carried_out(door: Door) -> None:
    user = {"name": "Ana", "role": "reader"}
    answers = await asyncio.gather(*(door.post("/users", user, headers=KEY) for _ in range(6)))
    assert {answer.status for answer in answers} <= {201, 409}
    assert len({answer.data for answer in answers if answer.status == 201}) == 1
    assert all("under way" in a.body["detail"] for a in answers if a.status == 409)


async def test_who_died_over_a_request_is_followed_by_whoever_comes_later(door: Door) -> None:
    now = [door.parts.clock()]
    requests = Requests(door.parts.database, lambda: now[0])
    user = (await door.parts.users.named("admin")).id
    await requests.claim(user, b"asked")
    with pytest.raises(Conflict, match="under way"):
        await requests.claim(user, b"asked")
    now[0] += timedelta(minutes=3)
    claim = await requests.claim(user, b"asked")
    await requests.answer(claim, b"sealed")
    assert (await requests.claim(user, b"asked")).answer == b"sealed"
    assert await tidy(door.parts.database, now[0] + timedelta(days=31), kept_days=30) == 1
