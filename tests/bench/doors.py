"""The API beside a bare litestar handler that does one SELECT through the same pool."""

import asyncio
import random
import socket
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta

import aiohttp
import uvloop
from litestar import get

from tests.bench.load import load
from tests.bench.row import Row
from tests.bench.work import FACT
from tracker.domain.catalog import fact_from
from tracker.domain.fact import RecordFact
from tracker.embedded import SUPERUSER, Embedded
from tracker.log.database import ROLES, create_database
from tracker.parts import Parts
from tracker.settings import Settings
from tracker.web import application, serving
from tracker.wiring import parts_of

_CELL = "/api/v1/entry-rules/EC/CN"
_TIMES = 400


async def _measured(server: Embedded) -> dict[str, float]:
    name = "bench_doors"
    await create_database(
        server.url(user=SUPERUSER, database="postgres"), name, "tracker_migrate", ROLES
    )
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=folder, requests_per_minute=0)
        async with parts_of(settings, lambda role: server.url(user=role, database=name)) as parts:
            return await _served(parts)


async def _served(parts: Parts) -> dict[str, float]:
    actor = await parts.operator()
    await parts.executor.execute(RecordFact(fact=fact_from("policy", FACT)), actor)
    await parts.settle()
    token = await parts.users.issue(await parts.users.named("operator"), "token")

    @get("/bare", opt={"role": "public"})
    async def bare() -> dict[str, int]:
        return {"one": (await parts.database.fetch("select 1"))[0][0]}

    app = application(parts)
    app.register(bare)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    async with serving(app, listener, asyncio.Event()):
        tag = await _tag(port, token)
        chance, first = random.Random(3), date(2020, 1, 1)

        def day() -> date:
            return first + timedelta(days=chance.randrange(3000))

        then = [f"{_CELL}?valid_at={day()}&known_at={day()}" for _ in range(_TIMES)]
        return {
            "bare": await load(port, [_request("/bare", token)]),
            "current": await load(port, [_request(_CELL, token)]),
            "unchanged": await load(port, [_request(_CELL, token, f"If-None-Match: {tag}\r\n")]),
            "then": await load(port, [_request(path, token) for path in then]),
        }


async def _tag(port: int, token: str) -> str:
    bearer = {"authorization": f"Bearer {token}"}
    url = f"http://127.0.0.1:{port}{_CELL}"
    async with aiohttp.ClientSession(headers=bearer) as session, session.get(url) as answer:
        return answer.headers["ETag"]


def _request(path: str, token: str, also: str = "") -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n{also}\r\n"
    ).encode()


def rows(server: Embedded) -> Iterator[Row]:
    """One cell through the API at 16 connections."""
    found = uvloop.run(_measured(server))
    peer = ("bare handler", found["bare"])
    for kind, work in (
        ("current", "one cell, current"),
        ("unchanged", "one cell, unchanged (304)"),
        ("then", "one cell at any two times"),
    ):
        yield Row.of("doors", work, found[kind], "answers/s", peer)
