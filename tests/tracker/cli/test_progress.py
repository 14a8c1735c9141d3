"""Whoever watches a terminal sees how far long work is; a file or a pipe gets nothing of it."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.place import Place
from tests.stories.tracker_process import ENVIRONMENT, ROOT
from tests.tracker.proof.bundles import VERIFIER, Told, write

SNAPSHOT = ROOT / "tests/data/passport-index.csv"


def shown(*words: str | Path, url: str = "") -> str:
    """What a command shows on the terminal that its standard error is."""
    ours, theirs = pty.openpty()
    environment = {**ENVIRONMENT, "TERM": "xterm", "TRACKER_DATABASE_URL": url}
    with subprocess.Popen(
        [sys.executable, "-m", "tracker", *words],
        env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        seen = b""
        try:
            while data := os.read(ours, 10_000):
                seen += data
        except OSError:
            pass  # the other end is closed, once the process has ended
        os.close(ours)
    assert process.returncode == 0, seen
    return seen.decode()


def test_an_import_shows_how_much_is_read_and_then_folded(place: Place) -> None:
    words = ("import", "passport-index", str(SNAPSHOT), "--observed-on", "2024-06-10")

    seen = shown(*words, url=place.superuser_url)

    assert "importing" in seen
    assert "folding views" in seen


def test_a_bundle_that_is_verified_shows_how_many_events_are(tmp_path: Path) -> None:
    bundle, key = write(tmp_path / "bundle.zip", [Told()] * 600), tmp_path / "key"
    key.write_text(VERIFIER.text)

    seen = shown("verify", bundle, "--key", key)

    assert "events" in seen
    assert "100%" in seen
