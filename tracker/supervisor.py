"""The process beside the embedded PostgreSQL: it starts it, restarts it and stops it.

It is a script of its own, on the standard library alone, because it outlives the process that
started it and should cost little. `tracker.embedded` starts it as `python supervisor.py PLAN`
and hands it two locks, both `flock`, which the kernel releases however their holder dies:

    server.lock   held here from before the start, and inherited by every PostgreSQL process;
                  whoever can take it knows that nothing of the server is alive any more
    users.lock    held (shared) by every process that uses the server; when this one can take
                  it exclusively there is no user left, and the server is stopped

Root never runs PostgreSQL: the plan names the user who does. That user need not be able to
reach the data folder by its path, since PostgreSQL starts inside the cluster and is told that
its data is `/proc/self/cwd`, a link which the kernel follows without looking at the folders
above. PostgreSQL asks the kernel to be stopped when this process dies, on Linux; elsewhere a
killed supervisor leaves a server that later users adopt and nobody stops.
"""

import ctypes
import fcntl
import json
import os
import platform
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

SUPERUSER = "tracker_superuser"
PORT = 5432  # names the socket file; nothing listens on TCP
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}  # no PG* variable of the caller gets through

POLL_S = 0.05
STOP_S = 60.0
STEADY_S = 60.0
RESTARTS = 6

DEFAULTS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "shared_buffers": "256MB",
    # Ids and tags land on pages all over their indexes, and after each checkpoint every page goes
    # into the write-ahead log whole: fewer checkpoints, smaller pages.
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    # Nothing copies this server's log; so the tables of a rebuild, made and filled in one
    # transaction, need not go through it.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


@dataclass(frozen=True)
class Plan:
    """What the supervisor is told: where, as whom and with which settings PostgreSQL runs."""

    programs: str
    folder: str
    uid: int
    gid: int
    settings: dict[str, str]
    lock: int

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @property
    def cluster(self) -> Path:
        return Path(self.folder) / "postgres"


def try_lock(fd: int, kind: int) -> bool:
    """Take the lock unless that would mean to wait."""
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def open_owned(path: Path, flags: int = os.O_RDWR) -> int:
    """Open a file of the data folder, made if missing, for whoever owns the folder.

    Without the change of owner one command run as root would lock the owner out.
    """
    fd = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    folder = path.parent.stat()
    if os.geteuid() == 0 and os.fstat(fd).st_uid != folder.st_uid:
        os.fchown(fd, folder.st_uid, folder.st_gid)
    return fd


def known_socket_dir(folder: Path, uid: int) -> str | None:
    """The socket directory noted in the data folder, if it still is ours."""
    try:
        noted = (folder / "postgres.socket").read_text()
        found = os.lstat(noted)
    except FileNotFoundError:
        return None
    # Directories in /tmp vanish with a reboot, and then anybody may take the name.
    private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
    return noted if private and found.st_uid == uid else None


def answers(programs: str, socket_dir: str) -> bool:
    """Whether the server accepts connections: recovery is over, not only a process there."""
    if not (Path(socket_dir) / f".s.PGSQL.{PORT}").exists():
        return False
    probe = [f"{programs}/pg_isready", "-q", "-h", socket_dir, "-p", str(PORT)]
    probe += ["-U", SUPERUSER, "-d", "postgres"]
    return subprocess.run(probe, env=ENVIRONMENT, check=False).returncode == 0


def supervise(plan: Plan) -> None:
    """Bring the server up and stay until its last user is gone."""
    users = open_owned(Path(plan.folder) / "users.lock")
    if not plan.cluster.exists():
        initialise(plan)
    left = known_socket_dir(Path(plan.folder), plan.uid)
    socket_dir = make_socket_dir(plan)
    if not keep_running(plan, socket_dir, users) and left is not None:
        return  # users of a server before this one look for the next one there
    shutil.rmtree(socket_dir, ignore_errors=True)  # a cleaner of /tmp may have been first
    (Path(plan.folder) / "postgres.socket").unlink(missing_ok=True)


