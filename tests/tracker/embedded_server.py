"""Looks at an embedded server from outside: its processes, its users, what it has kept."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path

import psycopg
import pytest

from tracker.embedded import SUPERUSER, Embedded

FAST = {"fsync": "off", "shared_buffers": "16MB"}
USER = f"""
import sys
from pathlib import Path
from tracker.embedded import embedded
with embedded(Path(sys.argv[1]), settings={FAST!r}) as server:
    print(server.socket_dir, flush=True)
    sys.stdin.read()
"""
PATHS = {**os.environ, "PYTHONPATH": os.pathsep.join(os.path.abspath(path) for path in sys.path)}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has this to get right")


@contextlib.contextmanager
def connected(server: Embedded) -> Generator[psycopg.Connection]:
    url = server.url(user=SUPERUSER, database="postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@contextlib.contextmanager
def user_process(folder: Path) -> Generator[subprocess.Popen[str]]:
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


def kill_postmaster(folder: Path) -> None:
    """PostgreSQL itself; its supervisor starts it again."""
    os.kill(postmaster(folder), signal.SIGKILL)


def kill_backend(folder: Path, draw: random.Random) -> None:
    """Any process of PostgreSQL's, after which it throws out everybody and recovers."""
    server = postmaster(folder)
    children: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if parent(int(process.name)) == server:
                children.append(int(process.name))
    with contextlib.suppress(ProcessLookupError):
        os.kill(draw.choice(children), signal.SIGKILL)


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
