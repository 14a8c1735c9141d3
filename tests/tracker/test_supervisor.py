"""Every process of the embedded server can be killed at any time."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

import psycopg

from tests.tracker.embedded_server import (
    FAST,
    connected,
    eventually,
    first_line,
    keep,
    parent,
    postmaster,
    processes_of,
    rows,
    user_process,
)
from tracker.embedded import Embedded, embedded


def test_a_server_stops_when_its_only_user_is_killed(folder: Path) -> None:
    with user_process(folder) as user:
        first_line(user)
        user.kill()
    eventually(lambda: not processes_of(folder))


def test_who_arrives_while_the_server_stops_gets_a_new_one(folder: Path) -> None:
    for _ in range(3):
        with user_process(folder) as user:
            first_line(user)
            user.kill()
        with embedded(folder, settings=FAST) as server:
            keep(server, "again")
    with embedded(folder, settings=FAST) as server:
        assert rows(server) == ["again"] * 3


def test_a_killed_supervisor_takes_the_server_along_and_the_next_user_brings_it_back(
    folder: Path,
) -> None:
    with user_process(folder) as user:
        before = Embedded(socket_dir=first_line(user))
        keep(before, "before")
        old = set(processes_of(folder))
        os.kill(parent(postmaster(folder)), signal.SIGKILL)
        eventually(lambda: not old & set(processes_of(folder)))
        with embedded(folder, settings=FAST):
            # The process that was there all the time finds it at the same place.
            assert rows(before) == ["before"]


def test_a_server_that_was_given_up_is_brought_back_at_its_place_by_whoever_uses_it(
    folder: Path,
) -> None:
    with embedded(folder, settings=FAST) as server:
        keep(server, "before")
        # Without it PostgreSQL does not start, as where the disk is full.
        needed = folder / "postgres/global/pg_control"
        needed.rename(needed.with_suffix(".away"))
        os.kill(parent(postmaster(folder)), signal.SIGKILL)
        eventually(lambda: "could not open file" in (folder / "postgres.log").read_text())
        needed.with_suffix(".away").rename(needed)

        def is_back() -> bool:
            with contextlib.suppress(psycopg.OperationalError):
                return rows(server) == ["before"]
            return False

        eventually(is_back)


def test_a_killed_postgres_is_started_again(folder: Path) -> None:
    with embedded(folder, settings=FAST) as server:
        keep(server, "before")
        killed = postmaster(folder)
        os.kill(killed, signal.SIGKILL)

        def is_back() -> bool:
            with contextlib.suppress(psycopg.OperationalError):
                return rows(server) == ["before"]
            return False

        eventually(is_back)
        assert postmaster(folder) != killed


def test_what_was_committed_survives_the_death_of_every_process(folder: Path) -> None:
    with user_process(folder) as user:
        keep(Embedded(socket_dir=first_line(user)), "before")
        for process in [parent(postmaster(folder)), *processes_of(folder), user.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
    with embedded(folder, settings=FAST) as server:
        assert rows(server) == ["before"]


def test_a_cluster_whose_making_was_killed_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with user_process(folder) as user:
        eventually((folder / "postgres.unfinished/base").exists)
        for process in [*processes_of(folder), user.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
    assert not (folder / "postgres").exists()
    with embedded(folder, settings=FAST) as server, connected(server) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not (folder / "postgres.unfinished").exists()


def test_a_process_number_that_went_to_another_program_does_not_stop_the_start(
    folder: Path,
) -> None:
    owner = (folder / "postgres").stat()
    with subprocess.Popen(
        ["sleep", "60"], user=owner.st_uid if os.geteuid() == 0 else None
    ) as other:
        (folder / "postgres/postmaster.pid").write_text(f"{other.pid}\n/proc/self/cwd\n0\n5432\n")
        with embedded(folder, settings=FAST) as server:
            assert rows(server) == []
        other.kill()