def initialise(plan: Plan) -> None:
    """Make the cluster aside and rename it, so that a half-made one is never taken for whole."""
    unfinished = plan.cluster.with_name("postgres.unfinished")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(mode=0o700)
    os.chown(unfinished, plan.uid, plan.gid)
    arguments = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--data-checksums"]
    arguments += ["--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    if plan.settings.get("fsync") == "off":
        arguments.append("--no-sync")
    if spawn(plan, "initdb", arguments, unfinished).wait() != 0:
        sys.exit(1)
    unfinished.rename(plan.cluster)
    folder = os.open(plan.folder, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def make_socket_dir(plan: Plan) -> str:
    """A private directory with a short path: socket paths end at 107 bytes.

    The one of a killed predecessor is used again, so that its users find the new server.
    """
    known = known_socket_dir(Path(plan.folder), plan.uid)
    if known is not None:
        for left in Path(known).glob(".s.PGSQL.*"):
            left.unlink()
        return known
    parent = "/run" if os.geteuid() == 0 and os.access("/run", os.W_OK) else "/tmp"
    made = tempfile.mkdtemp(prefix="tracker-", dir=parent)
    os.chown(made, plan.uid, plan.gid)
    note = Path(plan.folder) / "postgres.socket"
    fd = open_owned(note.with_suffix(".new"), os.O_WRONLY | os.O_TRUNC)
    os.write(fd, made.encode())
    os.close(fd)
    note.with_suffix(".new").rename(note)
    return made


def keep_running(plan: Plan, socket_dir: str, users: int) -> bool:
    """Run the server until nobody uses it; False where it turns out that it cannot be started.

    A server that comes up but not for long is given up by exit, which leaves the socket
    directory to the next one, for the users who are still there.
    """
    restarts, was_ready = 0, False
    while True:
        server, started = start(plan, socket_dir), time.monotonic()
        ready = False
        while server.poll() is None:
            if try_lock(users, fcntl.LOCK_EX):
                stop(server)
                return True
            ready = ready or answers(plan.programs, socket_dir)
            time.sleep(POLL_S)
        was_ready = was_ready or ready
        restarts = 1 if time.monotonic() - started > STEADY_S else restarts + 1
        if not was_ready:
            return False
        if restarts > RESTARTS:
            sys.exit(f"PostgreSQL ended {restarts} times in a row; it is not started again")
        say(f"PostgreSQL ended with status {server.returncode}; starting it again")
        time.sleep(POLL_S * 2**restarts)


def start(plan: Plan, socket_dir: str) -> subprocess.Popen[bytes]:
    discard_stale_pid(plan.cluster / "postmaster.pid")
    settings = DEFAULTS | {"unix_socket_directories": socket_dir} | plan.settings
    arguments = [part for name in settings for part in ("-c", f"{name}={settings[name]}")]
    return spawn(plan, "postgres", arguments, plan.cluster)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown: no connection is waited for, and no recovery is due at the next start."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_S)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait()


def discard_stale_pid(path: Path) -> None:
    """Remove the note of a dead server where PostgreSQL would take it for a living one.

    Its process number may have gone to another program, which is common in containers, where
    numbers start over; or it may be dead but not reaped. A number that belongs to a living
    PostgreSQL is left for PostgreSQL to judge.
    """
    try:
        number = int(path.read_text().split("\n", 1)[0])
        told = Path(f"/proc/{number}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return
    name, _, rest = told.partition("(")[2].rpartition(")")
    fields = rest.split()
    exiting = int(fields[6]) & 0x4  # PF_EXITING, in the ninth field of proc_pid_stat(5)
    if name != "postgres" or exiting:
        path.unlink()


def spawn(
    plan: Plan, program: str, arguments: Sequence[str], cluster: Path
) -> subprocess.Popen[bytes]:
    """Start a PostgreSQL program inside the cluster, to end when this process ends."""
    root = os.geteuid() == 0
    data = "/proc/self/cwd" if root else str(cluster)
    parent = os.getpid()
    libc = ctypes.CDLL(None) if platform.system() == "Linux" else None

    def end_with_parent() -> None:
        if libc is not None:
            pr_set_pdeathsig = 1
            libc.prctl(pr_set_pdeathsig, signal.SIGINT)
            if os.getppid() != parent:  # it died before the kernel was asked
                os._exit(1)

    return subprocess.Popen(
        [f"{plan.programs}/{program}", "-D", data, *arguments],
        cwd=cluster,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
        pass_fds=(plan.lock,),
        user=plan.uid if root else None,
        group=plan.gid if root else None,
        extra_groups=[] if root else None,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - there are no threads here
    )


def say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def main() -> None:
    plan = Plan(**json.loads(sys.argv[1]))
    # Twice forked, it is no child of the process that asked, which need not reap it.
    if os.fork() != 0:
        os._exit(0)
    os.setsid()
    os.umask(0o077)
    supervise(plan)


if __name__ == "__main__":
    main()
