"""PostgreSQL is restarted, cut off, or full of others: what was acknowledged stays, and is told."""

import contextlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.chance import LONG, MANY, ROUNDS
from tests.debian import NEEDS_15
from tests.stories.own_server import OwnServer, own_server
from tests.stories.proxy import Proxy
from tests.stories.site_under_load import site_on

pytestmark = [
    pytest.mark.kill,
    NEEDS_15,
]
_OURS = "select count(*) from pg_stat_activity where usename ~ '^tracker_(?!import)'"
_END = _OURS.replace("count(*)", "pg_terminate_backend(pid)")


def test_postgresql_is_restarted_and_its_connections_are_cut(tmp_path: Path) -> None:
    with (
        own_server() as own,
        Proxy(own.port) as network,
        site_on(own, tmp_path / "data", own.over_tcp(network.port)) as site,
    ):
        for how in ("immediate", "fast") * (ROUNDS // 20) or ("immediate",):
            own.restart(how)
            site.goes_on()
            network.reset()
            site.goes_on()
        if ROUNDS >= MANY:
            site.is_proved(tmp_path)


@LONG
def test_others_take_every_connection(tmp_path: Path) -> None:
    with (
        own_server(settings={"max_connections": "30"}) as own,
        site_on(own, tmp_path / "data", own.url()) as site,
    ):
        for _ in range(ROUNDS // 25):
            refused = len(site.writer.refusals)
            with _crowd(own):
                site.not_ready()
                site.is_refused(since=refused)
            site.goes_on()
        site.is_proved(tmp_path)


@contextmanager
def _crowd(own: OwnServer) -> Generator[None]:
    """Somebody else takes every connection, also those that the tracker had."""
    taken: list[psycopg.Connection] = []
    try:
        while own.ask(_OURS) != [(0,)]:
            own.ask(_END)
            with contextlib.suppress(psycopg.OperationalError):
                while True:
                    taken.append(psycopg.connect(own.url(user="tracker_import")))
        yield
    finally:
        for connection in taken:
            connection.close()
