"""The runbooks for a PostgreSQL of one's own, executed from their text against real servers."""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from psycopg import connect, errors

from tests.debian import BIN_15, NEEDS_15, superuser_of
from tests.stories.runbook import blocks, execute
from tests.stories.tracker_process import command
from tests.tracker.cli.auditing import verified

ROLES = Path(__file__).parents[2] / "deploy/postgres/roles.sql"
SECRET = "Zacharias Quillfeather waits for his passport"
pytestmark = NEEDS_15


class Site(msgspec.Struct, frozen=True):
    """A machine with a server of its own: where all is, and what the runbooks call it."""

    folder: Path
    owner: tuple[int, int]

    @property
    def variables(self) -> dict[str, str]:
        """The variables of the runbooks."""
        places = {
            "SERVER": "server", "ARCHIVE": "archive", "RESTORED": "restored", "STANDBY": "standby"
        }  # fmt: skip
        named = {name: str(self.folder / place) for name, place in places.items()}
        return {
            "BIN": str(BIN_15),
            "PORT": "5432",
            "NEW_PORT": "5433",
            "PGUSER": "postgres",
            **named,
        }

    def url(self, port: int) -> str:
        """The address of the server's superuser."""
        return f"postgresql:///tracker?host={self.folder}&port={port}&user=postgres"

    def run(self, port: int, data: str, *words: str, url: str | None = None) -> str:
        """Run a command of the tracker on one of the servers; what it printed."""
        settings = {
            "TRACKER_DATABASE_URL": url or self.url(port), "TRACKER_DATA": str(self.folder / data),
            "TRACKER_ALLOW_NETWORKS": "127.0.0.0/8",
        }  # fmt: skip
        return command(*words, environment=settings)

    def answer(self, port: int, data: str, *words: str) -> Any:
        """What a command answers to a program."""
        return json.loads(self.run(port, data, *words, "--json"))


@pytest.fixture
def site() -> Iterator[Site]:
    """A running server with an empty database for the tracker."""
    with tempfile.TemporaryDirectory(prefix="tracker-site-") as name:
        folder, owner = Path(name), superuser_of()
        folder.chmod(0o755)
        os.chown(folder, *owner)
        made = Site(folder, owner)
        settings = "listen_addresses = ''\\nunix_socket_directories = '$SERVER/..'\\nfsync = off"
        execute(
            '"$BIN/initdb" -D "$SERVER" -A trust -U postgres --no-sync >/dev/null\n'
            f'printf "{settings}\\n" >> "$SERVER/postgresql.conf"\n'
            '"$BIN/pg_ctl" -D "$SERVER" -w -l "$SERVER/../server.log" start\n'
            '"$BIN/createdb" -h "$SERVER/.." -E UTF8 -T template0 tracker\n',
            made.variables, owner,
        )  # fmt: skip
        try:
            yield made
        finally:
            for server in ("server", "restored", "standby"):
                if (folder / server / "postmaster.pid").exists():
                    stop = '"$BIN/pg_ctl" -D "$WHICH" -m immediate stop || true'
                    execute(stop, made.variables | {"WHICH": str(folder / server)}, owner)


def test_a_server_is_restored_to_a_point_in_time(site: Site) -> None:
    archive, base, restore = blocks("restore-to-a-point-in-time.md")
    page, key, known = (site.folder / name for name in ("page.txt", "key", "checkpoint"))
    page.write_text(f"At the consulate\n\n{SECRET}.")
    execute(archive, site.variables, site.owner)
    site.run(5432, "data", "migrate")
    document = site.answer(5432, "data", "document", "add", str(page))["document"]
    said = ("--speaker", "a clerk", "--text", SECRET, "--verbatim", "verbatim")
    site.run(5432, "data", "record", "statement", *said, "--document", document, "--quote", SECRET)
    execute(base, site.variables, site.owner)
    fact = site.answer(5432, "data", "timeline")[0]["event"]
    known.write_text(site.run(5432, "data", "checkpoint"))
    key.write_text(site.run(5432, "data", "checkpoint", "--key"))
    rebuilt = site.answer(5432, "data", "rebuild")
    until = _now(site)
    site.run(5432, "data", "erase", fact, "--legal-basis", "GDPR art. 17", "--yes")
    _archived(site)
    execute('"$BIN/pg_ctl" -D "$SERVER" -m immediate stop', site.variables, site.owner)
    shutil.copytree(site.folder / "data/signer", site.folder / "again/signer")

    printed = execute(restore, site.variables | {"UNTIL": until}, site.owner)

    assert "restored to position" in printed
    assert SECRET in site.run(5433, "again", "show", "event", fact)
    again = site.answer(5433, "again", "rebuild")
    unlike = [n for n, view in rebuilt.items() if again[n]["state_hash"] != view["state_hash"]]
    assert unlike == []
    shutil.copy(site.folder / "data/erasures.ndjson", site.folder / "again/erasures.ndjson")
    assert SECRET not in site.run(5433, "again", "show", "event", fact)
    site.run(5433, "again", "export", str(site.folder / "after.zip"))
    proved = verified(site.folder / "after.zip", "--key", key, "--checkpoint", known)
    assert "Proved: order and integrity" in proved


def test_every_role_logs_in_as_itself_and_may_do_no_more_than_it_must(site: Site) -> None:
    drop = '"$BIN/dropdb" -h "$SERVER/.." tracker'
    make = f'"$BIN/psql" -q -h "$SERVER/.." -v password="\'long\'" -f {ROLES}'
    execute(f"{drop}\n{make}", site.variables, site.owner)
    url = f"postgresql:///tracker?host={site.folder}&port=5432&user={{role}}"
    assert "applied 0001_roles" in site.run(5432, "data", "migrate", url=url)
    doctor = site.run(5432, "data", "doctor", url=url)
    assert "roles can act" in doctor
    site.run(5432, "data", "record", "statement", "--speaker", "a clerk", "--text", "Nobody waits.",
             "--verbatim", "verbatim", "--first-hand", "for the test", url=url)  # fmt: skip
    assert "Nobody waits." in site.run(5432, "data", "timeline", url=url)
    forbidden = (
        ("tracker_append", "delete from log.event"), ("tracker_append", "create table log.x ()"),
        ("tracker_view", "select from app.users"), ("tracker_rebuild", "select from alert.owed"),
        ("tracker_append", "create role somebody"), ("tracker_deliver", "select from app.credential"),
        ("tracker_migrate", "create role somebody"),
    )  # fmt: skip
    for role, statement in forbidden:
        with (
            connect(url.replace("{role}", role), autocommit=True) as connection,
            pytest.raises(errors.InsufficientPrivilege),
        ):
            connection.execute(statement.encode())


def _archived(site: Site) -> None:
    """Wait until all that was written is in the archive."""
    with connect(site.url(5432), autocommit=True) as connection:
        row = connection.execute("select pg_walfile_name(pg_switch_wal())").fetchone()
    assert row
    segment, deadline = site.folder / "archive/wal" / row[0], time.monotonic() + 30
    while not segment.exists():
        assert time.monotonic() < deadline, f"{segment} was not archived"
        time.sleep(0.02)


def _now(site: Site) -> str:
    """The moment, by the clock of the server."""
    with connect(site.url(5432), autocommit=True) as connection:
        row = connection.execute("select clock_timestamp()").fetchone()
    assert row
    return str(row[0])
