"""Half of what the machine can do, for an hour: memory must be flat, lag bounded, and nothing lost.

`tracker serve` and `tracker work` on an embedded PostgreSQL; users who record and read, feeds that
bring a new item at every poll, subscriptions whose alerts go to a webhook. First it measures how
many turns a second there can be, then it goes on with half of that and prints a line a minute.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from random import Random
from statistics import linear_regression, quantiles
from typing import Any

import aiohttp
import uvloop

from tests.soak.surroundings import Surroundings
from tests.soak.users import PLACES, Users
from tests.stories.site_process import Process
from tests.stories.tracker_process import answer, tracker
from tracker.domain.countries import COUNTRIES

_FEEDS, _SUBSCRIPTIONS = 20, 1000
_SHARE = 0.5
_CALIBRATED_S, _AT_ONCE, _LOOK_S = 60.0, 8, 60.0
_WAIT_S = 300.0
_FIRST = ("min", "append p50", "p99", "read p50", "p99 ms", "position", "view lag", "match s",
          "owed s", "serve", "work", "database MB", "errors")  # fmt: skip


def memory(pid: int) -> float:
    """What a process and its children hold for themselves, in MB; PostgreSQL's buffers are as set."""
    total, left = 0.0, [pid]
    while left:
        one = left.pop()
        try:
            rolled = Path(f"/proc/{one}/smaps_rollup").read_text()
            children = Path(f"/proc/{one}/task/{one}/children").read_text()
        except OSError:
            continue
        total += next(int(x.split()[1]) for x in rolled.splitlines() if x.startswith("Pss_Anon:"))
        left += map(int, children.split())
    return total / 1024


def database_of(data: Path) -> int:
    """The process of the PostgreSQL that runs in a data folder."""
    return int((data / "postgres/postmaster.pid").read_text().split()[0])


async def set_up(users: Users, around: Surroundings, chance: Random) -> None:
    """Feeds on hosts of their own; subscriptions for each destination, and for many single cells."""
    for number in range(_FEEDS):
        url = f"http://127.0.1.{number + 1}:{around.port}/feed"
        paced = {"interval_s": 10, "most_interval_s": 10, "spacing_s": 0, "article": "never"}
        await users.ask("POST", "/feeds", {"url": url, **paced})
    hook = {"url": f"http://127.0.0.1:{around.port}/hook"}
    # So that the first that is known of a cell is told as well as each change.
    told = {"options": ["include-first-knowledge"]}
    first = {"filter": {"destinations": [PLACES[0]]}, "webhook": hook, **told}
    channel = (await users.ask("POST", "/subscriptions", first))["channel"]
    rest = [{"destinations": [place]} for place in PLACES[1:]]
    every = sorted(COUNTRIES)
    while len(rest) < _SUBSCRIPTIONS:
        rest.append({"destinations": [chance.choice(every)], "nationalities": [every[-1]]})
    for filter_ in rest:
        await users.ask("POST", "/subscriptions", {"filter": filter_, "channel": channel, **told})


