"""Views are read from a streaming replica, and no answer is from before what was asked for."""

import time
from urllib.error import HTTPError

import pytest
from psycopg import Connection, connect

from tests.chance import TORTURE
from tests.debian import NEEDS_15
from tests.stories.asking import change, eventually, get, post
from tests.stories.runbook import blocks, execute
from tests.stories.site_process import Process
from tests.stories.test_runbooks_are_executed import Site
from tests.stories.test_runbooks_are_executed import site as site

pytestmark = [
    *TORTURE,
    NEEDS_15,
]
_RULE = "entry-rules/EC/CN?valid_at=2031-01-01"


def test_reads_go_to_the_replica_and_wait_for_the_position_they_ask_for(site: Site) -> None:
    execute(blocks("fail-over.md")[0], site.variables, site.owner)
    for words in (("migrate",), ("user", "add", "ana", "--role", "admin")):
        site.run(5432, "data", *words)
    bearer = site.run(5432, "data", "user", "token", "ana").strip()
    settings = {"TRACKER_DATABASE_URL": site.url(5432), "TRACKER_REPLICA_URL": site.url(5433)}
    data = site.folder / "data"
    with (
        Process(data, "serve", "--port", "0", environment=settings, named=False) as server,
        Process(data, "work", environment=settings, named=False),
        connect(site.url(5433), autocommit=True) as replica,
    ):
        url = server.url

        def regime(and_so: str = "") -> str | None:
            return get(url, bearer, _RULE + and_so)["regime"]

        def record(regime: str, number: int) -> int:
            return int(post(url, bearer, "policies", change(number, ["EC"], [regime]))["position"])

        first = record("visa-free", 0)
        assert regime(f"&min_position={first}") == "visa-free"
        replica.execute("select pg_wal_replay_pause()")
        second = record("visa-required", 1)
        with connect(site.url(5432), autocommit=True) as primary:
            eventually(lambda: _folded(primary) >= second)
        assert regime() == "visa-free"
        began = time.monotonic()
        with pytest.raises(HTTPError, match="503"):
            regime(f"&min_position={second}")
        assert time.monotonic() - began > 5
        replica.execute("select pg_wal_replay_resume()")
        assert regime(f"&min_position={second}") == "visa-required"


def _folded(primary: Connection) -> int:
    row = primary.execute("select min(position) from view.checkpoint").fetchone()
    return int(row[0] or 0) if row else 0
