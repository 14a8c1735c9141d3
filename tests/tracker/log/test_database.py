"""Roles, outages and what the house's roles may do to the log."""

import asyncio
import contextlib
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from tests.place import Place
from tests.tracker.log.events import ANALYST, named
from tracker.domain.base import EVERYTHING
from tracker.domain.errors import Unavailable
from tracker.log.append import Appender
from tracker.log.database import ROLES, Database, line
from tracker.log.evidence import Capture, Evidence
from tracker.log.migrate import migrate
from tracker.log.read import Reader

INSERT_EVENT = (
    "insert into log.event values (9, gen_random_uuid(), 'party-named', now(), '\\x00', '\\x00')"
)
INSERTS = [
    INSERT_EVENT,
    "insert into log.event_tag values ('party:x', 1, 'party-named')",
    "insert into log.payload values (9, '\\x00', '\\x00')",
    "insert into log.tile values (6, 9, repeat('x', 8192)::bytea, sha256('x'))",
]
CHANGES = [
    "update log.event set type = 'x'",
    "delete from log.event",
    "truncate log.event",
    "update log.event_tag set type = 'x'",
    "delete from log.event_tag",
    "truncate log.event_tag",
    "update log.payload set payload = '\\x00'",
    "truncate log.payload",
    "update log.evidence set size_bytes = 0",
    "truncate log.evidence",
    "update log.erased_evidence set sha256 = sha256('x')",
    "delete from log.erased_evidence",
    "truncate log.erased_evidence",
    "update log.tile set number = 0",
    "delete from log.tile",
    "truncate log.tile",
]
DELETIONS = ["delete from log.payload", "delete from log.evidence", "delete from log.capture"]
SIDE_DOORS = [
    "alter table log.event disable trigger append_only",
    "drop table log.event",
    "create or replace function log.position_at(p_moment timestamptz) returns bigint"
    " language sql as 'select 0'",
]
APPEND_NOTHING = (
    "select * from log.append('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', "
    "'{}', '{}', '{}', null)"
)
MAY: dict[str, set[str]] = {
    "append": {"tracker_append"},
    "delete payload": {"tracker_erase"},
    "delete evidence": {"tracker_erase"},
    "insert evidence": {"tracker_append"},
    "mark evidence as erased": {"tracker_append", "tracker_erase"},
    "insert events": {"tracker_import"},
    "read log": set(ROLES),
    "read alerts": {"tracker_append", "tracker_deliver"},
    "write alerts": {"tracker_deliver"},
    "read users": {"tracker_append"},
    "make a view": {"tracker_view", "tracker_rebuild"},
}
DOES = {
    "append": APPEND_NOTHING,
    "delete payload": "delete from log.payload",
    "delete evidence": "delete from log.evidence",
    "insert evidence": "insert into log.evidence values (sha256('x'), 1, '\\x00')",
    "mark evidence as erased": (
        "insert into log.erased_evidence values (sha256('x'), gen_random_uuid())"
    ),
    "insert events": INSERT_EVENT,
    "read log": "select from log.event natural join log.payload",
    "read alerts": "select from alert.message",
    "write alerts": "insert into alert.cursor values ('x', 0)",
    "read users": "select from app.users",
    "make a view": "create table view.mine (n int)",
}


@contextlib.contextmanager
def acting(place: Place, role: str) -> Generator[psycopg.Connection]:
    """A connection under a role whose work is not kept."""
    with psycopg.connect(place.url(role)) as connection:
        yield connection
        connection.rollback()


def test_no_role_changes_what_is_written(place: Place) -> None:
    for role in ROLES:
        inserts = [] if role == "tracker_import" else INSERTS
        for statement in CHANGES + SIDE_DOORS + inserts:
            with acting(place, role) as connection, pytest.raises(errors.InsufficientPrivilege):
                connection.execute(statement.encode())


@pytest.mark.parametrize("who", ["owner", "superuser"])
def test_a_trigger_refuses_even_the_owner_and_a_superuser(place: Place, who: str) -> None:
    role = place.server.superuser if who == "superuser" else "tracker_migrate"
    for statement in CHANGES:
        with (
            acting(place, role) as connection,
            pytest.raises(errors.InsufficientPrivilege, match="the log is append-only"),
        ):
            connection.execute(statement.encode())
    for statement in DELETIONS:
        with (
            acting(place, role) as connection,
            pytest.raises(errors.InsufficientPrivilege, match="only an erasure deletes"),
        ):
            connection.execute(statement.encode())


def test_each_role_may_do_its_own_work_and_no_other(place: Place) -> None:
    allowed: dict[str, set[str]] = {deed: set() for deed in DOES}
    for deed, statement in DOES.items():
        for role in ROLES:
            with (
                contextlib.suppress(errors.InsufficientPrivilege),
                acting(place, role) as connection,
            ):
                connection.execute(statement.encode())
                allowed[deed].add(role)

    assert allowed == MAY


