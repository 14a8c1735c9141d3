"""A PostgreSQL of one's own with a login for each role, reached over TCP and over its socket."""

import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from tests.debian import BIN_15, superuser_of
from tests.stories.receiver import free_port
from tests.stories.runbook import execute
from tracker.embedded import NO_SETTINGS
from tracker.log.database import NAME, OWNER, ROLES, create_database

PGBOUNCER = Path("/usr/sbin/pgbouncer")
POOLER = 6432
_POOLER = """[databases]
tracker = host={folder} port={port} dbname=tracker
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 4
logfile = {folder}/pooler.log
"""


class OwnServer(msgspec.Struct, frozen=True):
    """A server in a folder of its own; each role logs in as itself."""

    folder: Path
    owner: tuple[int, int]
    port: int
    address: str
    cluster: Path
    entered: tuple[str, ...]
    """What starts a program where the server's network is."""

    def url(self, port: int | None = None, user: str = "{role}", database: str = NAME) -> str:
        """How to connect over the socket; without a user the tracker puts in the role."""
        return f"postgresql:///{database}?host={self.folder}&port={port or self.port}&user={user}"

    def over_tcp(self, port: int | None = None) -> str:
        """How the tracker connects over the network, or through what listens at a port before it."""
        return f"postgresql://{{role}}@{self.address}:{port or self.port}/{NAME}"

    def run(self, block: str) -> str:
        """Run commands as the user whom the server belongs to."""
        named = {"SERVER": str(self.cluster), "LOG": str(self.folder / "server.log")}
        return execute(block, {"BIN": str(BIN_15), **named}, self.owner, self.folder, self.entered)

    def restart(self, how: str) -> None:
        """End the server in one of the ways of `pg_ctl`, and start it again."""
        self.run(f'"$BIN/pg_ctl" -D "$SERVER" -w -m {how} -l "$LOG" restart')

    def start(self) -> None:
        """Start the server unless it runs."""
        self.run(
            '"$BIN/pg_ctl" -D "$SERVER" status || "$BIN/pg_ctl" -D "$SERVER" -w -l "$LOG" start'
        )

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement as the superuser."""
        with psycopg.connect(self.url(user="postgres"), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def pooler(self) -> Generator["Pooler"]:
        """A running pooler in transaction mode, which listens at the port POOLER."""
        pooler = Pooler(self)
        pooler.start()
        try:
            yield pooler
        finally:
            pooler.end()


class Pooler:
    """A pooler before a server; it ends as a network does, at once."""

    def __init__(self, server: OwnServer) -> None:
        self._folder, self._owner = server.folder, server.owner
        names = "".join(f'"{role}" ""\n' for role in (OWNER, *ROLES))
        for name, text in (("users", names), ("pooler.ini", _POOLER)):
            filled = text.replace("{folder}", str(server.folder))
            (server.folder / name).write_text(filled.replace("{port}", str(server.port)))
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it until it answers."""
        user, group = self._owner if os.geteuid() == 0 else (None, None)
        self._running = subprocess.Popen(
            [PGBOUNCER, "-q", self._folder / "pooler.ini"], stderr=subprocess.DEVNULL,
            user=user, group=group, extra_groups=None if user is None else [],
        )  # fmt: skip
        deadline = time.monotonic() + 30
        while not (self._folder / f".s.PGSQL.{POOLER}").exists():
            assert self._running.poll() is None, "the pooler ended"
            assert time.monotonic() < deadline, "the pooler does not answer"
            time.sleep(0.02)

    def end(self) -> None:
        """Kill it, and take away what it leaves behind."""
        if self._running:
            self._running.kill()
            self._running.wait()
            self._running = None
        for left in (f".s.PGSQL.{POOLER}", f".s.PGSQL.{POOLER}.lock"):
            (self._folder / left).unlink(missing_ok=True)


@contextmanager
def own_server(
    *,
    address: str = "127.0.0.1",
    entered: tuple[str, ...] = (),
    cluster: Path | None = None,
    wal: Path | None = None,
    settings: Mapping[str, str] = NO_SETTINGS,
) -> Generator[OwnServer]:
    """A running server with an empty database of the tracker's.

    `cluster` is where its data are, `wal` where it writes its log ahead, if that is elsewhere.
    """
    with tempfile.TemporaryDirectory(prefix="tracker-own-") as name:
        folder, owner = Path(name), superuser_of()
        folder.chmod(0o755)
        os.chown(folder, *owner)
        made = OwnServer(folder, owner, free_port(), address, cluster or folder / "server", entered)
        given = {
            "listen_addresses": f"'{address}'", "port": str(made.port), "fsync": "off",
            "unix_socket_directories": f"'{name}'",
        }  # fmt: skip
        lines = "".join(f"{key} = {value}\n" for key, value in (given | dict(settings)).items())
        apart = f"--waldir {wal}" if wal else ""
        try:
            made.run(
                f'"$BIN/initdb" -D "$SERVER" {apart} -A trust -U postgres -E UTF8 --no-sync >/dev/null\n'
                f'cat >> "$SERVER/postgresql.conf" <<END\n{lines}END\n'
                'echo "host all all samenet trust" >> "$SERVER/pg_hba.conf"\n'
                '"$BIN/pg_ctl" -D "$SERVER" -w -l "$LOG" start\n'
            )
            superuser = made.url(user="postgres", database="postgres")
            asyncio.run(create_database(superuser, NAME, OWNER, ROLES))
            yield made
        except BaseException:
            print((folder / "server.log").read_text()[-5000:])
            raise
        finally:
            if (made.cluster / "postmaster.pid").exists():
                made.run('"$BIN/pg_ctl" -D "$SERVER" -m immediate stop || true')
