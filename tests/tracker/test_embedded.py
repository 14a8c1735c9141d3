"""The embedded PostgreSQL: shared while in use, gone afterwards, and safe to kill at any point."""

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tracker.binaries import programs_for
from tracker.domain.errors import Refused, Unavailable
from tracker.embedded import SUPERUSER, Embedded, embedded, hold_up_lock

FAST = {"fsync": "off", "shared_buffers": "16MB"}
USER = """
import sys
from pathlib import Path
from tracker.embedded import embedded
with embedded(Path(sys.argv[1]), settings={"fsync": "off", "shared_buffers": "16MB"}) as server:
    print(server.socket_dir, flush=True)
    sys.stdin.read()
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="what root must not do")
PATHS = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(os.path.abspath(path) for path in sys.path),
}


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "data"
    with embedded(folder, settings=FAST) as server, connected(server) as connection:
        connection.execute("CREATE TABLE kept (line text)")
    return folder


@pytest.fixture
def folder(made_once: Path, tmp_path: Path) -> Iterator[Path]:
    """A data folder of the test's own; nothing of it may run when the test is over."""
    subprocess.run(["cp", "-a", made_once, tmp_path / "data"], check=True)
    yield tmp_path / "data"
    eventually(lambda: not processes_of(tmp_path / "data"))


@contextlib.contextmanager
def connected(server: Embedded) -> Iterator[psycopg.Connection]:
    url = server.url(user=SUPERUSER, database="postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@contextlib.contextmanager
def user_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the folder's server until it is killed or its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", USER, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=PATHS,
    ) as process:
        yield process


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def postmaster(folder: Path) -> int:
    return int((folder / "postgres/postmaster.pid").read_text().split()[0])


def parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def processes_of(folder: Path) -> list[int]:
    """The supervisor, known by its plan, and every PostgreSQL process, known by where it works."""
    found: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            supervises = b'"folder": "' + bytes(folder) + b'"' in (process / "cmdline").read_bytes()
            works_there = (process / "cwd").readlink().is_relative_to(folder)
            if supervises or works_there:
                found.append(int(process.name))
    return found


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.02)


def rows(server: Embedded) -> list[str]:
    with connected(server) as connection:
        return [line for (line,) in connection.execute("SELECT line FROM kept").fetchall()]


def keep(server: Embedded, line: str) -> None:
    with connected(server) as connection:
        connection.execute("INSERT INTO kept VALUES (%s)", (line,))


def test_the_server_answers_and_is_gone_with_its_user(folder: Path) -> None:
    with embedded(folder, settings=FAST) as server:
        keep(server, "é")
        assert processes_of(folder)
    assert processes_of(folder) == []
    assert not Path(server.socket_dir).exists()
    with embedded(folder, settings=FAST) as server:
        assert rows(server) == ["é"]


def test_the_cluster_is_utf8_with_checksums_and_without_tcp(folder: Path) -> None:
    with embedded(folder, settings=FAST) as server, connected(server) as connection:
        shown = {
            name: connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
            for name in (
                "server_encoding",
                "data_checksums",
                "listen_addresses",
                "TimeZone",
            )
        }
        locale = connection.execute(
            "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'postgres'"
        ).fetchone()
    assert [value for value in shown.values() if value] == [
        ("UTF8",),
        ("on",),
        ("",),
        ("UTC",),
    ]
    assert locale == ("b", "C.UTF-8")


def test_another_process_adopts_the_server_and_keeps_it(folder: Path) -> None:
    with user_process(folder) as other:
        found = first_line(other)
        with embedded(folder) as server:
            assert server.socket_dir == found
            started = postmaster(folder)
        assert postmaster(folder) == started
        assert other.poll() is None


def test_processes_that_start_at_once_share_one_server(folder: Path) -> None:
    with (
        user_process(folder) as one,
        user_process(folder) as two,
        user_process(folder) as three,
    ):
        assert len({first_line(one), first_line(two), first_line(three)} - {""}) == 1


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
        os.kill(parent(postmaster(folder)), signal.SIGKILL)
        eventually(lambda: not processes_of(folder))
        with embedded(folder, settings=FAST):
            # The process that was there all the time finds it at the same place.
            assert rows(before) == ["before"]


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