async def test_a_shared_login_acts_under_the_role_it_takes_on(place: Place) -> None:
    login = f"login_{place.name}"
    with psycopg.connect(place.superuser_url, autocommit=True) as insider:
        insider.execute(f"create role {login} login".encode())
        insider.execute(f"grant {', '.join(ROLES)} to {login}".encode())
    try:
        for role in ROLES:
            database = Database(place.url(login), role, most=1)
            await database.open()
            assert await database.fetch("select current_user::text, session_user::text") == [
                (role, login)
            ]
            with pytest.raises(errors.InsufficientPrivilege):
                await database.run(CHANGES[0] if role == "tracker_import" else INSERT_EVENT)
            if role == "tracker_append":
                await Appender(database).append([named()], ANALYST, uuid4())
            await database.close()
    finally:
        with psycopg.connect(place.superuser_url, autocommit=True) as insider:
            insider.execute(f"drop role {login}".encode())


async def test_a_server_that_is_away_is_said_in_one_sentence(tmp_path: Path) -> None:
    nowhere = f"postgresql:///tracker?host={tmp_path}"

    with pytest.raises(Unavailable, match="No such file or directory") as at_open:
        await Database(nowhere, "tracker_append").open(wait_s=0.3)
    with pytest.raises(Unavailable, match="No such file or directory") as at_migration:
        await migrate(nowhere)
    assert "\n" not in at_open.value.message
    assert at_open.value.message.startswith("the database does not answer")
    assert at_migration.value.message.startswith("the database does not answer")


def test_a_cut_line_is_noticed_and_an_address_may_say_how_soon() -> None:
    usual = conninfo_to_dict(line("postgresql://ana:p%40ss@db.example.org/tracker"))
    own = conninfo_to_dict(line("postgresql://db.example.org/tracker?tcp_user_timeout=1000"))

    assert (usual["user"], usual["password"]) == ("ana", "p@ss")
    assert (usual["connect_timeout"], usual["tcp_user_timeout"]) == ("5", "25000")
    assert (own["connect_timeout"], own["tcp_user_timeout"]) == ("5", "1000")


async def test_a_server_gives_up_whoever_is_cut_off(database: Database) -> None:
    found = await database.fetch(
        "select setting from pg_settings where name ~ '^tcp_' and source = 'session' order by name"
    )
    assert len(found) == 4


async def test_writers_get_over_connections_that_are_cut(place: Place) -> None:
    cut = (
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
        " where datname = current_database() and usename = 'tracker_append'"
    )
    # Between attempts to connect the pause doubles, and on a busy machine several may fail.
    async with place.open("tracker_append", patience_s=30.0) as database:
        appender, ids = Appender(database), [uuid4() for _ in range(60)]

        async def write(mine: int) -> None:
            for event_id in ids[mine::4]:
                await appender.append([named(event_id=event_id)], ANALYST, uuid4())

        async def disturb() -> None:
            async with await psycopg.AsyncConnection.connect(
                place.superuser_url, autocommit=True
            ) as insider:
                for _ in range(5):
                    await insider.execute(cut.encode())
                    await asyncio.sleep(0.02)

        await asyncio.gather(*(write(n) for n in range(4)), disturb())

        found = await Reader(database).read(EVERYTHING)
    assert [r.position for r in found] == list(range(1, 61))
    assert {r.id for r in found} == set(ids)


async def test_the_same_bytes_captured_again_are_kept_once(database: Database) -> None:
    evidence, now = Evidence(database), datetime(2024, 6, 19, tzinfo=UTC)

    for url in (None, None, "https://example.org/", "https://example.org/"):
        sha256 = await evidence.keep(b"\x00\xff", Capture(url=url, captured_at=now))

    assert await evidence.get(sha256) == b"\x00\xff"
    assert await evidence.get("0" * 64) is None
    assert await database.fetch("select count(*) from log.capture") == [(2,)]
    assert await database.fetch("select count(*) from log.evidence") == [(1,)]


async def test_a_header_in_latin_1_is_kept_as_it_reads(database: Database) -> None:
    raw = b"Kiosque fran\xe7ais".decode("utf-8", "surrogateescape")
    headers = (("x-title", raw), ("x-nul", "a\0b"), ("x-plain", "日"))

    await Evidence(database).keep(
        b"", Capture(url=None, captured_at=datetime(2024, 6, 19, tzinfo=UTC), headers=headers)
    )

    assert await database.fetch("select headers from log.capture") == [
        ([["x-title", "Kiosque français"], ["x-nul", "ab"], ["x-plain", "日"]],)
    ]


async def test_a_server_that_only_reads_is_away_for_whoever_writes(place: Place) -> None:
    """As a standby before it takes over, and one that is on its way back from a backup."""
    name = conninfo_to_dict(place.superuser_url)["dbname"]

    def only_reads(how: str) -> None:
        writes = "-c default_transaction_read_only=off"
        with psycopg.connect(place.superuser_url, autocommit=True, options=writes) as superuser:
            setting = f'alter database "{name}" set default_transaction_read_only = {how}'
            superuser.execute(setting.encode())

    only_reads("on")
    async with place.open("tracker_append") as database:
        with pytest.raises(Unavailable, match="takes no changes"):
            await Appender(database).append([named("Noboa")], ANALYST, uuid4())
        assert await Reader(database).head() == 0
    only_reads("off")
    async with place.open("tracker_append") as database:
        assert (await Appender(database).append([named("Noboa")], ANALYST, uuid4())).last_position
