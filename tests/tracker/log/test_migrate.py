"""Migrations: once, in order, unchanged, by one process at a time, by whom it may be."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import msgspec
import psycopg
import pytest

from tests.place import Place
from tests.tracker.log import naive
from tests.tracker.log.events import ANALYST, named
from tracker.domain.errors import Refused
from tracker.embedded import SUPERUSER, embedded
from tracker.log.append import Appender
from tracker.log.database import ROLES, Database
from tracker.log.migrate import LEDGER, RECORD, migrate, migrations

# A millisecond apart, as a version without the tree stored them.
HISTORY = """
insert into log.event
select n, gen_random_uuid(), 'party-named', '2020-01-01'::timestamptz + n * interval '1 ms', '',
       sha256(n::text::bytea)
from generate_series(1, 66000) n
"""
HASHES = "select leaf_hash from log.event order by position"
TILES = "select level, number, hashes, root from log.tile order by level, number"
BETWEEN = """
select log.position_at(recorded_at), log.position_at(recorded_at - interval '1 us')
from log.event where position = 12345
"""


@pytest.fixture
def fresh(place: Place) -> Iterator[str]:
    """The URL of a database without any table."""
    name = f"{place.name}_fresh"
    with psycopg.connect(place.server.superuser_url, autocommit=True) as connection:
        connection.execute(f"create database {name} owner tracker_migrate".encode())
        yield place.server.url(user="tracker_migrate", database=name)
        connection.execute(f"drop database {name} with (force)".encode())


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [m.number for m in migrations()] == list(range(1, len(migrations()) + 1))


async def test_a_second_run_applies_nothing(fresh: str) -> None:
    assert await migrate(fresh) == [m.name for m in migrations()]
    assert await migrate(fresh) == []


async def test_alerts_of_a_version_before_digests_stay_owed_under_their_ids(fresh: str) -> None:
    with psycopg.connect(fresh, autocommit=True) as connection:
        connection.execute(LEDGER.encode())
        for migration in migrations()[:13]:
            connection.execute(migration.text.encode())
            connection.execute(RECORD.encode(), msgspec.structs.asdict(migration))
        connection.execute(
            "insert into alert.message (id, subscription, event, position, matched, channel)"
            " select gen_random_uuid(), 's', gen_random_uuid(), n, '{}', 'c'"
            " from generate_series(1, 3) n"
        )
        await migrate(fresh)
        rows = connection.execute(
            "select m.id = o.id, m.status, m.kind, m.due_at = m.owed_at, m.number = m.position"
            " from alert.message m join alert.owed o on o.message = m.id"
        ).fetchall()
    assert rows == [(True, "owed", "alert", True, True)] * 3


async def test_a_log_of_a_version_without_the_tree_gets_its_tiles(fresh: str) -> None:
    with psycopg.connect(fresh, autocommit=True) as connection:
        connection.execute(LEDGER.encode())
        for migration in migrations()[:5]:
            connection.execute(migration.text.encode())
            connection.execute(RECORD.encode(), msgspec.structs.asdict(migration))
        connection.execute(HISTORY.encode())

    await migrate(fresh)

    with psycopg.connect(fresh) as connection:
        hashes = [row[0] for row in connection.execute(HASHES)]
        assert connection.execute(TILES).fetchall() == naive.tiles(hashes)
        assert connection.execute(BETWEEN).fetchone() == (12345, 12344)


async def test_two_processes_that_migrate_at_once_apply_everything_once(fresh: str) -> None:
    applied = await asyncio.gather(*(migrate(fresh) for _ in range(3)))

    assert sorted(applied, key=len) == [[], [], [m.name for m in migrations()]]


async def test_a_migration_that_was_changed_afterwards_is_refused(place: Place) -> None:
    with psycopg.connect(place.superuser_url, autocommit=True) as insider:
        insider.execute("update public.tracker_migration set sha256 = '0' where number = 2")

    with pytest.raises(Refused, match="migration 0002_log was changed after it was applied here"):
        await migrate(place.url("tracker_migrate"))


async def test_a_database_of_a_newer_version_is_refused(place: Place) -> None:
    with psycopg.connect(place.superuser_url, autocommit=True) as insider:
        insider.execute("insert into public.tracker_migration values (9999, '9999_later', '0')")

    with pytest.raises(Refused, match=r"migrated by a newer version \(it has 9999_later\)"):
        await migrate(place.url("tracker_migrate"))


async def test_a_database_that_holds_no_unicode_is_refused(place: Place) -> None:
    name = f"{place.name}_latin"
    with psycopg.connect(place.server.superuser_url, autocommit=True) as connection:
        connection.execute(
            f"create database {name} template template0 encoding latin1 locale 'C'".encode()
        )
        with pytest.raises(Refused, match="encoding is LATIN1: make it with encoding UTF8"):
            await migrate(place.server.url(user=place.server.superuser, database=name))
        connection.execute(f"drop database {name}".encode())


async def test_a_login_that_makes_the_roles_itself_may_take_them_on(tmp_path: Path) -> None:
    with embedded(tmp_path / "data", settings={"fsync": "off"}) as server:
        with psycopg.connect(
            server.url(user=SUPERUSER, database="postgres"), autocommit=True
        ) as connection:
            connection.execute("create role shared login createrole")
            connection.execute("create database tracker owner shared")
        url = server.url(user="shared", database="tracker")
        await migrate(url)
        for role in ROLES:
            database = Database(url, role, most=1)
            await database.open(wait_s=5)
            if role == "tracker_append":
                await Appender(database).append([named()], ANALYST, uuid4())
            await database.close()


async def test_a_url_or_a_user_that_does_not_do_is_refused_in_one_line(place: Place) -> None:
    with pytest.raises(Refused, match="the database cannot be used: missing"):
        await migrate("nonsense")
    with pytest.raises(Refused, match="the database cannot be used: permission denied") as refused:
        await migrate(place.server.url(user="tracker_append", database="postgres"))
    assert "\n" not in refused.value.message
