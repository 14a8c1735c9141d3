"""Each contract between the rooms is broken once in a copy, to show that it bites."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.house.tree import PACKAGES, ROOT


class Breach(NamedTuple):
    """One import that a contract forbids: which contract, from where, of what."""

    contract: str
    importer: str
    imported: str


BREACHES = (
    Breach("layers", "tracker.domain.breach", "tracker.cli"),
    Breach("layers", "tracker.api.breach", "tracker.console"),
    Breach("layers", "projections.breach", "feeds"),
    Breach("layers", "tracker.log.breach", "tracker.execute"),
    Breach("layers", "tracker.execute", "tracker.proof"),
    Breach("layers", "tracker.tables.breach", "tracker.proof"),
    Breach("layers", "tracker.proof.breach", "projections"),
    Breach("pure", "tracker.domain.breach", "aiohttp"),
    Breach("pure", "projections.views.breach", "tracker.clock"),
    Breach("pure", "projections.alerts.match", "random"),
    Breach("pure", "projections.dump", "psycopg"),
    Breach("pure", "projections.replay", "asyncio"),
    Breach("pure", "feeds.extractors.breach", "feedparser"),
    Breach("pure", "tracker.proof.bundle", "sqlite3"),
    Breach("pure", "tracker.proof.checkpoint", "time"),
    Breach("pure", "tracker.proof.levels", "os"),
    Breach("pure", "tracker.proof.note", "secrets"),
    Breach("pure", "tracker.proof.paths", "pathlib"),
    Breach("pure", "tracker.proof.tree", "tracker.log"),
    Breach("psycopg", "tracker.api.breach", "psycopg"),
    Breach("psycopg", "projections.breach", "psycopg_pool"),
    Breach("views", "projections.views.breach", "projections.views.another"),
    Breach("channels", "projections.alerts.channels.breach", "projections.alerts.channels.another"),
    Breach("extractors", "feeds.extractors.breach", "feeds.extractors.another"),
    Breach("append", "feeds.breach", "tracker.log.append"),
    Breach("append", "tracker.log.breach", "tracker.log.append"),
    Breach("copy", "tracker.execute", "tracker.log.copy"),
    Breach("layers", "tracker.imports.breach", "tracker.execute"),
    Breach("settings", "tracker.api.breach", "tracker.settings"),
)


def declared_contracts() -> set[str]:
    """The ids of the contracts in pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return {
            contract["id"] for contract in tomllib.load(file)["tool"]["importlinter"]["contracts"]
        }


def module_file(house: Path, module: str) -> Path:
    """Where the source of a module lies in a copy of the house."""
    path = house.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the three packages and their contracts, to be broken."""
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(house: Path, *arguments: str) -> tuple[int, str]:
    """The exit code of lint-imports in a copy of the house, and what it printed on one line."""
    environment = {name: value for name, value in os.environ.items() if "COV" not in name}
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", *arguments],
        cwd=house,
        env={**environment, "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, " ".join((run.stdout + run.stderr).split())


def test_the_house_as_it_stands_keeps_every_contract(house: Path) -> None:
    code, printed = lint(house)
    assert code == 0, printed
    assert f"{len(declared_contracts())} kept, 0 broken" in printed


def test_every_contract_has_a_breach_to_show_that_it_bites() -> None:
    assert {breach.contract for breach in BREACHES} == declared_contracts()


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: "-".join(breach[:2]))
def test_a_breach_of_a_contract_is_found(house: Path, breach: Breach) -> None:
    if breach.imported.endswith(".another"):
        module_file(house, breach.imported).touch()
    with module_file(house, breach.importer).open("a") as source:
        source.write(f"\nimport {breach.imported}\n")
    code, printed = lint(house, "--contract", breach.contract)
    assert code == 1, printed
    assert "0 kept, 1 broken" in printed
    assert re.search(rf"{breach.importer} -> {breach.imported} \(l\.\d+\)", printed), printed
