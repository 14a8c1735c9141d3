"""Evidence as WARC: other readers agree with what is in it, ours forgives nothing."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from tests.tracker.proof.bundles import BEGIN, flip, sha256
from tracker.domain.errors import Refused
from tracker.log.evidence import Capture
from tracker.proof.records import read_warc
from tracker.proof.warc import Piece, Warc

BODY = "<p>Visa-free entry ends — in Größe.</p>".encode() * 20
TEXT = b"Visa-free entry ends."
URL = "https://example.org/a?b=c"
HEADERS = (
    ("content-type", "text/html; charset=utf-8"),
    ("content-encoding", "gzip"),
    ("Content-Length", "7"),
    ("x-title", "Größe\r\nX-Forged: yes"),
)


def capture(minutes: int = 0, **given: Any) -> Capture:
    """A capture over HTTP."""
    fields: dict[str, Any] = {"url": URL, "status": 200, "headers": HEADERS, **given}
    return Capture(captured_at=BEGIN + timedelta(minutes=minutes), **fields)


def piece(data: bytes, *captures: Capture, text_of: str | None = None) -> Piece:
    """Some evidence."""
    return Piece(sha256=sha256(data), data=data, captures=captures, text_of=text_of, dated=BEGIN)


PIECES = (
    piece(BODY, capture(), capture(5, url="https://example.org/again")),
    piece(TEXT, text_of=sha256(BODY)),
    piece(b"\x00\xff", capture(status=None, url=None, media_type="image/png")),
    piece(b""),
    piece(b"HTTP/1.1 200 OK\r\n\r\nnot a head", capture(status=599, headers=())),
)


def written(pieces: tuple[Piece, ...] = PIECES) -> bytes:
    """A WARC file of the pieces."""
    file = io.BytesIO()
    warc = Warc(file, software="test", made=BEGIN)
    for one in pieces:
        warc.add(one)
    return file.getvalue()


def test_another_reader_finds_the_bytes_and_how_they_came(tmp_path: Path) -> None:
    reader: Any = ArchiveIterator
    records = reader(io.BytesIO(written()), check_digests="raise")
    found = [
        (r.rec_type, r.rec_headers, r.http_headers, hashlib.sha256(r.raw_stream.read()).hexdigest())
        for r in records
    ]

    kinds = [kind for kind, *_ in found]
    assert kinds == [
        "warcinfo", "response", "revisit", "conversion", "resource", "resource", "response"
    ]  # fmt: skip
    _, warc, http, digest = found[1]
    assert digest == sha256(BODY)
    assert warc.protocol == "WARC/1.1"
    assert warc.get_header("WARC-Target-URI") == URL
    assert warc.get_header("WARC-Date") == "2024-06-18T00:00:00.000000Z"
    assert warc.get_header("WARC-Payload-Digest").startswith("sha256:")
    assert warc.get_header("WARC-Block-Digest").startswith("sha256:")
    assert http.get_statuscode() == "200"
    assert http.get_header("x-archive-orig-content-encoding") == "gzip"
    assert http.get_header("content-length") == str(len(BODY))
    assert http.get_header("content-encoding") is None
    assert http.get_header("x-forged") is None
    assert found[2][1].get_header("WARC-Target-URI") == "https://example.org/again"
    assert found[2][1].get_header("WARC-Refers-To-Target-URI") == URL
    assert found[3][1].get_header("WARC-Refers-To") == warc.get_header("WARC-Record-ID")
    assert found[4][1].get_header("Content-Type") == "image/png"
    assert found[5][3] == sha256(b"")


def test_another_checker_finds_every_sum_right(tmp_path: Path) -> None:
    path = tmp_path / "evidence.warc.gz"
    path.write_bytes(written())

    class Quietly:
        """What the checker wants to be told."""

        inputs = (str(path),)
        verbose = False

    checker: Any = Checker(Quietly())
    checker.process_all()
    assert checker.exit_value == 0


def test_our_reader_finds_what_was_written() -> None:
    kept = list(read_warc(io.BytesIO(written())))

    assert [one.sha256 for one in kept] == [one.sha256 for one in PIECES]
    assert [one.announced for one in kept] == [one.sha256 for one in PIECES]


def test_writing_it_again_gives_the_same_bytes() -> None:
    assert written() == written()


@settings(max_examples=200, deadline=None)
@given(st.integers(10, len(written()) - 1), st.integers(0, 7))
def test_our_reader_forgives_no_damage_to_a_payload(at: int, bit: int) -> None:
    whole = written()
    try:
        kept = [one.sha256 for one in read_warc(io.BytesIO(flip(at, bit)(whole)))]
    except Refused:
        return
    # What is left are the few bytes of a member's header that mean nothing.
    assert kept == [one.sha256 for one in PIECES]


@given(st.integers(0, len(written()) - 1))
def test_our_reader_forgives_no_missing_end(end: int) -> None:
    whole = written()
    ends = [at for at in range(len(whole)) if whole.startswith(b"\x1f\x8b\x08\x00", at)]
    if end in ends:
        return
    with pytest.raises(Refused):
        list(read_warc(io.BytesIO(whole[:end])))
