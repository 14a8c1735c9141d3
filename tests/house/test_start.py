"""A command is there at once: it loads nothing that only `tracker up` or a worker needs."""

import subprocess
import sys

from tests.house.tree import ROOT

HEAVY = {"litestar", "uvicorn", "jinja2", "trafilatura", "cryptography", "rfc3161_client"}


def test_the_commands_load_neither_the_web_nor_the_page_reader_nor_cryptography() -> None:
    program = "import sys, tracker.cli; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(loaded.stdout.split())
