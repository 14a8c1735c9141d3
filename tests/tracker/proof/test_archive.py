"""Nothing hides in the zip around a bundle."""

import struct
import warnings
import zipfile
from pathlib import Path

import pytest

from tests.tracker.proof.bundles import VERIFIER, Told, members, rewrite, write
from tracker.domain.errors import Disproved, Refused
from tracker.proof.pack import ZipWriter
from tracker.proof.verify import verify


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write(tmp_path / "bundle.zip", [Told()] * 3)


def test_a_bundle_opens_with_any_other_reader(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as opened:
        assert opened.testzip() is None
        assert opened.namelist()[0] == "tile/entries/000.p/3"


def test_what_another_writer_packs_is_as_good(bundle: Path) -> None:
    rewrite(bundle, dict(reversed(members(bundle).items())))

    assert verify(bundle, VERIFIER).events == 3


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../up",
        "a/../b",
        "a//b",
        "folder/",
        "./a",
        "C:\\a",
        "sch\u00f6n",
        "a\nb",
        ".",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(bundle: Path, name: str) -> None:
    rewrite(bundle, {**members(bundle), name: b""})

    with pytest.raises(Disproved, match="is no name of a file in a bundle"):
        verify(bundle, VERIFIER)


@pytest.mark.parametrize("name", ["notes.txt", "tile/2/000", "checkpoints/3x", "evidence/1.warc"])
def test_a_file_that_does_not_belong_there_is_refused(bundle: Path, name: str) -> None:
    rewrite(bundle, {**members(bundle), name: b"hidden"})

    with pytest.raises(Disproved, match=f"{name}"):
        verify(bundle, VERIFIER)


def test_a_name_that_comes_twice_is_refused(bundle: Path) -> None:
    with warnings.catch_warnings(), zipfile.ZipFile(bundle, "a") as opened:
        warnings.simplefilter("ignore")
        opened.writestr("checkpoint", "another")

    with pytest.raises(Disproved, match="a name twice"):
        verify(bundle, VERIFIER)


def test_bytes_outside_the_files_are_refused(bundle: Path) -> None:
    whole = bundle.read_bytes()
    bundle.write_bytes(b"#!/bin/sh\n" + whole)
    with pytest.raises(Disproved, match="not where its end says"):
        verify(bundle, VERIFIER)

    start = struct.unpack("<L", whole[-6:-2])[0]
    moved = whole[-22:-6] + struct.pack("<LH", start + 3, 0)
    bundle.write_bytes(whole[:start] + b"abc" + whole[start:-22] + moved)
    with pytest.raises(Disproved, match="between the files of the zip and its directory"):
        verify(bundle, VERIFIER)

    bundle.write_bytes(whole + b"more")
    with pytest.raises(Refused, match="its end is missing"):
        verify(bundle, VERIFIER)


def test_comments_extra_fields_and_encryption_are_refused(bundle: Path) -> None:
    files = members(bundle)
    extra, comment = zipfile.ZipInfo("checkpoint"), zipfile.ZipInfo("checkpoint")
    extra.extra = struct.pack("<2H4s", 0x5455, 4, b"hide")
    comment.comment = b"hidden"
    for info in (extra, comment):
        with zipfile.ZipFile(bundle, "w") as out:
            for name, data in files.items():
                out.writestr(info if name == "checkpoint" else name, data)
        with pytest.raises(Disproved, match="says more of it than a bundle does"):
            verify(bundle, VERIFIER)


def test_a_byte_that_changes_within_the_zip_is_found(bundle: Path) -> None:
    whole = bundle.read_bytes()
    start = struct.unpack("<L", whole[-6:-2])[0]
    for at in range(0, start, 7):
        bundle.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        offset = header_offset(whole, at)
        if offset in (4, 5, 10, 11, 12, 13):
            continue  # version and time of a file mean nothing
        with pytest.raises(Disproved):
            verify(bundle, VERIFIER)


def header_offset(whole: bytes, at: int) -> int:
    """How far a byte is into the header of its file."""
    return at - whole.rindex(b"PK\3\4", 0, at + 4)


def test_a_bundle_of_very_many_files_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    files = {f"notes/{number}": b"" for number in range(66_000)}
    with path.open("wb") as file:
        out = ZipWriter(file)
        for name, data in files.items():
            out.add(name, data)
        out.close()

    with zipfile.ZipFile(path) as opened:
        assert len(opened.namelist()) == len(files)
    with pytest.raises(Disproved, match="checkpoint is missing"):
        verify(path, VERIFIER)
