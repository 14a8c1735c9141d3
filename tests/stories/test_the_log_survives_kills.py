"""What was acknowledged is there, once, whatever was killed meanwhile; and the log proves it."""

import asyncio
import hashlib
import hmac
import json
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import pytest

from tests.chance import ROUNDS, UNMEASURED, chance
from tests.stories.receiver import free_port
from tests.stories.tracker_process import Up, answer
from tests.tracker.embedded_server import kill_backend, kill_postmaster
from tests.tracker.log import naive
from tracker.embedded import SUPERUSER, embedded

CLIENTS, ANSWERS = 6, 12
EVENTS = """
select e.position, e.id::text, e.leaf, e.leaf_hash, p.salt, p.payload
from log.event e left join log.payload p using (position) order by position
"""
TILES = "select level, number, hashes, root from log.tile order by level, number"


class Client:
    """Writes one fact after the other, each sent again under its key until it is acknowledged."""

    def __init__(self, name: str, session: aiohttp.ClientSession, base: str) -> None:
        self._name = name
        self._session = session
        self._base = base
        self.acknowledged: dict[str, Any] = {}
        """The answer to each key."""
        self.sent_again = 0
        self.stopping = False
        self._answers = asyncio.Semaphore(0)

    async def heard(self, count: int) -> None:
        """Wait for so many more answers."""
        goal = len(self.acknowledged) + count
        while len(self.acknowledged) < goal:
            await self._answers.acquire()

    async def write(self) -> None:
        """Write until told to stop."""
        while not self.stopping:
            key = f"{self._name}-{len(self.acknowledged)}"
            while key not in self.acknowledged:
                try:
                    await self._send(key)
                except (aiohttp.ClientError, TimeoutError):
                    self.sent_again += 1
                    await asyncio.sleep(0.05)

    async def _send(self, key: str) -> None:
        headers = {"Idempotency-Key": key}
        noun, fields = fact(key)
        url = f"{self._base}/{noun}"
        async with self._session.post(url, json=fields, headers=headers) as reply:
            said = await reply.json()
            if reply.status == 503:
                raise aiohttp.ClientError
            assert reply.status == 201, said
            self.acknowledged[key] = said
            self._answers.release()


def fact(key: str) -> tuple[str, dict[str, Any]]:
    """The noun and the fields: a figure, or for some a statement by somebody not heard of before.

    Such a statement is three events in one append. Only one client makes them: whoever names a
    party depends on all that are named.
    """
    client, _, number = key.partition("-")
    if client == "0" and int(number) % 20 == 0:
        return "statements", {
            "speaker": f"Speaker {key}", "organisation": f"Ministry {key}", "role": "minister",
            "said_on": "2024-06-18", "text": key, "verbatim": "verbatim", "country": "EC",
            "first_hand": key,
        }  # fmt: skip
    return "statistics", {
        "metric": "border-entries", "comparator": "~", "value": number, "geography": "EC",
        "counterpart": "CN", "period": "2023", "first_hand": key,
    }  # fmt: skip


class World:
    """A tracker on its embedded PostgreSQL, and ways to kill parts of it."""

    def __init__(self, data: Path, draw: random.Random) -> None:
        self.data = data
        self.port = free_port()
        self.running = self._up()
        self._draw = draw
        self.kills: tuple[Callable[[], None], ...] = (
            self.kill_tracker,
            self.kill_postmaster,
            self.kill_backend,
        )

    def _up(self) -> Up:
        return Up(self.data, "--port", str(self.port), environment=UNMEASURED)

    def kill_tracker(self) -> None:
        """The whole program, which is then started again."""
        self.running.kill()
        self.running = self._up()

    def kill_postmaster(self) -> None:
        """PostgreSQL itself: its supervisor starts it again."""
        kill_postmaster(self.data)

    def kill_backend(self) -> None:
        """Any process of PostgreSQL's, after which it throws out everybody and recovers."""
        kill_backend(self.data, self._draw)


