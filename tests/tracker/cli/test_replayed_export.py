"""The rows of an exported log are checked by folding its events again, offline."""

import hashlib
import json
from pathlib import Path

import msgspec

from projections import VIEWS
from tests.stories.tracker_process import tracker
from tests.tracker.cli.auditing import verified
from tests.tracker.proof.bundles import members, rewrite
from tracker.proof.bundle import MANIFEST, Manifest, dump_path
from tracker.proof.memory import Memory
from tracker.proof.note import note_text


def test_the_views_of_an_export_are_what_its_events_give(bundle: Path, key: Path) -> None:
    told = verified(bundle, "--key", key, "--replay")
    answered = json.loads(verified(bundle, "--key", key, "--replay", "--json"))

    assert f"Views: {len(VIEWS)} of {len(VIEWS)} are what the log gives" in told
    assert answered["outcome"] == "proved"
    assert {one["view"] for one in answered["replayed"]} == {view.name for view in VIEWS}
    assert {one["outcome"] for one in answered["replayed"]} == {"equal"}


def test_rows_that_were_falsified_with_the_key_end_with_one(
    data: Path, bundle: Path, key: Path
) -> None:
    """Only the keeper can do so: whoever lacks the key is stopped by the manifest."""
    false = bundle.with_name("false.zip")
    files = members(bundle)
    path = dump_path("entry_rules", 0)
    files[path] = files[path].replace(b'"visa-free"', b'"evisa"')
    manifest = Manifest.parse(note_text(files[MANIFEST].decode()))
    view = manifest.views["entry_rules"]
    told = msgspec.structs.replace(view, state_hash=hashlib.sha256(files[path]).hexdigest())
    forged = msgspec.structs.replace(manifest, views={**manifest.views, "entry_rules": told})
    memory = Memory(data / "signer", "nowhere", lambda size: b"")
    files[MANIFEST] = memory.key().sign(forged.text).encode()
    rewrite(false, files)

    verified(false, "--key", key)
    complaint = verified(false, "--key", key, "--replay", code=1)

    assert complaint.startswith("NOT PROVED:\nView entry_rules is not what the log gives: entry_")
    assert 'regime is "evisa" in the dump and "visa-free" by the log' in complaint


def test_an_export_without_the_views_is_proved_and_cannot_be_replayed(
    data: Path, key: Path
) -> None:
    path = data.parent / "rowless.zip"
    tracker(data, "export", str(path), "--no-views")

    verified(path, "--key", key)
    complaint = verified(path, "--key", key, "--replay", code=2)

    told = "View statements was not compared: no dump: dumps were not asked for."
    assert told in complaint.splitlines()
    assert "Proved: order and integrity proved" in complaint
