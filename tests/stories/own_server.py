"""A PostgreSQL of one's own with a login for each role, a pooler before it, and a standby behind."""

import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psycopg

from tests.debian import PROGRAMS, superuser_of
from tests.stories.runbook import execute
from tracker.log.database import NAME, OWNER, ROLES, create_database

BIN = PROGRAMS / "15/bin"
PGBOUNCER = Path("/usr/sbin/pgbouncer")
SERVER, POOLER, STANDBY = 5432, 6432, 5433
_POOLER = """[databases]
tracker = host={folder} port=5432 dbname=tracker
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 2
logfile = {folder}/pooler.log
"""


class OwnServer(msgspec.Struct, frozen=True):
    """A server in a folder of its own, reached over its socket."""

    folder: Path
    owner: tuple[int, int]

    def url(self, port: int = SERVER, user: str = "{role}", database: str = NAME) -> str:
        """How to connect; without a user the tracker puts in the role."""
        return f"postgresql:///{database}?host={self.folder}&port={port}&user={user}"

    def environment(self, port: int = SERVER, **other: str) -> dict[str, str]:
        """The settings of a tracker that works on it."""
        usual = {
            "TRACKER_DATABASE_URL": self.url(port), "TRACKER_ALLOW_NETWORKS": "127.0.0.0/8"
        }  # fmt: skip
        return usual | other

    def run(self, block: str) -> str:
        """Run commands as the user whom the server belongs to."""
        named = {name: str(self.folder / name.lower()) for name in ("SERVER", "STANDBY")}
        return execute(block, {"BIN": str(BIN), "PGUSER": "postgres", **named}, self.owner)

    def ask(self, statement: str, port: int = SERVER) -> list[tuple[object, ...]]:
        """Run a statement as the superuser."""
        url = self.url(port, "postgres")
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def pooler(self) -> Generator[None]:
        """Run a pooler in transaction mode; it ends as a network does, at once."""
        names = "".join(f'"{role}" ""\n' for role in (OWNER, *ROLES))
        for name, text in (("users", names), ("pooler.ini", _POOLER)):
            (self.folder / name).write_text(text.replace("{folder}", str(self.folder)))
        user, group = self.owner if os.geteuid() == 0 else (None, None)
        running = subprocess.Popen(
            [PGBOUNCER, "-q", self.folder / "pooler.ini"], stderr=subprocess.DEVNULL,
            user=user, group=group, extra_groups=None if user is None else [],
        )  # fmt: skip
        try:
            deadline = time.monotonic() + 30
            while not (self.folder / f".s.PGSQL.{POOLER}").exists():
                assert running.poll() is None, "the pooler ended"
                assert time.monotonic() < deadline, "the pooler does not answer"
                time.sleep(0.02)
            yield
        finally:
            running.kill()
            running.wait()
            for left in (f".s.PGSQL.{POOLER}", f".s.PGSQL.{POOLER}.lock"):
                (self.folder / left).unlink(missing_ok=True)


@contextmanager
def own_server(**settings: str) -> Generator[OwnServer]:
    """A running server with an empty database of the tracker's."""
    with tempfile.TemporaryDirectory(prefix="tracker-own-") as name:
        made = OwnServer(Path(name), superuser_of())
        made.folder.chmod(0o755)
        os.chown(made.folder, *made.owner)
        given = {"listen_addresses": "''", "unix_socket_directories": f"'{name}'", "fsync": "off"}
        lines = "".join(f"{key} = {value}\n" for key, value in (given | settings).items())
        try:
            made.run(
                '"$BIN/initdb" -D "$SERVER" -A trust -U postgres -E UTF8 --no-sync >/dev/null\n'
                f'cat >> "$SERVER/postgresql.conf" <<END\n{lines}END\n'
                '"$BIN/pg_ctl" -D "$SERVER" -w -l "$SERVER/../server.log" start\n'
            )
            asyncio.run(
                create_database(made.url(user="postgres", database="postgres"), NAME, OWNER, ROLES)
            )
            yield made
        finally:
            for which in ("standby", "server"):
                if (made.folder / which / "postmaster.pid").exists():
                    made.run(f'"$BIN/pg_ctl" -D "${which.upper()}" -m immediate stop')