@asynccontextmanager
async def writing(world: World, secret: str) -> AsyncGenerator[list[Client]]:
    """Clients at work; at the end each waits for its last answer."""
    headers = {"Authorization": f"Bearer {secret}"}
    patience = aiohttp.ClientTimeout(total=20)
    async with (
        aiohttp.ClientSession(headers=headers, timeout=patience) as session,
        asyncio.TaskGroup() as tasks,
    ):
        base = f"http://127.0.0.1:{world.port}/api/v1"
        clients = [Client(str(n), session, base) for n in range(CLIENTS)]
        for client in clients:
            tasks.create_task(client.write())
        yield clients
        for client in clients:
            client.stopping = True


async def all_heard_again(clients: list[Client]) -> None:
    """Wait until every client got some more answers; all but the first were asked for after now."""
    async with asyncio.timeout(120):
        await asyncio.gather(*(client.heard(ANSWERS) for client in clients))


def rounds(draw: random.Random) -> list[int]:
    """Which kill in which round: each once in three, as the supervisor gives up a server that
    ends again and again while the tracker stays."""
    return [kill for _ in range(0, ROUNDS, 3) for kill in draw.sample(range(3), 3)][:ROUNDS]


@pytest.mark.kill
async def test_what_was_acknowledged_is_there_once_whatever_was_killed(tmp_path: Path) -> None:
    draw = chance()
    world = await asyncio.to_thread(World, tmp_path / "data", draw)
    try:
        made = await asyncio.to_thread(answer, world.data, "user", "token", "operator")
        async with writing(world, made["token"]) as clients:
            for kill in rounds(draw):
                await all_heard_again(clients)
                await asyncio.sleep(draw.uniform(0, 0.6))
                await asyncio.to_thread(world.kills[kill])
            await all_heard_again(clients)
        await asyncio.to_thread(world.running.stop)
    finally:
        world.running.process.kill()
    said = {key: reply for client in clients for key, reply in client.acknowledged.items()}
    print(f"{len(said)} facts, {sum(client.sent_again for client in clients)} sent again")
    assert any(client.sent_again for client in clients), "no kill was felt"

    with embedded(world.data) as server:
        url = server.url(user=SUPERUSER, database="tracker")
        with psycopg.connect(url) as connection:
            events = connection.execute(EVENTS).fetchall()
            tiles = connection.execute(TILES).fetchall()
    check_facts(events, said)
    check_proof(events, tiles)


def check_facts(events: list[tuple[Any, ...]], said: dict[str, Any]) -> None:
    """The log holds what was acknowledged where it was said to be, and nothing else."""
    at = {event_id: position for position, event_id, *_ in events}
    assert len(at) == len(events)
    told: set[str] = set()
    for key, reply in said.items():
        ids = [event["event"] for event in reply["events"]]
        last = reply["position"]
        assert len(ids) == (3 if fact(key)[0] == "statements" else 1), key
        assert [at.get(i) for i in ids] == list(range(last - len(ids) + 1, last + 1)), key
        told |= set(ids)
    assert told == set(at)
    kept = [json.loads(payload).get("first_hand") for *_, payload in events]
    assert sorted(key for key in kept if key) == sorted(said)


def check_proof(events: list[tuple[Any, ...]], tiles: list[tuple[Any, ...]]) -> None:
    """Positions are dense, every hash is that of its bytes, and tiles and leaves make one root."""
    assert [event[0] for event in events] == list(range(1, len(events) + 1))
    for position, event_id, leaf, leaf_hash, salt, payload in events:
        envelope = json.loads(leaf)
        assert (envelope["position"], envelope["id"]) == (position, event_id)
        assert envelope["payload_commit"] == hmac.digest(salt, payload, hashlib.sha256).hex()
        assert leaf_hash == naive.leaf_hash(leaf)
    hashes = [naive.leaf_hash(event[2]) for event in events]
    stored = [event[3] for event in events]
    assert tiles
    assert tiles == naive.tiles(hashes)
    assert naive.root_by_tiles(tiles, stored) == naive.root(hashes)
