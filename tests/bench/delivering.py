"""Delivery: webhooks a second, from append to webhook, and a job queue on the same server."""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
import uvloop

from projections.alerts.channels.webhook import new_secret
from projections.alerts.match import Matched, Owed, Reason
from projections.alerts.matcher import Matcher
from projections.alerts.outbox import Outbox
from tests.bench.peer_queue import NAME, jobs
from tests.bench.row import Row
from tests.bench.work import ACTOR
from tests.projections.folding import change
from tracker.domain.base import Event, NewEvent
from tracker.domain.subscription import Filter, SubscriptionOpened
from tracker.embedded import SUPERUSER, Embedded
from tracker.log.append import Appender
from tracker.log.database import ROLES, create_database
from tracker.log.follow import Head
from tracker.parts import Parts
from tracker.settings import Settings
from tracker.wiring import deliverer_of, parts_of

_DATABASE = "bench_alerts"
_MESSAGES, _CHANGES, _AT_ONCE = 3000, 60, 64
_WATCHED = Filter(destinations=("EC",), nationalities=("CN",))


@asynccontextmanager
async def _working(*work: Awaitable[None]) -> AsyncGenerator[None]:
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _append(parts: Parts, *events: Event) -> list[NewEvent]:
    new = [NewEvent(uuid4(), event) for event in events]
    await Appender(parts.database).append(new, ACTOR, uuid4())
    return new


async def _bare(parts: Parts, url: str, body: bytes) -> float:
    """Requests a second of the same session, with nothing around them."""
    left, arrived = iter(range(_MESSAGES)), list[bytes]()

    async def post() -> None:
        for _ in left:
            async with parts.session.post(url, data=body) as response:
                assert response.status == 204
                arrived.append(await response.read())

    started = time.perf_counter()
    await asyncio.gather(*(post() for _ in range(_AT_ONCE)))
    return len(arrived) / (time.perf_counter() - started)


async def _delivered(parts: Parts, channel: str) -> tuple[float, float]:
    """Webhooks a second: leased, composed, signed, sent and recorded; then with the owing too."""
    (new,) = await _append(parts, change("visa-free", "2016-08-15"))
    outbox = Outbox(parts.deliver_database)
    matched = Matched((Reason(kind="fact"),))
    owed = [Owed(uuid4(), str(uuid4()), new.id, 1, channel, matched) for _ in range(_MESSAGES)]
    begin = await outbox.cursor()
    owing = time.perf_counter()
    await outbox.owe(owed, (), begin=begin, end=begin + 1, now=parts.clock())
    started = time.perf_counter()
    async with _working(deliverer_of(parts, asyncio.Event(), at_once=_AT_ONCE).run()):
        # Recorded, and not only sent.
        while (await outbox.counts()).get("delivered", 0) < _MESSAGES:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    ended = time.perf_counter()
    return _MESSAGES / (ended - started), _MESSAGES / (ended - owing)


async def _latencies(parts: Parts, channel: str, heard: Callable[[], float]) -> list[float]:
    """Milliseconds from the append of a change to the arrival of its webhook."""
    subscription = str(uuid4())
    opened = SubscriptionOpened(
        subscription=subscription, owner="ana", channel=channel, filter=_WATCHED
    )
    await _append(parts, opened)
    head, news = Head(parts.database), asyncio.Event()
    matcher = Matcher(parts.deliver_database, parts.clock, news)
    found: list[float] = []
    async with _working(
        head.watch(), parts.runner.run(head), matcher.run(head), deliverer_of(parts, news).run()
    ):
        await asyncio.sleep(1)
        for number in range(_CHANGES):
            regime = ("visa-required", "visa-free")[number % 2]
            started = time.time()
            await _append(parts, change(regime, f"{2030 + number}-01-01"))
            found.append((await asyncio.to_thread(heard) - started) * 1000)
    return found


async def _measured(
    url: str, folder: str, hooks: list[str], heard: Callable[[], float]
) -> dict[str, float]:
    settings = Settings(data=folder, allow_networks="127.0.0.0/8")
    async with parts_of(settings, lambda role: url.replace("ROLE", role)) as parts:
        secret = new_secret(bytes(32))
        one, other = [
            (await parts.channels.create("ana", "webhook", {"url": hook, "secret": secret})).id
            for hook in hooks
        ]
        bare = await _bare(parts, hooks[0], b"x" * 1500)
        ours, whole = await _delivered(parts, one)
        latencies = await _latencies(parts, other, heard)
    cut = statistics.quantiles(latencies, n=100)
    return {"bare": bare, "ours": ours, "whole": whole, "p50": cut[49], "p99": cut[98]}


def _beside_receivers(url: str) -> dict[str, float]:
    """With two receivers in processes of their own; one says when each request came."""
    program = [sys.executable, "-m", "tests.bench.hook"]
    with (
        TemporaryDirectory() as folder,
        subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as many,
        subprocess.Popen([*program, "--times"], stdout=subprocess.PIPE, text=True) as timed,
    ):
        try:
            assert many.stdout
            assert timed.stdout
            hear = timed.stdout.readline
            ports = [many.stdout.readline().strip(), hear().strip()]
            hooks = [f"http://127.0.0.1:{port}/hook" for port in ports]
            return uvloop.run(_measured(url, folder, hooks, lambda: float(hear())))
        finally:
            many.kill()
            timed.kill()


def rows(server: Embedded) -> Iterator[Row]:
    """Delivery beside a bare loop, its latency, and what a job queue does on the same server."""
    superuser = server.url(user=SUPERUSER, database="postgres")
    uvloop.run(create_database(superuser, _DATABASE, "tracker_migrate", ROLES))
    found = _beside_receivers(server.url(user="ROLE", database=_DATABASE))
    yield Row.of(
        "delivering", "delivery to a local webhook receiver", found["ours"], "webhooks/s",
        ("bare aiohttp loop", found["bare"]),
    )  # fmt: skip
    with psycopg.connect(superuser, autocommit=True) as admin:
        admin.execute(b"create database bench_jobs")
    worked = uvloop.run(jobs(server.url(user=SUPERUSER, database="bench_jobs")))
    yield Row.of(
        "delivering", "owe and deliver, beside a queue's enqueue and empty work", found["whole"], "messages/s",
        (NAME, worked),
    )  # fmt: skip
    yield Row.of("delivering", "append → webhook received, p50", found["p50"], "ms")
    yield Row.of("delivering", "append → webhook received, p99", found["p99"], "ms")
