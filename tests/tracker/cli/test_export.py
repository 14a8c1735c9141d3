"""A log is exported, and checked by a process that has nothing but the file and a key."""

import gzip
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import metamorphic_log
import pytest
from warcio.checker import Checker

from tests.stories.tracker_process import ENVIRONMENT, ROOT, answer, tracker
from tests.tracker.cli.auditing import QUOTE, verified
from tests.tracker.proof.bundles import flip, forge, members
from tracker.proof.bundle import unpack_entries
from tracker.proof.paths import tile_path
from tracker.proof.tree import hashes_of, inclusion, leaf_hash, tiles_of

FOLDS = {"projections", "projections.refold"}
DATABASE = {"psycopg", "psycopg_pool", "litestar", "uvicorn", "aiohttp", "apscheduler"}
OURS = {"tracker.settings", "tracker.wiring", "tracker.log.database", "tracker.cli"}


def test_an_export_is_proved_offline(data: Path, bundle: Path, key: Path) -> None:
    older = data.parent / "older"
    with zipfile.ZipFile(bundle) as opened:
        name = next(n for n in opened.namelist() if n.startswith("checkpoints/"))
        older.write_bytes(opened.read(name))

    told = verified(bundle, "--key", key, "--checkpoint", older)
    proved = json.loads(verified(bundle, "--key", key, "--json"))

    assert "order and integrity proved, time not proved" in told
    assert proved["outcome"] == "proved"
    assert proved["proved"]["evidence"] == 2
    assert proved["proved"]["payloads"] == proved["proved"]["events"]
    assert proved["proved"]["checkpoints"] == 1


