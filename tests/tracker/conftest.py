"""Data folders with an embedded PostgreSQL."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tracker.embedded_server import FAST, connected, eventually, processes_of
from tracker.embedded import embedded


@pytest.fixture(scope="session")
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
