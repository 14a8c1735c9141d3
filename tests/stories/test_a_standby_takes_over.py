"""The primary dies under load: the standby is promoted by the runbook, nothing acknowledged is lost."""

import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pytest
from psycopg import Connection, connect

from tests.chance import TORTURE
from tests.debian import NEEDS_15
from tests.stories.asking import PLACES, Threads, change, eventually, post
from tests.stories.paper import Paper
from tests.stories.receiver import Receiver, free_port
from tests.stories.runbook import blocks, execute
from tests.stories.site_process import Process
from tests.stories.test_runbooks_are_executed import Site
from tests.stories.test_runbooks_are_executed import site as site

pytestmark = [
    *TORTURE,
    NEEDS_15,
]
# Each of three threads. Without it a cell would have hundreds of changes, which no cell has.
_PAUSE_S = 0.03


class Writers(Threads):
    """Append to the servers in turn, from several threads; what was acknowledged, and when."""

    def __init__(self, urls: Sequence[str], bearer: str) -> None:
        super().__init__(*[self._write] * 3)
        self.acknowledged: dict[int, float] = {}
        self._urls, self._bearer = urls, bearer
        self._numbers = itertools.count()

    def _write(self) -> None:
        while not self.stop.is_set():
            number = next(self._numbers)
            body = change(number, PLACES, ("visa-free", "e-visa"))
            try:
                done = post(self._urls[number % len(self._urls)], self._bearer, "policies", body)
                self.acknowledged[done["position"]] = time.monotonic()
                self.stop.wait(_PAUSE_S)
            except OSError:  # 503, or cut off: nothing was promised
                time.sleep(0.05)


@pytest.fixture
def hooked() -> Iterator[Receiver]:
    """A subscriber's server."""
    with Receiver(free_port()) as receiver:
        yield receiver


@pytest.fixture
def paper() -> Iterator[Paper]:
    """A newspaper that prints without end."""
    with Paper() as newspaper:
        yield newspaper


def test_what_was_acknowledged_is_there_and_every_alert_arrives(
    site: Site, hooked: Receiver, paper: Paper
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
        ("feed", "add", paper.url, "--interval", "5", "--most-interval", "5", "--spacing", "0",
         "--article", "never"),
    ):  # fmt: skip
        site.run(5432, "data", *words, url=url)
    bearer = site.run(5432, "data", "user", "token", "ana", url=url).strip()
    data = site.folder / "data"

    def start(*words: str) -> Process:
        return within.enter_context(Process(data, *words, environment=settings, named=False))

    with ExitStack() as within:
        urls = [start("serve", "--port", "0").url for _ in range(2)]
        for _ in range(3):
            start("work")
        with Writers(urls, bearer) as writers:
            eventually(lambda: len(writers.acknowledged) > 150 and paper.printed > 3)
            killed = time.monotonic()
            execute('kill -9 "$(head -1 "$SERVER/postmaster.pid")"', site.variables, site.owner)
            execute(lost, site.variables, site.owner)
            eventually(lambda: max(writers.acknowledged.values()) > killed + 1)
            before = sum(at < killed for at in writers.acknowledged.values())
            printed = paper.printed
            eventually(lambda: len(writers.acknowledged) > before + 60)
            eventually(lambda: paper.printed > printed + 1)
        at = sorted(writers.acknowledged.values())
        pause = max(later - earlier for earlier, later in itertools.pairwise(at))
        print(f"no append was acknowledged for {pause:.1f} s")
        with connect(site.url(5433), autocommit=True) as now:
            _nothing_is_missing(now, writers, hooked)
            _every_item_is_known_once(now, paper)


def _nothing_is_missing(now: Connection, writers: Writers, hooked: Receiver) -> None:
    """What was acknowledged is in the log, without a gap; all that was owed has arrived."""
    there = {row[0] for row in now.execute("select position from log.event")}
    assert set(writers.acknowledged) <= there
    assert there == set(range(1, max(there) + 1))

    def owed() -> set[str]:
        return {str(row[0]) for row in now.execute("select id from alert.message")}

    def matched() -> int:
        row = now.execute("select position from alert.cursor where name = 'matcher'").fetchone()
        return row[0] if row else 0

    eventually(lambda: matched() >= max(writers.acknowledged))
    assert len(owed()) > 30
    eventually(lambda: owed() <= {r.id for r in (*hooked.requests, *hooked.confirmations)}, 180)


def _every_item_is_known_once(now: Connection, paper: Paper) -> None:
    """What the feed had on any poll is on record, once."""

    def known() -> list[str]:
        found = now.execute("select guid from view.document where guid is not null")
        return [row[0] for row in found]

    printed = paper.printed - 1  # the last one may be on its way
    eventually(lambda: len(known()) >= printed)
    assert len(known()) == len(set(known()))