@as_root
def test_below_closed_folders_root_changes_no_mode_and_no_owner(
    made_once: Path, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    folder = closed / "data"
    subprocess.run(["cp", "-a", made_once, folder], check=True)

    def seen() -> dict[Path, tuple[int, int, int]]:
        watched = [folder, *folder.parents, *Path(sys.prefix).parents, Path(sys.prefix)]
        return {
            path: (path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in watched
        }

    before = seen()
    with embedded(folder, settings=FAST) as server:
        keep(server, "below")
        assert Path(f"/proc/{postmaster(folder)}").stat().st_uid != 0
        assert seen() == before
    assert seen() == before


@as_root
def test_programs_in_a_closed_folder_are_copied_to_where_the_server_user_can_run_them(
    tmp_path: Path,
) -> None:
    nobody = pwd.getpwnam("nobody")
    installed = programs_for(0, 0).parents[1]
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for package in (installed, installed.with_name(f"{installed.name}.libs")):
        shutil.copytree(package, closed / package.name, symlinks=True, copy_function=os.link)
    with tempfile.TemporaryDirectory() as opened:
        os.chmod(opened, 0o755)
        asked = (
            "from pathlib import Path; from tracker.binaries import programs_for;"
            f"print(programs_for({nobody.pw_uid}, {nobody.pw_gid}, cache=Path({opened!r})))"
        )
        found = [
            subprocess.run(
                [sys.executable, "-c", asked],
                env={**PATHS, "PYTHONPATH": f"{closed}:{PATHS['PYTHONPATH']}"},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            ).stdout.strip()
            for _ in range(2)
        ]
        assert found[0] == found[1]
        assert found[0].startswith(opened)
        assert len(os.listdir(opened)) == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_an_ordinary_user_runs_it_as_himself(made_once: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory() as parent_folder:
        os.chown(parent_folder, nobody.pw_uid, nobody.pw_gid)
        folder = Path(parent_folder) / "data"
        subprocess.run(["cp", "-a", made_once, folder], check=True)
        subprocess.run(["chown", "-R", f"{nobody.pw_uid}:{nobody.pw_gid}", folder], check=True)
        system_python = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin")
        for python in filter(None, (sys.executable, system_python)):
            with contextlib.suppress(PermissionError):
                ran = subprocess.run(
                    [python, "-c", USER, folder],
                    input="",
                    capture_output=True,
                    cwd="/",
                    env=PATHS,
                    text=True,
                    user=nobody.pw_uid,
                    group=nobody.pw_gid,
                    extra_groups=[],
                    check=False,
                )
                assert (ran.returncode, ran.stderr) == (0, "")
                assert ran.stdout.startswith("/tmp/tracker-")
                # What an ordinary user made, root can use, and leaves usable.
                with embedded(folder, settings=FAST) as server:
                    keep(server, "root")
                    assert Path(f"/proc/{postmaster(folder)}").stat().st_uid == nobody.pw_uid
                assert {path.stat().st_uid for path in folder.iterdir()} == {nobody.pw_uid}
                return
    pytest.skip("no Python that an ordinary user can run")


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    with (
        pytest.raises(Refused, match="data is not a folder"),
        embedded(tmp_path / "data"),
    ):
        pass


def test_a_data_folder_that_cannot_be_written_is_refused() -> None:
    folder = Path("/proc/self/data")
    with pytest.raises(Refused, match=f"{folder} cannot be used: "), embedded(folder):
        pass


def test_a_cluster_of_another_major_version_is_refused(folder: Path) -> None:
    (folder / "postgres/PG_VERSION").write_text("17\n")
    with pytest.raises(Refused, match="was made by PostgreSQL 17"), embedded(folder):
        pass


def test_a_server_that_does_not_start_says_why(folder: Path) -> None:
    wrong = embedded(folder, settings={"nonsense": "1"})
    with pytest.raises(Unavailable, match='did not start: .*"nonsense"'), wrong:
        pass
    assert not (folder / "postgres.socket").exists()


def test_a_second_tracker_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    sentence = rf"already running .*\(process {os.getpid()}\)"
    with (
        hold_up_lock(tmp_path),
        pytest.raises(Refused, match=sentence),
        hold_up_lock(tmp_path),
    ):
        pass
    with hold_up_lock(tmp_path):
        pass


def test_the_url_names_the_socket_whatever_the_environment_says() -> None:
    url = Embedded(socket_dir="/run/tracker-a b").url(user="o'brien", database="a/b")
    assert url == "postgresql:///a%2Fb?host=%2Frun%2Ftracker-a%20b&port=5432&user=o%27brien"
