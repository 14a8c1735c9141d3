"""Writing a bundle front to back: a plain zip, and the tree that grows while entries go by."""

import io
import os
import shutil
import tempfile
import zlib
from collections.abc import Sequence
from typing import IO

from tracker.proof import archive as zipped
from tracker.proof.bundle import (
    entries_path,
    pack_entries,
    payload_path,
)
from tracker.proof.levels import Levels
from tracker.proof.paths import tile_path
from tracker.proof.tree import TILE_WIDTH, Accumulator, Tile, leaf_hash, tile_root

_VERSION = 45
_MADE_BY = 3 << 8 | _VERSION
_UNIX_FILE = 0o100644 << 16
_NEW_YEAR_1980 = 1 << 5 | 1
_CHUNK_BYTES = 1 << 20


class ZipWriter:
    """Appends files to a zip; its directory waits on disk, so memory does not grow with it."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._directory = tempfile.TemporaryFile()  # noqa: SIM115 — closed in `close`
        self._count = 0

    def add(self, name: str, data: bytes, *, deflate: bool = False) -> None:
        """Append a file that is in memory."""
        packed = data
        if deflate:
            compress = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
            packed = compress.compress(data) + compress.flush()
        method = zipped.DEFLATED if deflate else zipped.STORED
        self._add(name, io.BytesIO(packed), method, zlib.crc32(data), len(packed), len(data))

    def add_file(self, name: str, file: IO[bytes]) -> None:
        """Append a file that may be large, from its beginning, stored as it is."""
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        crc = 0
        while chunk := file.read(_CHUNK_BYTES):
            crc = zlib.crc32(chunk, crc)
        file.seek(0)
        self._add(name, file, zipped.STORED, crc, size, size)

    def add_deflated(self, name: str, packed: IO[bytes], *, crc: int, size: int) -> None:
        """Append a file that was deflated already: raw deflate, CRC-32 and size of what it holds."""
        packed_size = packed.seek(0, os.SEEK_END)
        packed.seek(0)
        self._add(name, packed, zipped.DEFLATED, crc, packed_size, size)

    def _add(
        self, name: str, content: IO[bytes], method: int, crc: int, packed: int, size: int
    ) -> None:
        at = self._out.tell()
        raw = name.encode()
        said = (_VERSION, 0, method, 0, _NEW_YEAR_1980, crc, packed, size, len(raw))
        self._out.write(zipped.LOCAL.pack(b"PK\3\4", *said, 0) + raw)
        shutil.copyfileobj(content, self._out, _CHUNK_BYTES)
        large = at >= zipped.LARGE
        extra = zipped.OFFSET64.pack(1, 8, at) if large else b""
        self._directory.write(
            zipped.CENTRAL.pack(
                b"PK\1\2", _MADE_BY, *said, len(extra), 0, 0, 0, _UNIX_FILE,
                zipped.LARGE if large else at,
            ) + raw + extra
        )  # fmt: skip
        self._count += 1

    def close(self) -> None:
        """Write the directory; the file itself stays open."""
        start = self._out.tell()
        length = self._directory.tell()
        self._directory.seek(0)
        shutil.copyfileobj(self._directory, self._out, _CHUNK_BYTES)
        self._directory.close()
        count = self._count
        if count >= zipped.MANY or max(start, length) >= zipped.LARGE:
            ends = (count, count, length, start)
            self._out.write(zipped.END64.pack(b"PK\6\6", 44, _MADE_BY, _VERSION, 0, 0, *ends))
            self._out.write(zipped.LOCATOR.pack(b"PK\6\7", 0, start + length, 1))
        self._out.write(
            zipped.END.pack(
                b"PK\5\6", 0, 0, min(count, zipped.MANY), min(count, zipped.MANY),
                min(length, zipped.LARGE), min(start, zipped.LARGE), 0,
            )
        )  # fmt: skip


class TreeWriter:
    """Writes entries, payloads and the tiles above them, in the order of positions."""

    def __init__(self, out: ZipWriter) -> None:
        self._out = out
        self._tree = Accumulator()
        self._levels = Levels(self._write)

    @property
    def size(self) -> int:
        """How many events were written."""
        return self._tree.size

    def root(self) -> bytes:
        """The root over what was written."""
        return self._tree.root()

    def add(self, leaves: Sequence[bytes], payloads: IO[bytes] | None) -> Tile:
        """Write the next tile: 256 entries, or fewer if they are the last.

        `payloads` has a record for each of them; None where none has a payload.
        """
        tile = Tile(0, self._tree.size // TILE_WIDTH, len(leaves))
        hashes = [leaf_hash(leaf) for leaf in leaves]
        self._out.add(entries_path(tile), pack_entries(leaves), deflate=True)
        if payloads is not None:
            # Salts do not shrink, and inflating would be a quarter of the work of checking.
            self._out.add_file(payload_path(tile), payloads)
        self._out.add(tile_path(tile), b"".join(hashes))
        if len(leaves) == TILE_WIDTH:
            root = tile_root(b"".join(hashes))
            self._tree.push_tile(root)
            self._levels.push(root)
        else:
            self._tree.push(hashes)
        return tile

    def finish(self) -> None:
        """Write the tiles of the upper levels that are not full."""
        self._levels.finish()

    def _write(self, tile: Tile, hashes: bytes) -> None:
        self._out.add(tile_path(tile), hashes)
