"""The peer: the DCB recorder of the `eventsourcing` library, at the same work on the same server."""

import json
import threading
from collections.abc import Callable

import psycopg
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.dcb.postgres_tt import PostgresDCBRecorderTT
from eventsourcing.postgres import PostgresDatastore

from tests.bench.row import rate
from tracker.embedded import SUPERUSER, Embedded
from tracker.supervisor import PORT

NAME = "eventsourcing 9.5.6"
_DATABASE = "bench_peer"


class Peer:
    """The peer's recorder with a database of its own; a context manager."""

    def __init__(self, server: Embedded, payload: dict[str, object]) -> None:
        url = server.url(user=SUPERUSER, database="postgres")
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f"drop database if exists {_DATABASE} with (force)".encode())
            admin.execute(f"create database {_DATABASE}".encode())
        self._data = json.dumps(payload).encode()
        self._store = PostgresDatastore(
            dbname=_DATABASE, host=server.socket_dir, port=PORT, user=SUPERUSER, password="-",
            pool_size=16, max_overflow=64,
        )  # fmt: skip
        self._recorder = PostgresDCBRecorderTT(self._store)
        self._recorder.create_table()

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def _event(self, key: str, number: int) -> DCBEvent:
        tags = [f"policy:{key}", f"rule:{number % 200}", "type:policy-changed"]
        return DCBEvent(type="policy-changed", data=self._data, tags=tags)

    def _append(self, key: str, number: int) -> None:
        item = DCBQueryItem(types=["policy-changed"], tags=[f"policy:{key}"])
        condition = DCBAppendCondition(fail_if_events_match=DCBQuery(items=[item]), after=None)
        self._recorder.append([self._event(key, number)], condition)

    def conditional(self, clients: int, each: int) -> float:
        """Conditional appends a second by so many threads."""

        def work(round_number: int) -> None:
            def client(k: int) -> None:
                for i in range(each):
                    self._append(f"{clients}-{round_number}-{k}-{i}", i)

            _together([lambda k=k: client(k) for k in range(clients)])

        return rate(clients * each, work)

    def bulk(self, calls: int, size: int) -> float:
        """Unconditional events a second, many a call."""

        def work(round_number: int) -> None:
            for call in range(calls):
                keys = (f"bulk-{round_number}-{call}-{i % 50}" for i in range(size))
                self._recorder.append([self._event(key, i) for i, key in enumerate(keys)])

        return rate(calls * size, work)

    def by_tag(self, queries: int) -> float:
        """Tag queries a second, one event each."""

        def work(round_number: int) -> None:
            for i in range(queries):
                item = DCBQueryItem(tags=[f"policy:16-0-0-{i}"])
                assert len(list(self._recorder.read(DCBQuery(items=[item])))) == 1

        return rate(queries, work)

    def everything(self) -> float:
        """Events a second, reading all in pages of 5,000."""
        count = 0

        def work(round_number: int) -> None:
            nonlocal count
            count, after = 0, None
            while page := list(self._recorder.read(after=after, limit=5000)):
                count, after = count + len(page), page[-1].position

        per_round = rate(1, work)
        return per_round * count


def _together(work: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
