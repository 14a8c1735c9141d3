"""A data folder is lost: the backup comes back elsewhere, proofs hold, the erased stays erased."""

import json
from pathlib import Path

import pytest

from tests.stories.tracker_process import answer, tracker
from tests.tracker.cli.auditing import verified

SECRET = "Zacharias Quillfeather waits for his passport"
BASIS = ("--legal-basis", "GDPR art. 17", "--yes")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with a cited fact and a signed checkpoint."""
    folder = tmp_path_factory.mktemp("backup") / "data"
    page = folder.parent / "page.txt"
    page.write_text(f"At the consulate\n\n{SECRET}.")
    document = answer(folder, "document", "add", str(page))["document"]
    said = ("--speaker", "a clerk", "--text", SECRET, "--verbatim", "verbatim")
    tracker(folder, "record", "statement", *said, "--document", document, "--quote", SECRET)
    (folder.parent / "checkpoint").write_text(tracker(folder, "checkpoint"))
    (folder.parent / "key").write_text(tracker(folder, "checkpoint", "--key"))
    return folder


@pytest.fixture(scope="module")
def backup(data: Path) -> Path:
    """The backup of that log."""
    folder = data.parent / "copy"
    assert "the key that signs" in tracker(data, "backup", str(folder))
    return folder


def test_the_log_comes_back_with_its_proofs_and_without_what_was_erased_since(
    data: Path, backup: Path
) -> None:
    fact = answer(data, "timeline")[0]["event"]
    tracker(data, "erase", fact, *BASIS)
    rebuilt = answer(data, "rebuild")

    elsewhere = data.parent / "elsewhere"
    listed = ("--erasures", str(data / "erasures.ndjson"))
    made = answer(elsewhere, "restore", str(backup), *listed)

    assert (
        made["backup"]["position"] == json.loads((backup / "backup.json").read_text())["position"]
    )
    assert made["erased_again"] >= 1
    assert SECRET not in tracker(elsewhere, "show", "event", fact)
    assert "erased by event" in tracker(elsewhere, "show", "event", fact)
    after = data.parent / "after.zip"
    tracker(elsewhere, "export", str(after))
    known = data.parent / "checkpoint"
    proved = verified(after, "--key", data.parent / "key", "--checkpoint", known)
    assert "Checkpoints besides its own that it agrees with: 2." in proved
    again = answer(elsewhere, "rebuild")
    unlike = [
        name for name, view in rebuilt.items() if again[name]["state_hash"] != view["state_hash"]
    ]
    assert unlike == []


def test_a_backup_that_was_changed_is_not_brought_back(data: Path, backup: Path) -> None:
    elsewhere, spoilt = data.parent / "nowhere", data.parent / "spoilt"
    spoilt.mkdir()
    for path in backup.rglob("*"):
        if path.is_file():
            target = spoilt / path.relative_to(backup)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())
    (spoilt / "signer/key").write_text("another")
    refused = tracker(elsewhere, "restore", str(spoilt), code=2)
    assert "signer/key of the backup" in refused
    assert "is not what was written" in refused
    (spoilt / "database.dump").unlink()
    assert "lacks its file database.dump" in tracker(elsewhere, "restore", str(spoilt), code=2)
    assert not elsewhere.exists()


def test_a_backup_overwrites_nothing(data: Path, backup: Path) -> None:
    assert "exists already" in tracker(data, "backup", str(backup), code=2)
    assert "without a log" in tracker(data, "restore", str(backup), code=2)
    missing = data.parent / "missing"
    assert "there is no log" in tracker(missing, "backup", str(missing / "copy"), code=2)
    assert not missing.exists()
