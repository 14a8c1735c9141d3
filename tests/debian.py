"""A PostgreSQL of another version than the one that the tracker brings, from Debian's packages."""

import os
import pwd
import subprocess
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

PROGRAMS = Path("/usr/lib/postgresql")
BIN_15 = PROGRAMS / "15/bin"
NEEDS_15 = pytest.mark.skipif(
    not (BIN_15 / "postgres").exists(), reason="PostgreSQL 15 is not installed"
)
_SUPERUSER = "postgres"
_WAIT_S, _POLL_S = 60.0, 0.05


def programs(version: str) -> Path:
    """The folder of a version's programs; says what to install where there is none."""
    found = PROGRAMS / version / "bin"
    if not (found / "postgres").exists():
        raise SystemExit(f"PostgreSQL {version} is missing: apt-get install postgresql-{version}")
    return found


@contextmanager
def debian_server(version: str, folder: Path, settings: Mapping[str, str]) -> Generator[str]:
    """Run a server of that version in a folder until the end; the address of its superuser."""
    where, owner = programs(version), _owner()
    cluster = folder / "cluster"
    cluster.mkdir(mode=0o700)
    if owner is not None:
        for path in (folder, cluster):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    made = [where / "initdb", "-D", cluster, "-U", _SUPERUSER, "-A", "trust", "-E", "UTF8"]
    _run([*made, "--locale=C.UTF-8", "--no-sync"], owner)
    given: dict[str, str] = {"listen_addresses": "", "unix_socket_directories": str(folder)} | dict(
        settings
    )
    options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [where / "postgres", "-D", cluster, *options],
            cwd="/", stdout=log, stderr=log, user=owner and owner.pw_uid,
            group=owner and owner.pw_gid, extra_groups=[] if owner else None,
        )  # fmt: skip
    try:
        _wait(where, folder, server)
        yield make_conninfo("", host=str(folder), user=_SUPERUSER, dbname="postgres")
    finally:
        server.terminate()
        server.wait()


def superuser_of() -> tuple[int, int]:
    """Who runs such a server: user and group."""
    owner = _owner()
    return (owner.pw_uid, owner.pw_gid) if owner else (os.geteuid(), os.getegid())


def _owner() -> pwd.struct_passwd | None:
    """Whom the server belongs to: PostgreSQL does not run as root."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


def _run(command: list[object], owner: pwd.struct_passwd | None) -> None:
    subprocess.run(
        [str(part) for part in command], cwd="/", check=True, stdout=subprocess.DEVNULL,
        user=owner and owner.pw_uid, group=owner and owner.pw_gid,
        extra_groups=[] if owner else None,
    )  # fmt: skip


def _wait(where: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _WAIT_S
    asked = [where / "pg_isready", "-q", "-h", str(folder), "-U", _SUPERUSER]
    while subprocess.run(asked, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
        time.sleep(_POLL_S)
