"""A private PostgreSQL in the data folder, for one machine: shared by all who name the folder.

    DIR/postgres          the cluster (0700), owned by the user who runs it
    DIR/postgres.log      what PostgreSQL and its supervisor had to say
    DIR/postgres.socket   the path of the socket directory, while a server runs
    DIR/users.lock, server.lock, up.lock
    DIR/postgres-15       the cluster of an older version that `tracker upgrade` put aside

There is no TCP port. The socket lies in a private directory under /run or /tmp, as the data
folder's path may be too long for a socket, and whoever can open that directory is trusted.

Who comes first starts the server, who comes later adopts it, and it stops with its last user,
however that one ends (`tracker.supervisor` has the protocol of the two locks). The one who
starts it gives `server.lock` on to the supervisor, and thereby to PostgreSQL; so a server is
adopted only while something holds that lock, and a new one is started only when nothing does:
by whoever comes next, or within seconds by those who use it already.

PostgreSQL refuses to run as root. Root therefore runs it as the cluster's owner, else as the
folder's owner, else as a service user, and changes neither mode nor owner of anything but
DIR/postgres.
"""

import contextlib
import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import msgspec

from tracker import supervisor
from tracker.binaries import programs_for, wheel_programs
from tracker.clusters import check_cluster, cluster_version, set_aside, unusable, user_of
from tracker.domain.errors import Refused, TrackerError, Unavailable
from tracker.supervisor import PORT, SUPERUSER, Plan, open_owned, try_lock

__all__ = [
    "SUPERUSER",
    "Embedded",
    "cluster_version",
    "embedded",
    "hold_up_lock",
    "set_aside",
    "stopped",
    "user_of",
]

POLL_S = 0.05
START_S = 600.0  # recovery after a crash of the machine takes its time
LEAVE_S = 10.0
LOOK_S = 5.0
LOG_BYTES = 10_000_000
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


class Embedded(msgspec.Struct, frozen=True):
    """A running embedded server, known by the directory of its socket."""

    socket_dir: str

    def url(self, *, user: str, database: str) -> str:
        """The libpq URL of a database on this server."""
        host, name = quote(self.socket_dir, safe=""), quote(database, safe="")
        return f"postgresql:///{name}?host={host}&port={PORT}&user={quote(user, safe='')}"


@contextmanager
def embedded(
    data_dir: Path,
    *,
    settings: Mapping[str, str] = NO_SETTINGS,
    programs: Path | None = None,
) -> Generator[Embedded]:
    """Use the folder's PostgreSQL, started if it is not running; the superuser is `SUPERUSER`.

    `settings`, and `programs` of another version, reach PostgreSQL only if this call starts it.
    Raises Refused when the folder cannot be used and Unavailable when PostgreSQL does not come up.
    """
    folder = _folder(data_dir)
    users = _join(folder)
    try:
        running = Embedded(socket_dir=_running(folder, settings, programs))
        with _brought_back(folder, settings, programs):
            yield running
    finally:
        _leave(folder, users)


@contextmanager
def _brought_back(
    folder: Path, settings: Mapping[str, str], programs: Path | None
) -> Generator[None]:
    """Start the server again whenever it was given up, for want of room on the disk perhaps."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(LOOK_S):
            with (
                contextlib.suppress(TrackerError, OSError),
                _opened(folder / "server.lock") as lock,
            ):
                if try_lock(lock, fcntl.LOCK_EX):
                    _start(folder, lock, user_of(folder), settings, programs)

    looking = threading.Thread(target=look, name="looks after PostgreSQL", daemon=True)
    looking.start()
    try:
        yield
    finally:
        ended.set()
        looking.join()


@contextmanager
def hold_up_lock(data_dir: Path) -> Generator[None]:
    """Be the only `tracker up` on this data folder, or raise Refused."""
    folder = _folder(data_dir)
    with _opened(folder / "up.lock") as lock:
        if not try_lock(lock, fcntl.LOCK_EX):
            holder = os.read(lock, 32).decode().strip() or "unknown"
            raise Refused(
                f"another tracker is already running on {folder} (process {holder})", field="data"
            )
        os.ftruncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        yield


@contextmanager
def stopped(data_dir: Path) -> Generator[None]:
    """Keep the folder's PostgreSQL from being started; Refused where it runs."""
    folder = _folder(data_dir)
    with _opened(folder / "server.lock") as lock:
        if not try_lock(lock, fcntl.LOCK_EX):
            raise Refused(f"the database in {folder} is in use: stop the tracker first")
        yield


