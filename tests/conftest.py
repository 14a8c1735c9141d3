"""A real PostgreSQL for every test: one server a session, a database cloned from a template each."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.place import Place
from tracker.embedded import SUPERUSER, Embedded, embedded
from tracker.log.database import ROLES, Database, create_database
from tracker.log.migrate import migrate

_TEMPLATE = "template_tracker"
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """A PostgreSQL for the whole session, with a migrated template database."""
    folder: Path = tmp_path_factory.mktemp("server") / "data"
    with embedded(folder, settings=_FAST) as running:
        superuser = running.url(user=SUPERUSER, database="postgres")
        asyncio.run(create_database(superuser, _TEMPLATE, "tracker_migrate", ROLES))
        asyncio.run(migrate(running.url(user="tracker_migrate", database=_TEMPLATE)))
        yield running


@pytest.fixture
def place(server: Embedded, request: pytest.FixtureRequest) -> Iterator[Place]:
    """An empty, migrated database of the test's own."""
    name = f"t{abs(hash(request.node.nodeid)):x}"
    superuser = server.url(user=SUPERUSER, database="postgres")
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name} with (force)".encode())
        connection.execute(
            f"create database {name} template {_TEMPLATE} owner tracker_migrate".encode()
        )
    yield Place(server, name)
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
async def database(place: Place) -> AsyncIterator[Database]:
    """The test's database under the application's role."""
    async with place.open("tracker_append") as opened:
        yield opened
