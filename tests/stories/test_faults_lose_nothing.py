"""A pooler, a replica that lags, and faults of the database: what was acknowledged arrives."""

import json
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.chance import ROUNDS
from tests.stories.own_server import BIN, PGBOUNCER, POOLER, STANDBY, OwnServer, own_server
from tests.stories.receiver import Receiver, free_port
from tests.stories.site_process import Process
from tests.stories.tracker_process import answer, tracker

pytestmark = [
    pytest.mark.kill,
    pytest.mark.skipif(not (BIN / "postgres").exists(), reason="PostgreSQL 15 is not installed"),
]
pooled = pytest.mark.skipif(not PGBOUNCER.exists(), reason="pgbouncer is not installed")


class Site:
    """A server of pages and a worker on one database, and somebody who is told of each change."""

    def __init__(self, server: Process, worker: Process, bearer: str, receiver: Receiver) -> None:
        self.server, self.worker, self.receiver = server, worker, receiver
        self._bearer = bearer
        self.changes = 0
        self.sent_again = 0

    def ask(self, path: str, body: Any = None) -> tuple[int, Any]:
        """Ask the API: the status and the answer."""
        headers = {"Authorization": f"Bearer {self._bearer}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(
                Request(f"{self.server.url}/api/v1/{path}", sent, headers), timeout=30
            ) as said:
                return said.status, json.load(said)
        except HTTPError as refused:
            return refused.code, json.load(refused)

    def attempt(self) -> int | None:
        """Record a change; its position, or nothing where the database is away."""
        regime = ("visa-free", "visa-required")[self.changes % 2]
        body = {
            "jurisdiction": "EC", "action": "introduced", "first_hand": "for the test",
            "effective_from": f"{2100 + self.changes}-01-01",
            "rule": {"nationalities": ["CN"], "regime": regime},
        }  # fmt: skip
        status, said = self.ask("policies", body)
        if status == 503:
            self.sent_again += 1
            return None
        assert status == 201, said
        self.changes += 1
        return int(said["position"])

    def change(self) -> int:
        """Record a change, sent again while the database is away; its position."""
        deadline = time.monotonic() + 60
        while (position := self.attempt()) is None:
            assert time.monotonic() < deadline, self.server.printed[-4000:]
            time.sleep(0.05)
        return position

    def told(self) -> None:
        """Wait until of each change but the first, which is no change, one alert has come."""
        deadline = time.monotonic() + 60
        while len({one.id for one in self.receiver.requests}) < self.changes - 1:
            assert time.monotonic() < deadline, f"an alert was lost\n{self.worker.printed[-4000:]}"
            time.sleep(0.05)
        assert len({one.id for one in self.receiver.requests}) == self.changes - 1


@contextmanager
def site(data: Path, own: OwnServer, environment: dict[str, str]) -> Generator[Site]:
    """All at work; migrated over a direct connection."""
    port = free_port()
    tracker(data, "migrate", environment=own.environment())
    tracker(data, "user", "add", "operator", "--role", "admin", environment=environment)
    made = answer(data, "user", "token", "operator", environment=environment)
    with ExitStack() as stack:
        receiver = stack.enter_context(Receiver(port))
        words = ("--nationality", "CN", "--webhook", f"http://127.0.0.1:{port}/hook")
        answer(data, "subscribe", *words, environment=environment)
        worker = stack.enter_context(Process(data, "work", environment=environment))
        serve = Process(data, "serve", "--port", "0", "--drain", "0", environment=environment)
        yield Site(stack.enter_context(serve), worker, made["token"], receiver)


@pooled
def test_append_view_and_alert_work_through_a_pooler_that_is_cut_off(tmp_path: Path) -> None:
    with own_server() as own:
        environment = own.environment(POOLER, TRACKER_POOLER="true")
        with ExitStack() as network:
            network.enter_context(own.pooler())
            with site(tmp_path / "data", own, environment) as at:
                for _ in range(12):  # a statement asked more than five times would be prepared
                    position = at.change()
                assert at.ask(f"policies?min_position={position}")[0] == 200
                at.told()
                listening = "select from pg_stat_activity where query ilike 'listen%'"
                assert own.ask(listening) == []
                for _ in range(1 + ROUNDS // 10):
                    network.close()
                    assert at.attempt() is None
                    network.enter_context(own.pooler())
                    at.change()
                at.told()
                print(f"{at.changes} changes, {at.sent_again} sent again")


def restart(own: OwnServer) -> None:
    """PostgreSQL restarted, which throws everybody out."""
    own.run('"$BIN/pg_ctl" -D "$SERVER" -w -m fast -l "$SERVER/../server.log" restart')


def cut(own: OwnServer) -> None:
    """Every connection of the tracker's ended from the other side."""
    own.ask("select pg_terminate_backend(pid) from pg_stat_activity where usename ~ '^tracker_'")


def crowd(own: OwnServer) -> None:
    """No connection is left to anybody but the superuser, and those that are there are ended."""
    own.ask("alter database tracker connection limit 0")
    cut(own)
    time.sleep(0.5)
    own.ask("alter database tracker connection limit -1")


@pytest.mark.parametrize("fault", [restart, cut, crowd])
def test_after_a_fault_of_the_database_all_go_on(
    tmp_path: Path, fault: Callable[[OwnServer], None]
) -> None:
    with own_server() as own, site(tmp_path / "data", own, own.environment()) as at:
        positions = [at.change()]
        for _ in range(ROUNDS):
            positions.append(at.change())
            fault(own)
            positions.append(at.change())
        at.told()
        kept = {row[0] for row in own.ask("select position from log.event")}
        assert set(positions) <= kept
        assert kept == set(range(1, len(kept) + 1))
        print(f"{at.changes} changes, {at.sent_again} sent again")


def test_a_replica_never_answers_from_before_the_position_asked_for(tmp_path: Path) -> None:
    with own_server(wal_level="replica", max_wal_senders="4") as own:
        own.run(
            '"$BIN/pg_basebackup" -h "$SERVER/.." -D "$STANDBY" -R --checkpoint=fast\n'
            f'"$BIN/pg_ctl" -D "$STANDBY" -w -l "$STANDBY/../standby.log" -o "-p {STANDBY}" start'
        )
        environment = own.environment(TRACKER_REPLICA_URL=own.url(STANDBY))
        with site(tmp_path / "data", own, environment) as at:
            first = at.change()
            assert at.ask(f"policies?min_position={first}")[0] == 200
            own.ask("select pg_wal_replay_pause()", STANDBY)
            second = at.change()
            at.told()  # what is owed is read from the primary
            status, older = at.ask("policies")
            assert status == 200
            assert first <= older["position"] < second
            assert at.ask(f"policies?min_position={second}")[0] == 503
            own.ask("select pg_wal_replay_resume()", STANDBY)
            status, newer = at.ask(f"policies?min_position={second}")
            assert status == 200
            assert newer["position"] >= second
