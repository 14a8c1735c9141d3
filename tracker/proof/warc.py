"""Evidence as WARC 1.1 (ISO 28500), as archives keep it, with SHA-256 digests.

What came over HTTP is a `response`, what was handed in a `resource`, a text that was extracted a
`conversion` of the record it was made from; the same bytes captured again are a `revisit`. The
body is kept as it was decoded, so headers about its encoding on the way carry another name.
"""

import base64
import hashlib
from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from typing import Any, BinaryIO

import msgspec
from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from tracker.domain.ids import derived
from tracker.domain.values import instant_text
from tracker.log.evidence import Capture

_VERSION = "WARC/1.1"
_CHUNK_BYTES = 1 << 18
# They would be believed of a body that is decoded already.
_ON_THE_WAY = {"content-encoding", "transfer-encoding", "content-length", "trailer"}
_RENAMED = "x-archive-orig-"
_ANY_BYTES = "application/octet-stream"


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """Some bytes of evidence, and what is known of how they came to be."""

    sha256: str
    data: bytes
    captures: tuple[Capture, ...] = ()
    text_of: str | None = None
    """SHA-256 of what a text was extracted from."""
    url: str | None = None
    """Of the document, where no capture has one."""
    dated: datetime
    """When it was on record, where no capture has a date."""


class _Writer(WARCWriter):
    """A writer whose digests are SHA-256."""

    @staticmethod
    def _create_digester() -> Any:
        return Digester("sha256")


class Warc:
    """Writes pieces of evidence to a file, one after the other, each record a gzip member."""

    def __init__(self, out: BinaryIO, *, software: str, made: datetime) -> None:
        self._writer: Any = _Writer(out, gzip=True, warc_version=_VERSION)
        info = f"software: {software}\r\nformat: WARC File Format 1.1\r\n".encode()
        self._write("warcinfo", None, info, derived("warcinfo", software, instant_text(made)),
                    {"WARC-Date": instant_text(made)}, "application/warc-fields")  # fmt: skip

    def add(self, piece: Piece) -> None:
        """Write a piece: its first capture in full, further ones as revisits."""
        if not piece.captures:
            self._write_plain(piece, None)
            return
        first, *others = piece.captures
        if first.status is None:
            self._write_plain(piece, first)
        else:
            self._write_response(piece, first)
        for capture in others:
            self._write_revisit(piece, first, capture)

    def _write_plain(self, piece: Piece, capture: Capture | None) -> None:
        kind = "resource" if piece.text_of is None else "conversion"
        headers = _headers(piece, capture)
        if piece.text_of is not None:
            headers["WARC-Refers-To"] = _urn(_record_id(piece.text_of))
        text = "text/plain; charset=utf-8" if piece.text_of else _ANY_BYTES
        media_type = (capture and capture.media_type) or text
        uri = _uri(piece, capture)
        self._write(kind, uri, piece.data, _record_id(piece.sha256), headers, media_type)

    def _write_response(self, piece: Piece, capture: Capture) -> None:
        headers = _headers(piece, capture)
        head = _head(capture, len(piece.data))
        headers["WARC-Record-ID"] = _urn(_record_id(piece.sha256))
        record = self._writer.create_warc_record(
            _uri(piece, capture), "response", payload=BytesIO(piece.data),
            length=len(piece.data), http_headers=head, warc_headers_dict=headers,
        )  # fmt: skip
        self._writer.write_record(record)

    def _write_revisit(self, piece: Piece, first: Capture, again: Capture) -> None:
        date = instant_text(again.captured_at)
        uri = _uri(piece, again)
        record_id = derived("warc-revisit", piece.sha256, uri, date)
        record = self._writer.create_revisit_record(
            uri, _digest(piece.sha256), _uri(piece, first), instant_text(first.captured_at),
            http_headers=_head(again, len(piece.data)) if again.status else None,
            warc_headers_dict={"WARC-Date": date, "WARC-Record-ID": _urn(record_id)},
        )  # fmt: skip
        self._writer.write_record(record)

    def _write(
        self, kind: str, uri: str | None, data: bytes, record_id: Any, headers: dict[str, str],
        media_type: str,
    ) -> None:  # fmt: skip
        block = f"sha256:{base64.b32encode(hashlib.sha256(data).digest()).decode()}"
        record = self._writer.create_warc_record(
            uri, kind, payload=BytesIO(data), length=len(data), warc_content_type=media_type,
            warc_headers_dict={
                **headers, "WARC-Record-ID": _urn(record_id), "WARC-Block-Digest": block
            },
        )  # fmt: skip
        self._writer.write_record(record)


def _headers(piece: Piece, capture: Capture | None) -> dict[str, str]:
    return {
        "WARC-Date": instant_text(capture.captured_at if capture else piece.dated),
        "WARC-Payload-Digest": _digest(piece.sha256),
    }


def _head(capture: Capture, size_bytes: int) -> Any:
    """The status line and the headers, as they can stand before a decoded body."""
    headers = [
        (f"{_RENAMED}{name}" if name.lower() in _ON_THE_WAY else name, " ".join(value.split()))
        for name, value in capture.headers
    ]
    status = capture.status or HTTPStatus.OK
    known = status in HTTPStatus.__members__.values()
    line = f"{status:d} {HTTPStatus(status).phrase}" if known else f"{status:d} Unknown"
    headers.append(("content-length", str(size_bytes)))
    return StatusAndHeaders(line, headers, protocol="HTTP/1.1")


def _uri(piece: Piece, capture: Capture | None) -> str:
    return (capture and capture.url) or piece.url or f"urn:sha256:{piece.sha256}"


def _record_id(sha256: str) -> Any:
    return derived("warc-record", sha256)


def _urn(record_id: Any) -> str:
    return f"<urn:uuid:{record_id}>"


def _digest(sha256: str) -> str:
    return f"sha256:{base64.b32encode(bytes.fromhex(sha256)).decode()}"
