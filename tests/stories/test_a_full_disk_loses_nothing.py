"""The disk of the database is full: it is said in one sentence, and goes on when there is room."""

import contextlib
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.chance import ROUNDS, TORTURE
from tests.debian import NEEDS_15
from tests.stories.full_disk import Disk, disk, possible
from tests.stories.own_server import own_server
from tests.stories.site_under_load import Site, site_of_one, site_on
from tracker.embedded import SUPERUSER, embedded
from tracker.log.database import NAME

pytestmark = [
    NEEDS_15,
    pytest.mark.skipif(not possible(), reason="no disk can be made here"),
    # Each takes half a minute.
    *TORTURE,
]
_FULL_S = 15.0
# More than all the room that was made beforehand.
_BULKY = "select pg_logical_emit_message(true, 'bulky', repeat('x', 100000000))"
_SMALL = {"max_wal_size": "64MB", "min_wal_size": "32MB", "shared_buffers": "1MB"}


@pytest.mark.parametrize("which", ["data", "wal"])
def test_a_server_whose_disk_is_full_goes_on_when_there_is_room(tmp_path: Path, which: str) -> None:
    with disk(500) as small, disk(500) as roomy:
        cluster, wal = (small, roomy) if which == "data" else (roomy, small)
        with (
            own_server(
                cluster=cluster.folder / "server", wal=wal.folder / "wal", settings=_SMALL
            ) as own,
            site_on(own, tmp_path / "data", own.url()) as site,
        ):
            for _ in range(ROUNDS // 25):
                small.fill()
                with contextlib.suppress(psycopg.Error):
                    own.ask(_BULKY)
                _refused(site, small)
                own.start()
                site.goes_on()
            site.is_proved(tmp_path)


def test_a_tracker_of_one_machine_goes_on_by_itself_when_there_is_room(tmp_path: Path) -> None:
    with disk(600) as small:
        data = small.folder / "data"

        def ask(statement: str) -> list[tuple[Any, ...]]:
            with embedded(data) as server:
                url = server.url(user=SUPERUSER, database=NAME)
                with psycopg.connect(url, autocommit=True) as connection:
                    return connection.execute(statement.encode()).fetchall()

        with site_of_one(data, ask) as site:
            for _ in range(ROUNDS // 25):
                small.fill()
                _refused(site, small)
                site.goes_on()
            site.is_proved(tmp_path)


def _refused(site: Site, small: Disk) -> None:
    """Nothing can be recorded until there is room, and that is said."""
    site.is_refused(since=len(site.writer.refusals))
    # A server that stopped meanwhile tries in vain to start, for a while.
    time.sleep(_FULL_S)
    assert "full" in site.writer.refusals[-1] or "not answer" in site.writer.refusals[-1]
    if site.health("/ready")["status"] == "ready":
        assert "the database's disk is full" in site.health()["reasons"][0]
    small.free()
