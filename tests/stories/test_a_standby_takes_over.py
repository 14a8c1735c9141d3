"""The primary dies under load: the standby is promoted by the runbook, nothing acknowledged is lost."""

import itertools
import time
from collections.abc import Iterator

import pytest
from psycopg import connect

from tests.chance import ROUNDS
from tests.stories.asking import Threads, change, post
from tests.stories.receiver import Receiver, free_port
from tests.stories.runbook import blocks, execute
from tests.stories.site_process import Process
from tests.stories.test_processes_share_the_work import PLACES, eventually
from tests.stories.test_runbooks_are_executed import BIN, Site
from tests.stories.test_runbooks_are_executed import site as site

_MANY = 50
pytestmark = [
    pytest.mark.kill,
    pytest.mark.skipif(not (BIN / "postgres").exists(), reason="PostgreSQL 15 is not installed"),
    # It takes a minute and a half.
    pytest.mark.skipif(ROUNDS < _MANY, reason="a part of `make torture`"),
]
_PLACES = 20


class Writers(Threads):
    """Append to a server from several threads; what was acknowledged, and when."""

    def __init__(self, url: str, bearer: str) -> None:
        super().__init__(*[self._write] * 3)
        self.acknowledged: dict[int, float] = {}
        self._url, self._bearer = url, bearer
        self._numbers = itertools.count()

    def _write(self) -> None:
        while not self.stop.is_set():
            body = change(next(self._numbers), PLACES[:_PLACES], ("visa-free", "e-visa"))
            try:
                done = post(self._url, self._bearer, "policies", body)
                self.acknowledged[done["position"]] = time.monotonic()
            except OSError:  # 503, or cut off: nothing was promised
                time.sleep(0.05)


@pytest.fixture
def hooked() -> Iterator[Receiver]:
    """A subscriber's server."""
    with Receiver(free_port()) as receiver:
        yield receiver


def test_what_was_acknowledged_is_there_and_every_alert_arrives(
    site: Site, hooked: Receiver
) -> None:
    once, lost = blocks("fail-over.md")
    execute(once, site.variables, site.owner)
    url = (
        f"postgresql:///tracker?host={site.folder},{site.folder}&port=5432,5433"
        "&user=postgres&target_session_attrs=read-write"
    )
    settings = {"TRACKER_DATABASE_URL": url, "TRACKER_ALLOW_NETWORKS": "127.0.0.0/8"}
    for words in (
        ("migrate",), ("user", "add", "ana", "--role", "admin"),
        ("subscribe", "--nationality", "CN", "--webhook", f"http://127.0.0.1:{hooked.port}/hook"),
    ):  # fmt: skip
        site.run(5432, "data", *words, url=url)
    bearer = site.run(5432, "data", "user", "token", "ana", url=url).strip()
    data = site.folder / "data"
    with (
        Process(data, "serve", "--port", "0", environment=settings, named=False) as server,
        Process(data, "work", environment=settings, named=False),
        Writers(server.url, bearer) as writers,
    ):
        eventually(lambda: len(writers.acknowledged) > 60)
        killed = time.monotonic()
        execute('kill -9 "$(head -1 "$SERVER/postmaster.pid")"', site.variables, site.owner)
        execute(lost, site.variables, site.owner)
        eventually(lambda: max(writers.acknowledged.values()) > killed + 1)
        back = min(at for at in writers.acknowledged.values() if at > killed + 0.2) - killed
        before = sum(at < killed for at in writers.acknowledged.values())
        eventually(lambda: len(writers.acknowledged) > before + 60)
    print(f"appends went on {back:.1f} s after the primary was killed")
    with Process(data, "work", environment=settings, named=False), connect(site.url(5433)) as now:
        there = {row[0] for row in now.execute("select position from log.event")}
        assert set(writers.acknowledged) <= there
        assert there == set(range(1, max(there) + 1))

        def owed() -> set[str]:
            now.rollback()
            return {str(row[0]) for row in now.execute("select id from alert.message")}

        def matched() -> int:
            now.rollback()
            row = now.execute("select position from alert.cursor where name = 'matcher'").fetchone()
            return row[0] if row else 0

        eventually(lambda: matched() >= max(writers.acknowledged))
        assert len(owed()) > 30
        eventually(lambda: owed() <= {r.id for r in (*hooked.requests, *hooked.confirmations)})
