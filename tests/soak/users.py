"""Those who use a tracker under load: each turn records a change of an entry rule and reads four times."""

import asyncio
import time
from typing import Any

import aiohttp
import msgspec

from tracker.domain.countries import COUNTRIES

PLACES = tuple(sorted(COUNTRIES))[:200]
_REGIMES = ("visa-free", "visa-required", "e-visa", "visa-on-arrival")
_LATER = 7919  # a prime: the cells come in no order that a tree would like
_S = time.perf_counter


class Users:
    """They ask one server as API consumers do, and remember what they were promised."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = f"{url}/api/v1"
        self.turns = 0
        self.positions: list[int] = []
        self.faults: list[str] = []
        self.took: dict[str, list[float]] = {"append": [], "read": []}
        """Milliseconds since the last look, by kind."""

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A request that has to be answered well."""
        data = None if body is None else msgspec.json.encode(body)
        async with self._session.request(method, self._url + path, data=data) as response:
            read = await response.read()
            if response.status >= 300:
                raise OSError(f"{method} {path}: {response.status} {read[:200]!r}")
            return msgspec.json.decode(read) if read else None

    async def turn(self) -> None:
        """One change and four reads; what goes wrong is kept."""
        number, self.turns = self.turns, self.turns + 1
        cells = len(PLACES) ** 2
        cell = number * _LATER % cells
        destination, nationality = PLACES[cell // len(PLACES)], PLACES[cell % len(PLACES)]
        key = f"/entry-rules/{destination}/{nationality}"
        began = _S()
        try:
            done = await self.ask("POST", "/policies", _change(number, destination, nationality))
            self.positions.append(done["position"])
            self.took["append"].append((_S() - began) * 1000)
            for path in (
                key,
                f"{key}?valid_at=2029-06-01&known_at=2026-06-01",
                f"/entry-rules?nationality={nationality}&limit=200",
                "/timeline?limit=20",
            ):
                began = _S()
                await self.ask("GET", path)
                self.took["read"].append((_S() - began) * 1000)
        except (TimeoutError, OSError, aiohttp.ClientError) as fault:
            self.faults.append(f"{type(fault).__name__}: {fault}")

    async def at_full_speed(self, seconds: float, at_once: int) -> float:
        """Turns a second where everybody begins the next one as soon as the last has ended."""
        until, before = _S() + seconds, self.turns

        async def one() -> None:
            while _S() < until:
                await self.turn()

        await asyncio.gather(*(one() for _ in range(at_once)))
        return (self.turns - before) / seconds

    async def at(self, rate: float, until: float) -> None:
        """Begin so many turns a second, whether or not the earlier ones have ended."""
        running = set[asyncio.Task[None]]()
        due = _S()
        while due < until:
            await asyncio.sleep(max(0.0, due - _S()))
            task = asyncio.create_task(self.turn())
            running.add(task)
            task.add_done_callback(running.discard)
            due += 1 / rate
        await asyncio.gather(*running)


def _change(number: int, destination: str, nationality: str) -> dict[str, Any]:
    turn = number // len(PLACES) ** 2
    return {
        "jurisdiction": destination, "action": "introduced", "announced_on": "2026-01-01",
        "effective_from": f"{2028 + turn}-01-01", "first_hand": f"turn {number}",
        "rule": {"nationalities": [nationality], "regime": _REGIMES[(number + turn) % 4]},
    }  # fmt: skip
