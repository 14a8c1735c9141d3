"""Two servers and two workers on one database: restarted one by one under load, one of them killed."""

import itertools
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Self
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.chance import TORTURE
from tests.stories.asking import PLACES, Threads, change, eventually, get, post
from tests.stories.receiver import Receiver, free_port
from tests.stories.site_process import Process
from tests.stories.tracker_process import answer, tracker

pytestmark = [*TORTURE]
ALLOWED = {"TRACKER_ALLOW_NETWORKS": "127.0.0.0/8"}
DRAIN = ("--drain", "0.6")


class Balancer(Threads):
    """Sends each request to one of the servers that say that they are ready, as a proxy does."""

    def __init__(self, bearer: str) -> None:
        super().__init__(self._look, self._post)
        self.servers: list[Process] = []
        self.positions: list[int] = []
        self.faults: list[str] = []
        self._ready: list[Process] = []
        self._bearer = bearer

    def __enter__(self) -> Self:
        self._ready = list(self.servers)
        return super().__enter__()

    def _look(self) -> None:
        while not self.stop.wait(0.1):
            self._ready = [server for server in list(self.servers) if ready(server)]

    def _post(self) -> None:
        for number in itertools.count():
            if self.stop.is_set():
                return
            chosen = list(self._ready)
            server = chosen[number % len(chosen)]
            body = change(number, PLACES, ("visa-free", "visa-required"))
            try:
                done = post(server.url, self._bearer, "policies", body)
                self.positions.append(done["position"])
            except OSError as fault:
                self.faults.append(f"{server.words}: {fault}")
            time.sleep(0.01)


def ready(server: Process) -> bool:
    """Whether a server wants to be asked."""
    try:
        with urlopen(f"{server.url}/api/v1/health/ready", timeout=5) as response:
            return response.status == 200
    except (HTTPError, OSError):
        return False


def test_all_are_restarted_one_by_one_and_no_request_and_no_alert_is_lost(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    assert "applied 0001_roles" in tracker(data, "migrate")
    bearer = str(answer(data, "user", "token", "operator")["token"]) if _operator(data) else ""
    answer(
        data, "subscribe", "--nationality", "CN",
        "--webhook", f"http://127.0.0.1:{port}/hook", environment=ALLOWED,
    )  # fmt: skip
    with ExitStack() as stack, Receiver(port) as receiver:

        def start(*words: str) -> Process:
            return stack.enter_context(Process(data, *words, environment=ALLOWED))

        workers = [start("work"), start("work")]
        load = Balancer(bearer)
        load.servers = [start("serve", "--port", "0", *DRAIN) for _ in range(2)]
        with load:
            time.sleep(1)
            for old in list(load.servers):
                load.servers.append(start("serve", "--port", "0", *DRAIN))
                time.sleep(0.3)
                old.stop()
                load.servers.remove(old)
            for old in workers:
                start("work")
                old.stop()
            start("work").kill()
            time.sleep(1)
        assert load.faults == []
        assert len(load.positions) > 100
        assert len(set(load.positions)) == len(load.positions)
        eventually(lambda: _matched(load.servers[0], bearer) >= max(load.positions))
        owed = _owed(load.servers[0], bearer)
        assert len(owed) > 10
        eventually(lambda: owed <= _told(receiver))
        time.sleep(1)
    # What was killed may have sent what it did not come to record: it is sent again under its id.
    assert _told(receiver) == owed


def _told(receiver: Receiver) -> set[str]:
    """The ids of all that was received."""
    return {request.id for request in (*receiver.requests, *receiver.confirmations)}


def _operator(data: Path) -> bool:
    tracker(data, "user", "add", "operator", "--role", "admin")
    return True


def _matched(server: Process, bearer: str) -> int:
    """How far the log has been matched with subscriptions."""
    return int(get(server.url, bearer, "health")["alerts"]["matched"])


def _owed(server: Process, bearer: str) -> set[str]:
    """The ids of all messages that were ever owed."""
    found, before = set[str](), ""
    while True:
        page = get(server.url, bearer, f"alerts?limit=200{before}")
        found |= {alert["id"] for alert in page["alerts"]}
        if page["next"] is None:
            return found
        before = f"&before={page['next']}"
