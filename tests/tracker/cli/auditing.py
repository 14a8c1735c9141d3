"""What an auditor does, and the document that the exported log is about."""

import subprocess
import sys
from pathlib import Path

from tests.stories.tracker_process import ENVIRONMENT, ROOT

QUOTE = "The agreement is suspended from 1 July 2024."
PAGE = f"Quito, 18 June 2024.\n\n{QUOTE}\n\nThat is all <b>&amp; nothing</b> more.\n"


def verified(*words: str | Path, code: int = 0) -> str:
    """Run `tracker verify` where no setting of ours leads anywhere."""
    ended = subprocess.run(
        [sys.executable, "-m", "tracker", "verify", *words],
        env={**ENVIRONMENT, "TRACKER_DATABASE_URL": "postgresql://nowhere:1/x", "TRACKER_X": "?"},
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ended.returncode == code, f"{ended.returncode}\n{ended.stdout}\n{ended.stderr}"
    return ended.stderr if code else ended.stdout
