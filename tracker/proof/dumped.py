"""The dumps of views in a bundle, and its events, for whoever folds them again."""

import hashlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.domain.errors import Disproved, Refused
from tracker.proof import archive as zipped
from tracker.proof.archive import Archive, opened, whole
from tracker.proof.bundle import (
    CHECKPOINT,
    ENTRY_BYTES,
    MANIFEST,
    NOTE_BYTES,
    SALT_BYTES,
    Manifest,
    dump_path,
    entries_path,
    payload_path,
    read_payloads,
    tiles,
    unpack_entries,
)
from tracker.proof.checkpoint import Checkpoint
from tracker.proof.note import note_text
from tracker.proof.scratch import Scratch
from tracker.proof.tree import TILE_WIDTH, Tile

_CHUNK_BYTES = 1 << 18
_ENTRIES_BYTES = TILE_WIDTH * (ENTRY_BYTES + 2)


def check_dumps(archive: Archive, manifest: Manifest) -> None:
    """Disproved where the files of a dump are not those that the manifest names."""
    for name, view in sorted(manifest.views.items()):
        digest = hashlib.sha256()
        for number in range(view.files):
            path = dump_path(name, number)
            with opened(archive.file.fileno(), archive.take(path)) as content:
                while chunk := content.read(_CHUNK_BYTES):
                    digest.update(chunk)
        if digest.hexdigest() != view.state_hash:
            path = dump_path(name, 0)
            raise Disproved(f"{path} is not the dump that the manifest names", file=path)
        if view.position > manifest.until:
            raise Disproved(
                f"{MANIFEST}: the view {name} is at position {view.position}, the payloads end at"
                f" {manifest.until}", file=MANIFEST,
            )  # fmt: skip
    for name in manifest.views.keys() & manifest.views_left_out.keys():
        raise Disproved(f"{MANIFEST}: the view {name} is dumped and left out", file=MANIFEST)


class Contents:
    """What a bundle holds, read without checking it: `verify` is for that."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.size = Checkpoint.parse(_signed(archive, CHECKPOINT)).size
        self.manifest = Manifest.parse(_signed(archive, MANIFEST))

    def events(self) -> Iterator[tuple[bytes, bytes | None]]:
        """Entry and payload of each event in order; None where the payload is not here."""
        descriptor = self._archive.file.fileno()
        for tile in tiles(self.size):
            leaves = self._leaves(tile)
            member = self._archive.find(payload_path(tile))
            if member is None:
                yield from ((leaf, None) for leaf in leaves)
                continue
            with opened(descriptor, member) as payloads:
                records = read_payloads(payloads, tile.width)
                for leaf, record in zip(leaves, records, strict=True):
                    yield leaf, record and record[SALT_BYTES:]

    def sample(self, most: int) -> Iterator[bytes]:
        """The entries of so many tiles at most, evenly spread."""
        there = list(tiles(self.size))
        for tile in there[:: -(-len(there) // most) or 1]:
            yield from self._leaves(tile)

    def _leaves(self, tile: Tile) -> list[bytes]:
        path = entries_path(tile)
        entries = whole(self._archive.file.fileno(), self._archive.take(path), _ENTRIES_BYTES)
        leaves = unpack_entries(entries, tile.width)
        if len(leaves) != tile.width:
            raise Disproved(f"{path} is cut off", file=path)
        return leaves

    def dump(self, view: str) -> Iterator[bytes]:
        """The lines of a view's dump."""
        for number in range(self.manifest.views[view].files):
            member = self._archive.take(dump_path(view, number))
            with opened(self._archive.file.fileno(), member) as lines:
                yield from lines


def _signed(archive: Archive, name: str) -> str:
    try:
        return note_text(archive.read(name, NOTE_BYTES).decode())
    except UnicodeDecodeError:
        raise Disproved(f"{name} is no text", file=name) from None


@contextmanager
def contents(path: Path) -> Generator[Contents]:
    """Open a bundle for reading; Refused where the file cannot be read or is none."""
    try:
        file = path.open("rb")
    except OSError as fault:
        raise Refused(f"{path}: {fault.strerror}") from None
    with file, Scratch(zipped.SCHEMA) as scratch:
        yield Contents(Archive(file, scratch))
