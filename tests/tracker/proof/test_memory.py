"""The signer's folder: private, whole, and for one signer at a time."""

import os
from pathlib import Path

import pytest

from tracker.domain.errors import Conflict, Refused, Unavailable
from tracker.proof.memory import Memory


def memory(folder: Path, seed: int = 0) -> Memory:
    """A memory whose chance is a row of one byte."""
    return Memory(folder / "signer", "log.example.org", lambda size: bytes([seed]) * size)


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    kept = memory(tmp_path)
    with kept.held():
        key = kept.key()

    assert key.name == "log.example.org/log/00000000"
    with memory(tmp_path, 1).held():
        assert memory(tmp_path, 1).key() == key
    assert (tmp_path / "signer").stat().st_mode & 0o777 == 0o700
    assert {f.name: f.stat().st_mode & 0o777 for f in (tmp_path / "signer").iterdir()} == {
        "key": 0o600, "lock": 0o600
    }  # fmt: skip


def test_a_new_origin_keeps_the_key_under_a_new_name(tmp_path: Path) -> None:
    with memory(tmp_path).held():
        old = memory(tmp_path).key()
        new = memory(tmp_path, 1).new_origin()

    assert (new.name, new.seed) == ("log.example.org/log/01010101", old.seed)
    assert memory(tmp_path).key() == new


def test_a_note_is_remembered_to_the_byte(tmp_path: Path) -> None:
    with memory(tmp_path).held():
        assert memory(tmp_path).signed() is None
        memory(tmp_path).remember("first\r\n")
        memory(tmp_path).remember("a\n\n— b c\n")

    assert memory(tmp_path).signed() == "a\n\n— b c\n"


def test_what_a_crash_left_half_written_is_not_read(tmp_path: Path) -> None:
    with memory(tmp_path).held():
        memory(tmp_path).remember("whole\n")
        (tmp_path / "signer" / "signed.new").write_text("ha")

        assert memory(tmp_path).signed() == "whole\n"
        memory(tmp_path).remember("next\n")
    assert memory(tmp_path).signed() == "next\n"


def test_a_second_signer_meets_a_conflict_while_the_first_is_at_it(tmp_path: Path) -> None:
    first, second = memory(tmp_path), memory(tmp_path)
    with first.held(), pytest.raises(Conflict, match="is signing"), second.held():
        pass
    with memory(tmp_path).held():
        pass


def test_a_key_that_somebody_changed_is_refused(tmp_path: Path) -> None:
    with memory(tmp_path).held():
        key = memory(tmp_path).key()
    (tmp_path / "signer" / "key").write_text(key.text.replace("example", "elsewhere"))

    with pytest.raises(Refused, match="is not that of the key"):
        memory(tmp_path).key()


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "signer").write_text("no folder")

    with pytest.raises(Unavailable, match="signer"), memory(tmp_path).held():
        pass
    with pytest.raises(Unavailable, match="signer"):
        memory(tmp_path).signed()


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    os.mkdir(tmp_path / "signer")
    (tmp_path / "signer" / "signed").write_bytes(b"\xff")

    with pytest.raises(Unavailable, match="signer"):
        memory(tmp_path).signed()
