"""A real PostgreSQL for every test: one server a session, a database cloned from a template each.

`TRACKER_TEST_DATABASE_URL` names a superuser of a server that runs already, of another version
perhaps; without it the embedded one is started.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.place import Cluster, Place
from tracker.embedded import SUPERUSER, embedded
from tracker.log.database import ROLES, Database, create_database
from tracker.log.migrate import migrate

_TEMPLATE = f"template_tracker_{os.getpid()}"
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A PostgreSQL for the whole session, with a migrated template database."""
    given = os.environ.get("TRACKER_TEST_DATABASE_URL")
    if given:
        yield from _with_template(Cluster(given, str(conninfo_to_dict(given)["user"])))
        return
    folder: Path = tmp_path_factory.mktemp("server") / "data"
    with embedded(folder, settings=_FAST) as running:
        base = running.url(user=SUPERUSER, database="postgres")
        yield from _with_template(Cluster(base, SUPERUSER))


def _with_template(server: Cluster) -> Iterator[Cluster]:
    asyncio.run(create_database(server.superuser_url, _TEMPLATE, "tracker_migrate", ROLES))
    asyncio.run(migrate(server.url(user="tracker_migrate", database=_TEMPLATE)))
    yield server
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute(f"drop database {_TEMPLATE} with (force)".encode())


@pytest.fixture
def place(server: Cluster, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty, migrated database of the test's own."""
    name = f"t{os.getpid()}_{abs(hash(request.node.nodeid)):x}"
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name} with (force)".encode())
        connection.execute(
            f"create database {name} template {_TEMPLATE} owner tracker_migrate".encode()
        )
    yield Place(server, name, tmp_path / "data")
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
async def database(place: Place) -> AsyncIterator[Database]:
    """The test's database under the application's role."""
    async with place.open("tracker_append") as opened:
        yield opened
