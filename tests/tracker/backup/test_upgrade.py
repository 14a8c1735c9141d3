"""A data folder of PostgreSQL 15 is carried over to the version that the tracker brings."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.debian import BIN_15, NEEDS_15
from tests.stories.tracker_process import tracker
from tracker.backup.fill import standing
from tracker.binaries import wheel_version
from tracker.embedded import SUPERUSER, embedded, user_of
from tracker.log.database import NAME, OWNER, ROLES, create_database
from tracker.log.migrate import migrate

pytestmark = NEEDS_15
FACT = (
    "record", "statement", "--speaker", "a clerk", "--text", "Nobody waits.", "--verbatim",
    "verbatim", "--first-hand", "for the test",
)  # fmt: skip


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder as an older tracker left it.

    PostgreSQL 15 has to reach it by its path, which later ones need not.
    """
    with tempfile.TemporaryDirectory(prefix="tracker-upgrade-") as name:
        Path(name).chmod(0o755)
        yield made_by_15(Path(name) / "data")


def made_by_15(folder: Path) -> Path:
    """A log of one fact in a cluster of that version."""
    cluster = folder / "postgres"
    cluster.mkdir(parents=True, mode=0o700)
    uid, gid = user_of(folder)
    os.chown(cluster, uid, gid)
    made = [BIN_15 / "initdb", "-D", "/proc/self/cwd", "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]
    subprocess.run(
        [*made, "--locale=C.UTF-8", "--no-sync"], cwd=cluster, check=True, stdout=subprocess.DEVNULL,
        user=uid, group=gid, extra_groups=[],
    )  # fmt: skip
    with embedded(folder, programs=BIN_15) as server:
        superuser = server.url(user=SUPERUSER, database="postgres")
        asyncio.run(create_database(superuser, NAME, OWNER, ROLES))
        asyncio.run(migrate(server.url(user=OWNER, database=NAME)))
        tracker(folder, *FACT)
    return folder


def test_an_upgrade_keeps_the_log_and_the_old_cluster(data: Path) -> None:
    refused = tracker(data, "timeline", code=2)
    assert f"PostgreSQL {wheel_version().split('.')[0]}" in refused
    assert "run tracker upgrade" in refused

    told = tracker(data, "upgrade", "--programs", str(BIN_15))

    assert "from PostgreSQL 15 to" in told
    assert (data / "postgres-15/postgres/PG_VERSION").exists()
    assert "Nobody waits." in tracker(data, "timeline")
    assert "nothing to upgrade" in tracker(data, "upgrade")
    with embedded(data) as server:
        position, _ = asyncio.run(standing(server.url(user=OWNER, database=NAME)))
    assert f"The log, {position} events," in told


def test_an_interrupted_upgrade_makes_no_empty_log_and_goes_on_when_asked_again(data: Path) -> None:
    kept = data / "postgres-15"
    kept.mkdir(mode=0o700)
    os.chown(kept, *user_of(data))
    (data / "postgres").rename(kept / "postgres")
    assert "run tracker upgrade" in tracker(data, "timeline", code=2)
    assert not (data / "postgres").exists()
    assert "from PostgreSQL 15 to" in tracker(data, "upgrade")
    assert "Nobody waits." in tracker(data, "timeline")
