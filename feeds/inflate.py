"""Undoing a response's Content-Encoding piece by piece, with a bound on what comes out."""

import zlib
from typing import Protocol

_GZIP = 16 + zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f\x8b"
_PIECE_BYTES = 1 << 16


class CannotInflate(Exception):
    """The body is not what its Content-Encoding says."""


class TooMuch(Exception):
    """The body is larger than the caller wants, once inflated."""


class Inflater(Protocol):
    """Takes the bytes off the wire and gives the body back, or raises."""

    def feed(self, data: bytes) -> None: ...

    def finish(self) -> bytes: ...


class _Plain:
    """A body that was sent as it is."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._body = bytearray()

    def feed(self, data: bytes) -> None:
        if len(self._body) + len(data) > self._limit:
            raise TooMuch
        self._body += data

    def finish(self) -> bytes:
        return bytes(self._body)


class _Zlib:
    """A gzip or deflate body, inflated as it arrives."""

    def __init__(self, limit_bytes: int, *, gzip: bool) -> None:
        self._out = _Plain(limit_bytes)
        self._gzip = gzip
        self._stream = zlib.decompressobj(_GZIP if gzip else zlib.MAX_WBITS)
        self._started = False

    def feed(self, data: bytes) -> None:
        # "deflate" means a zlib stream, but some servers send the bare stream without its header.
        if not self._started and data and not self._gzip and not _zlib_header(data):
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        self._started = self._started or bool(data)
        while data:
            self._out.feed(self._inflate(data))
            data = self._stream.unconsumed_tail
            if self._stream.eof:
                data = self._stream.unused_data
                # A gzip body may be several members; anything else behind the end is padding.
                if not self._gzip or not data.startswith(_GZIP_MAGIC):
                    return
                self._stream = zlib.decompressobj(_GZIP)

    def finish(self) -> bytes:
        while not self._stream.eof:
            piece = self._inflate(b"")
            if not piece:
                break
            self._out.feed(piece)
        if self._started and not self._stream.eof:
            raise CannotInflate("it ends early")
        return self._out.finish()

    def _inflate(self, data: bytes) -> bytes:
        try:
            return self._stream.decompress(data, _PIECE_BYTES)
        except zlib.error as error:
            raise CannotInflate(str(error)) from error


def inflater(content_encoding: str, limit_bytes: int) -> Inflater:
    """What undoes this Content-Encoding; `CannotInflate` for one that was never asked for."""
    match content_encoding.strip().lower():
        case "" | "identity":
            return _Plain(limit_bytes)
        case "gzip" | "x-gzip":
            return _Zlib(limit_bytes, gzip=True)
        case "deflate":
            return _Zlib(limit_bytes, gzip=False)
        case other:
            raise CannotInflate(f"{other[:40]!r} was never asked for")


def _zlib_header(data: bytes) -> bool:
    return data[0] & 0x0F == 8 and (len(data) < 2 or (data[0] << 8 | data[1]) % 31 == 0)
