"""Somebody asks to be forgotten: `tracker erase`, whatever dies in between, and what it prints."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.tracker_process import ENVIRONMENT, answer, kept, tracker, up

SECRET = "Zacharias Quillfeather waits for his passport"
BASIS = "GDPR art. 17"


def told(data: Path) -> str:
    """A fact that cites a document with the words that are to go; its id."""
    page = data.parent / "page.txt"
    page.write_text(f"At the consulate\n\n{SECRET}. Nobody else was there.")
    document = answer(data, "document", "add", str(page))["document"]
    said = ("--speaker", "a clerk", "--text", SECRET, "--verbatim", "verbatim")
    cited = ("--document", document, "--quote", SECRET)
    return str(answer(data, "record", "statement", *said, *cited)["event"])


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A data folder that is in use all the time."""
    with kept(tmp_path / "data") as data:
        yield data


def test_a_fact_is_shown_erased_and_shown_again(held: Path) -> None:
    data = held
    fact = told(data)
    basis = ("--legal-basis", BASIS)

    dry = tracker(data, "erase", fact, *basis, "--dry-run")
    assert "This goes" in dry
    assert SECRET in dry
    assert "bytes" in dry
    assert "add --yes" in tracker(data, "erase", fact, *basis, code=2)
    assert SECRET in tracker(data, "show", "event", fact)
    with up(data):
        done = tracker(data, "erase", fact, *basis, "--yes")
        assert "Erased by event" in done
    shown = tracker(data, "show", "event", fact)
    assert SECRET not in shown
    assert "erased by event" in shown
    assert BASIS in shown
    assert answer(data, "show", "event", fact)["erased_by"]["legal_basis"] == BASIS
    assert "Nothing of it is left" in tracker(data, "erase", fact, *basis, "--yes")
    assert SECRET not in tracker(data, "timeline")
    document = answer(data, "document", "list")[0]["document"]
    assert "is erased by event" in tracker(data, "document", "text", document, code=3)
    page = str(data.parent / "page.txt")
    assert "was erased and is not taken in again" in tracker(data, "document", "add", page, code=2)
    nobody = "01a1ffcc-4f46-7c5c-9b71-7b90fa44b4ff"
    assert "no event, draft or document" in tracker(data, "erase", nobody, *basis, "--yes", code=3)
    assert "is not an id" in tracker(data, "erase", "him", *basis, "--yes", code=2)


@pytest.mark.parametrize("later_s", [0.0, 0.02])
def test_an_erasure_that_is_killed_is_done_at_the_next_start(
    tmp_path: Path, later_s: float
) -> None:
    data = tmp_path / "data"
    fact = told(data)
    listed = data / "erasures.ndjson"
    with up(data):
        process = subprocess.Popen(
            [sys.executable, "-m", "tracker", "erase", fact, "--legal-basis", BASIS, "--yes",
             "--data", str(data)],
            env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while not (listed.exists() and listed.read_bytes().endswith(b"\n")):
            assert process.poll() is None
            time.sleep(0.0005)
        time.sleep(later_s)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)

    shown = tracker(data, "show", "event", fact)
    assert SECRET not in shown
    assert "erased by event" in shown
    assert SECRET not in tracker(data, "timeline")