class Watch:
    """Looks once a minute at what it is all about."""

    def __init__(self, users: Users, pids: dict[str, int]) -> None:
        self._users = users
        self._pids = pids
        self.seen: list[dict[str, float]] = []

    async def look(self, minute: float) -> None:
        """A line of figures."""
        try:
            health = await self._users.ask("GET", "/health")
        except (TimeoutError, OSError, aiohttp.ClientError) as fault:
            self._users.faults.append(f"health: {fault!r}")
            return
        took = {kind: self._users.took[kind] for kind in ("append", "read")}
        self._users.took = {"append": [], "read": []}
        alerts = health["alerts"]
        one: dict[str, float] = {"min": minute}
        for kind, values in took.items():
            cut = quantiles(values, n=100) if len(values) > 1 else [0.0] * 99
            one |= {f"{kind} p50": cut[49], f"{kind} p99": cut[98]}
        one |= {
            "position": health["position"],
            "view lag": max(view["lag"] for view in health["views"]),
            "match s": alerts["match_lag_s"], "owed s": alerts["oldest_owed_s"],
            **{name: memory(pid) for name, pid in self._pids.items()},
            "errors": len(self._users.faults),
        }  # fmt: skip
        self.seen.append(one)
        print(" | ".join(f"{value:10.1f}" for value in one.values()), flush=True)

    async def until(self, end: float) -> None:
        """Look until the end."""
        began = time.perf_counter()
        while (now := time.perf_counter()) < end:
            await asyncio.sleep(min(_LOOK_S, end - now))
            await self.look((time.perf_counter() - began) / 60)

    def growth(self, name: str) -> float:
        """MB an hour, by the line through the last five sixths of what was seen."""
        seen = self.seen[len(self.seen) // 6 :]
        if len(seen) < 2:
            return 0.0
        minutes = [one["min"] for one in seen]
        return linear_regression(minutes, [one[name] for one in seen]).slope * 60


async def settled(users: Users, around: Surroundings) -> dict[str, Any]:
    """Wait until everything that was owed has been told; what health says then."""
    deadline = time.perf_counter() + _WAIT_S
    while True:
        health = await users.ask("GET", "/health")
        alerts = health["alerts"]
        done = alerts["matched"] >= max(users.positions, default=0) and not alerts["messages"].get(
            "owed"
        )
        if done or time.perf_counter() > deadline:
            return health
        await asyncio.sleep(1)


async def soak(minutes: float, rate: float | None, data: Path) -> bool:
    """The whole; whether nothing was lost and nothing went wrong."""
    tracker(data, "migrate")
    tracker(data, "user", "add", "ana", "--role", "admin")
    bearer = str(answer(data, "user", "token", "ana")["token"])
    open_ = {"TRACKER_ALLOW_NETWORKS": "127.0.0.0/8", "TRACKER_REQUESTS_PER_MINUTE": "0"}
    with (
        Process(data, "serve", "--port", "0", environment=open_) as server,
        Process(data, "work", environment=open_) as worker,
    ):
        headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
        limit = aiohttp.ClientTimeout(total=60)
        async with (
            Surroundings() as around,
            aiohttp.ClientSession(headers=headers, timeout=limit) as session,
        ):
            users = Users(session, server.url)
            await set_up(users, around, Random(1))
            if rate is None:
                able = await users.at_full_speed(_CALIBRATED_S, _AT_ONCE)
                await settled(users, around)
                rate = able * _SHARE
                print(f"{able:.1f} turns/s at full speed", flush=True)
            print(f"{rate:.1f} turns/s from now on", flush=True)
            print(" | ".join(f"{name:>10}" for name in _FIRST), flush=True)
            pids = {"serve": server.pid, "work": worker.pid, "database": database_of(data)}
            watch, end = Watch(users, pids), time.perf_counter() + minutes * 60
            await asyncio.gather(users.at(rate, end), watch.until(end))
            # Of an empty log there is little to read: what it can do with all of this says more.
            able = await users.at_full_speed(_CALIBRATED_S, _AT_ONCE)
            print(f"{able:.1f} turns/s at full speed on the log as it is now", flush=True)
            health = await settled(users, around)
            return report(watch, users, around, health, pids)


def report(
    watch: Watch, users: Users, around: Surroundings, health: dict[str, Any], pids: dict[str, int]
) -> bool:
    """What came of it, in words."""
    told, sent = health["alerts"]["messages"], sum(around.arrived.values())
    for name in pids:
        print(f"memory of {name}: {watch.growth(name):+.1f} MB an hour")
    print(f"most view lag {max(one['view lag'] for one in watch.seen):.0f} events")
    print(
        f"{users.turns} turns, {len(users.faults)} failed; {around.printed} polls that brought one"
    )
    print(f"messages {told}; {len(around.arrived)} arrived, {sent - len(around.arrived)} twice")
    for fault in users.faults[:5]:
        print(fault)
    whole = len(set(users.positions)) == len(users.positions) == users.turns
    return whole and not users.faults and told.get("delivered") == len(around.arrived)


def main() -> None:
    """Run it in a folder that goes away."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=60)
    asked.add_argument("--rate", type=float, help="turns a second, instead of half of all it can")
    asked.add_argument("--data", type=Path, help="a folder on the disk that is meant")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="tracker-soak-", dir=chosen.data) as folder:
        Path(folder).chmod(0o755)
        well = uvloop.run(soak(chosen.minutes, chosen.rate, Path(folder) / "data"))
    raise SystemExit(0 if well else "something was lost or went wrong")


if __name__ == "__main__":
    main()
