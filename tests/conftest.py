"""A real PostgreSQL for every test: one server a session, a database cloned from a template each.

Without more the embedded server is started. `TRACKER_TEST_DATABASE_URL` names a superuser of a
server that runs already; `TRACKER_TEST_POSTGRESQL` names a version of Debian's to start instead.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg.conninfo import conninfo_to_dict

from projections import VIEWS
from projections.runner import Runner
from tests.debian import debian_server
from tests.place import Cluster, Place
from tracker.embedded import SUPERUSER, embedded
from tracker.log.database import ROLES, Database, create_database
from tracker.log.migrate import migrate

MIGRATED = f"template_tracker_{os.getpid()}"
_PREPARED = f"{MIGRATED}_prepared"
_FAST = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
    "max_wal_size": "256MB",
}  # fmt: skip
_MEMORY = Path("/dev/shm")
_ENOUGH_BYTES, _ENOUGH_FOR_ALL_BYTES = 4 << 30, 10 << 30
# Nothing is timed, so a busy machine fails no test.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Have the folders of tests in memory where there is plenty: PostgreSQL waits for each write."""
    started = config.option.basetemp is None and not hasattr(config, "workerinput")
    if started and _plenty(_ENOUGH_FOR_ALL_BYTES):
        folder = tempfile.mkdtemp(prefix="tracker-tests-", dir=_MEMORY)
        config.option.basetemp = folder
        config.add_cleanup(partial(shutil.rmtree, folder, ignore_errors=True))


def _plenty(bytes_: int) -> bool:
    return os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= bytes_


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A PostgreSQL for the whole session, with its templates."""
    given = os.environ.get("TRACKER_TEST_DATABASE_URL")
    if given:
        yield from _with_template(Cluster(given, str(conninfo_to_dict(given)["user"])))
        return
    version = os.environ.get("TRACKER_TEST_POSTGRESQL")
    if version:
        with (
            _quick(tmp_path_factory) as folder,
            debian_server(version, folder, _FAST | {"max_connections": "200"}) as base,
        ):
            yield from _with_template(Cluster(base, str(conninfo_to_dict(base)["user"])))
        return
    with (
        _quick(tmp_path_factory) as folder,
        embedded(folder / "data", settings=_FAST) as running,
    ):
        base = running.url(user=SUPERUSER, database="postgres")
        yield from _with_template(Cluster(base, SUPERUSER))


@contextmanager
def _quick(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """A folder in memory where there is plenty: copying a database takes ten times as long on a disk."""
    if not _plenty(_ENOUGH_BYTES):
        yield tmp_path_factory.mktemp("server")
        return
    with tempfile.TemporaryDirectory(prefix="tracker-tests-", dir=_MEMORY) as folder:
        yield Path(folder)


def _with_template(server: Cluster) -> Iterator[Cluster]:
    asyncio.run(create_database(server.superuser_url, MIGRATED, "tracker_migrate", ROLES))
    asyncio.run(migrate(server.url(user="tracker_migrate", database=MIGRATED)))
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        copy = f"create database {_PREPARED} template {MIGRATED} owner tracker_migrate"
        connection.execute(copy.encode())
    asyncio.run(_prepare(Place(server, _PREPARED, Path())))
    yield server
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        for template in (MIGRATED, _PREPARED):
            connection.execute(f"drop database {template} with (force)".encode())


async def _prepare(template: Place) -> None:
    """Make the empty tables of all views once, as it takes longer than to copy them."""
    async with template.open("tracker_view") as views, template.open("tracker_rebuild") as builder:
        await Runner(views, VIEWS, builder=builder).prepare()


@contextmanager
def cloned(server: Cluster, folder: Path, test: str, template: str = _PREPARED) -> Generator[Place]:
    """A database that is copied from a template, for as long as a test takes."""
    name = f"t{os.getpid()}_{abs(hash(test)):x}"
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name} with (force)".encode())
        connection.execute(
            f"create database {name} template {template} owner tracker_migrate"
            " strategy file_copy".encode()
        )
    yield Place(server, name, folder)
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
def place(server: Cluster, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty database of the test's own, migrated, with the views as a tracker leaves them."""
    with cloned(server, tmp_path / "data", request.node.nodeid) as made:
        yield made


@pytest.fixture
async def database(place: Place) -> AsyncIterator[Database]:
    """The test's database under the application's role."""
    async with place.open("tracker_append") as opened:
        yield opened