def test_an_export_is_on_record_and_in_itself(data: Path, bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as opened:
        payloads = next(n for n in opened.namelist() if n.startswith("payload/"))
        assert b'"what":"bundle"' in opened.read(payloads)


def test_a_flipped_bit_ends_with_one_and_names_the_position(bundle: Path, key: Path) -> None:
    forged = bundle.with_name("forged.zip")
    forged.write_bytes(bundle.read_bytes())
    with zipfile.ZipFile(bundle) as opened:
        entries = next(n for n in opened.namelist() if n.startswith("tile/entries/"))
    forge(forged, entries, flip(30))

    assert "NOT PROVED: position 1:" in verified(forged, "--key", key, code=1)
    ended = subprocess.run(
        [sys.executable, "-m", "tracker", "verify", forged, "--key", key, "--json"],
        env=ENVIRONMENT, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    answered = json.loads(ended.stdout)
    assert (ended.returncode, answered["outcome"], answered["position"]) == (1, "disproved", 1)
    assert answered["file"] == entries


@pytest.mark.parametrize("folder", ["payload/", "tile/0/", "tile/entries/"])
def test_of_a_file_that_is_damaged_all_positions_are_named(
    bundle: Path, key: Path, folder: str
) -> None:
    torn = bundle.with_name("torn.zip")
    with zipfile.ZipFile(bundle) as opened:
        member = next(m for m in opened.infolist() if m.filename.startswith(folder))
    data = bytearray(bundle.read_bytes())
    data[member.header_offset + 30 + len(member.filename) + member.compress_size // 2] ^= 1
    torn.write_bytes(data)

    complaint = verified(torn, "--key", key, code=1)

    width = member.filename.rpartition("/")[2]
    told = f"NOT PROVED: position 1 to {width}: {member.filename}: its bytes are damaged\n"
    assert complaint == told


def test_what_cannot_be_checked_ends_with_two(bundle: Path, key: Path, tmp_path: Path) -> None:
    assert "Could not check" in verified(tmp_path / "none.zip", "--key", key, code=2)
    assert "Could not check" in verified(bundle, "--key", tmp_path / "none", code=2)
    assert "Could not check" in verified(bundle, "--key", bundle, code=2)
    assert "Could not check" in verified(bundle, "--key", key, "--checkpoint", key, code=2)
    assert "--key" in verified(bundle, code=2)
    junk = tmp_path / "junk"
    junk.write_text("junk")
    assert "junk: a verifier key reads name+id+base64" in verified(bundle, "--key", junk, code=2)


def test_another_key_proves_nothing(bundle: Path, tmp_path: Path) -> None:
    from tests.tracker.proof.bundles import VERIFIER

    (tmp_path / "key").write_text(VERIFIER.text)
    assert "no key that is believed" in verified(bundle, "--key", tmp_path / "key", code=1)


@pytest.mark.parametrize(("options", "folds"), [((), set[str]()), (("--replay",), FOLDS)])
def test_verify_loads_nothing_of_database_and_server(
    bundle: Path, key: Path, options: tuple[str, ...], folds: set[str]
) -> None:
    program = (
        "import sys\n"
        f"sys.argv = ['tracker', 'verify', {str(bundle)!r}, '--key', {str(key)!r}, *{options}]\n"
        "from tracker.__main__ import main\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    print(end.code, *sys.modules)\n"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()[-1].split()  # fmt: skip
    assert loaded[0] == "0"
    assert not (DATABASE | OURS) & set(loaded)
    assert FOLDS & set(loaded) == folds


def test_a_filtered_export_is_proved_and_holds_no_more(data: Path, key: Path) -> None:
    path = data.parent / "filtered.zip"
    made = answer(data, "export", str(path), "--tag", "type:policy-changed", "--until", "5")

    proved = json.loads(verified(path, "--key", key, "--json"))["proved"]
    assert (proved["payloads"], proved["until"], proved["evidence"]) == (1, 5, 0)
    assert proved["tags"] == ["type:policy-changed"]
    assert made["verifier_key"] == key.read_text().strip()

    path = data.parent / "bare.zip"
    tracker(data, "export", str(path), "--no-evidence")
    assert json.loads(verified(path, "--key", key, "--json"))["proved"]["evidence"] == 0


def test_an_export_never_overwrites_and_leaves_nothing_half(data: Path, bundle: Path) -> None:
    assert "is there already" in tracker(data, "export", str(bundle), code=2)
    path = data.parent / "far.zip"
    assert "the log has the positions" in tracker(
        data, "export", str(path), "--until", "9999", code=2
    )
    assert not list(data.parent.glob("*far*"))
    missing = data.parent / "none" / "a.zip"
    assert "No such file" in tracker(data, "export", str(missing), code=2)


def test_a_verifier_of_somebody_else_accepts_the_bundle(bundle: Path, key: Path) -> None:
    with zipfile.ZipFile(bundle) as opened:
        note = opened.read("checkpoint").decode()
        keys = [key.read_text().strip()]
        size = metamorphic_log.checkpoint_verify(note, keys).size
        entries = unpack_entries(opened.read(f"tile/entries/000.p/{size}"), size)
        for index in (0, size // 2, size - 1):
            ranges = inclusion(index, size)
            tiles = {t: opened.read(tile_path(t)) for t in tiles_of(ranges, size)}
            metamorphic_log.checkpoint_verify_inclusion(
                note, keys, index, leaf_hash(entries[index]), hashes_of(ranges, size, tiles)
            )


def records(packed: bytes) -> dict[str, int]:
    """How often each kind of record is in a WARC file."""
    text = gzip.decompress(packed).decode("utf-8", "replace")
    kinds = re.findall(r"^WARC-Type: (\w+)\r$", text, re.MULTILINE)
    return {kind: kinds.count(kind) for kind in kinds}


def test_evidence_is_exported_as_warc(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "evidence.warc.gz"
    told: Any = answer(data, "evidence", "export", str(path))

    class Quietly:
        """What the checker of warcio wants to be told."""

        inputs = (str(path),)
        verbose = False

    checker: Any = Checker(Quietly())
    assert checker.process_all() in (None, 0)
    assert checker.exit_value == 0
    assert told["evidence"] == 2
    assert records(path.read_bytes()) == {"warcinfo": 1, "resource": 1, "conversion": 1}
    assert "is there already" in tracker(data, "evidence", "export", str(path), code=2)


def test_an_exhibit_says_what_where_when_and_what_not(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "exhibit.html"
    policy = next(e for e in answer(data, "timeline") if e["type"] == "policy-changed")

    tracker(data, "exhibit", str(policy["position"]), "--out", str(path))
    page = path.read_text()
    by_id = tracker(data, "exhibit", policy["event"])

    assert f"<mark>{QUOTE}</mark>" in page
    assert "Quito, 18 June 2024." in page
    assert "That is all &lt;b&gt;&amp;amp; nothing" in page
    assert "&lt;i&gt;Suspended&lt;/i&gt;" in page
    assert 'href="https://example.org/a?b=&lt;c&gt;"' in page
    assert "What this does not show" in page
    assert "2024-06-18" in page
    assert QUOTE in by_id
    assert not re.search(r"<(script|img|link|iframe)|url\(|@import", page)
    assert "no event 9999" in tracker(data, "exhibit", "9999", code=3)
    assert "no event x" in tracker(data, "exhibit", "x", code=3)


def test_an_erased_fact_leaves_later_bundles_and_every_proof_stands(
    data: Path, bundle: Path, key: Path
) -> None:
    policy = next(e for e in answer(data, "timeline") if e["type"] == "policy-changed")
    erased = data.parent / "erased.zip"

    tracker(data, "erase", policy["event"], "--legal-basis", "GDPR art. 17", "--yes")
    tracker(data, "export", str(erased))

    proved = json.loads(verified(erased, "--key", key, "--json"))["proved"]
    assert proved["erased"] == 1
    assert "are what the log gives" in verified(erased, "--key", key, "--replay")
    assert proved["evidence"] == 0
    assert QUOTE.encode() not in b"".join(members(erased).values())
    assert json.loads(verified(bundle, "--key", key, "--json"))["proved"]["erased"] == 0
    page = tracker(data, "exhibit", policy["event"])
    assert "was erased, by the event at position" in page
    assert QUOTE not in page
