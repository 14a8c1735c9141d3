"""What an auditor does, and the document that the exported log is about."""

from pathlib import Path

from tests.stories.tracker_process import process

QUOTE = "The agreement is suspended from 1 July 2024."
PAGE = f"Quito, 18 June 2024.\n\n{QUOTE}\n\nThat is all <b>&amp; nothing</b> more.\n"


def verified(*words: str | Path, code: int = 0) -> str:
    """Run `tracker verify` where no setting of ours leads anywhere."""
    nowhere = {"TRACKER_DATABASE_URL": "postgresql://nowhere:1/x", "TRACKER_X": "?"}
    return process("verify", *words, code=code, environment=nowhere)
