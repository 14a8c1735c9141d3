"""PostgreSQL restarted, full of others, cut off or silent: what was acknowledged stays, and is told."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.chance import ROUNDS
from tests.stories.own_server import BIN, OwnServer, own_server
from tests.stories.proxy import Proxy
from tests.stories.site_under_load import eventually, site_on

_MANY = 50
torture = pytest.mark.skipif(ROUNDS < _MANY, reason="a part of `make torture`")
pytestmark = [
    pytest.mark.kill,
    pytest.mark.skipif(not (BIN / "postgres").exists(), reason="PostgreSQL 15 is not installed"),
]
CUT = "select pg_terminate_backend(pid) from pg_stat_activity where usename ~ '^tracker_'"


@contextmanager
def crowd(own: OwnServer) -> Generator[None]:
    """Somebody else takes every connection that there is, and those of the tracker are gone."""
    taken: list[psycopg.Connection] = []
    own.ask("alter role tracker_import connection limit -1")
    try:
        own.ask(CUT)
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            try:
                taken.append(psycopg.connect(own.url(user="tracker_import")))
            except psycopg.OperationalError:
                own.ask(CUT.replace("'^tracker_'", "'^tracker_(?!import)'"))
                time.sleep(0.02)
        yield
    finally:
        for connection in taken:
            connection.close()


def test_postgresql_is_restarted_cut_off_and_full_of_others(tmp_path: Path) -> None:
    with (
        own_server(settings={"max_connections": "30"}) as own,
        Proxy(own.port) as network,
        site_on(own, tmp_path / "data", own.over_tcp(network.port)) as site,
    ):
        own.restart("immediate")
        site.goes_on()
        network.reset()
        site.goes_on()
        with crowd(own):
            site.not_ready()
            eventually(lambda: bool(site.writer.refusals))
        site.goes_on()
