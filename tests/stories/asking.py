"""The API as a story asks it: over plain HTTP, from threads that go on until they are told to stop."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Self
from urllib.request import Request, urlopen

from tracker.domain.countries import COUNTRIES

TIMEOUT_S = 30.0
PLACES = [code for code in sorted(COUNTRIES) if code != "CN"][:100]
"""Where Chinese citizens may go, for `change`."""


def post(url: str, bearer: str, noun: str, body: dict[str, Any]) -> Any:
    """Record something; OSError where it was refused or cut off."""
    headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
    request = Request(f"{url}/api/v1/{noun}", json.dumps(body).encode(), headers)
    with urlopen(request, timeout=TIMEOUT_S) as response:
        assert response.status == 201
        return json.load(response)


def get(url: str, bearer: str, path: str) -> Any:
    """Read something."""
    request = Request(f"{url}/api/v1/{path}", headers={"Authorization": f"Bearer {bearer}"})
    with urlopen(request, timeout=TIMEOUT_S) as response:
        return json.load(response)


def change(number: int, places: Sequence[str], regimes: Sequence[str]) -> dict[str, Any]:
    """The next change of a long row: of each destination a few, one after the other."""
    turn, place = divmod(number, len(places))
    return {
        "jurisdiction": places[place], "action": "introduced", "announced_on": "2026-01-01",
        "effective_from": f"{2030 + turn}-01-01", "first_hand": f"test {number}",
        "rule": {"nationalities": ["CN"], "regime": regimes[turn % len(regimes)]},
    }  # fmt: skip


class Threads:
    """Something that several threads do until the end of the block."""

    def __init__(self, *work: Callable[[], None]) -> None:
        self.stop = threading.Event()
        self._threads = [threading.Thread(target=one) for one in work]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Have them come to their end."""
        self.stop.set()
        for thread in self._threads:
            thread.join()


def eventually(holds: Callable[[], bool], within_s: float = 60) -> None:
    """Wait for something that has to come."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)