def _folder(data_dir: Path) -> Path:
    folder = data_dir.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise Refused(f"the data folder {folder} is not a folder", field="data") from None
    except OSError as error:
        raise unusable(folder, error) from error
    return folder


@contextmanager
def _opened(path: Path) -> Generator[int]:
    fd = _open(path)
    try:
        yield fd
    finally:
        os.close(fd)


def _open(path: Path, flags: int = os.O_RDWR) -> int:
    try:
        return open_owned(path, flags)
    except OSError as error:
        raise unusable(path.parent, error) from error


def _join(folder: Path) -> int:
    """Become a user of the server; waits while it is being stopped, which excludes users."""
    users = _open(folder / "users.lock")
    deadline = time.monotonic() + START_S
    while not try_lock(users, fcntl.LOCK_SH):
        if time.monotonic() > deadline:
            os.close(users)
            raise Unavailable(f"the database in {folder} is still shutting down")
        time.sleep(POLL_S)
    return users


def _leave(folder: Path, users: int) -> None:
    """Cease to be a user; the last one waits for the server to be gone."""
    last = try_lock(users, fcntl.LOCK_EX)
    os.close(users)
    deadline = time.monotonic() + LEAVE_S
    with _opened(folder / "server.lock") as server:
        while last and not try_lock(server, fcntl.LOCK_EX):
            last = time.monotonic() < deadline and not _in_use(folder)
            time.sleep(POLL_S)


def _in_use(folder: Path) -> bool:
    with _opened(folder / "users.lock") as users:
        return try_lock(users, fcntl.LOCK_SH) and not try_lock(users, fcntl.LOCK_EX)


def _running(folder: Path, settings: Mapping[str, str], given: Path | None) -> str:
    """The socket directory of the folder's server, once it accepts connections."""
    programs = str(given or wheel_programs())
    uid, gid = user_of(folder)
    log_start: int | None = None
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with _opened(folder / "server.lock") as lock:
            if try_lock(lock, fcntl.LOCK_EX):
                if log_start is not None:
                    raise _did_not_start(folder, log_start)
                log_start = _start(folder, lock, (uid, gid), settings, given)
        socket_dir = supervisor.known_socket_dir(folder, uid)
        if socket_dir is not None and supervisor.answers(programs, socket_dir):
            return socket_dir
        time.sleep(POLL_S)
    raise Unavailable(f"PostgreSQL in {folder} does not accept connections; see postgres.log")


def _start(
    folder: Path,
    lock: int,
    user: tuple[int, int],
    settings: Mapping[str, str],
    given: Path | None,
) -> int:
    """Start the supervisor, which keeps the lock; returns where its part of the log begins."""
    if given is None:
        check_cluster(folder)
    programs = given or programs_for(*user)
    log_path = folder / "postgres.log"
    if log_path.exists() and log_path.stat().st_size > LOG_BYTES:
        log_path.rename(folder / "postgres.log.1")
    log = _open(log_path, os.O_WRONLY | os.O_APPEND)
    log_start = os.fstat(log).st_size
    plan = Plan(str(programs), str(folder), *user, dict(settings), lock)
    try:
        # -I and -S: neither the environment nor site-packages is any concern of the script.
        subprocess.run(
            [sys.executable, "-I", "-S", supervisor.__file__, plan.to_json()],
            cwd="/",
            env=supervisor.ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            pass_fds=(lock,),
            check=False,
        )
    finally:
        os.close(log)
    return log_start


def _did_not_start(folder: Path, log_start: int) -> Unavailable:
    with (folder / "postgres.log").open("rb") as log:
        log.seek(log_start)
        lines = log.read().decode(errors="replace").split("\n")
    told = [line.strip() for line in lines if line.strip()]
    # The reason comes before a farewell such as "database system is shut down".
    reasons = [line for line in told if any(word in line for word in ("FATAL", "PANIC", "error:"))]
    reason = (reasons or told or ["it gave no reason"])[-1]
    return Unavailable(f"PostgreSQL in {folder} did not start: {reason}")
