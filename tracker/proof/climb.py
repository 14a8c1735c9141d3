"""From the tiles of level 0 up to the root of a bundle, past every checkpoint on the way."""

import copy

from tracker.domain.errors import Disproved
from tracker.proof.archive import Archive
from tracker.proof.bundle import CHECKPOINT
from tracker.proof.checkpoint import Checkpoint
from tracker.proof.leaves import Found
from tracker.proof.ledger import Ledger
from tracker.proof.levels import Levels
from tracker.proof.paths import tile_path
from tracker.proof.tree import HASH_BYTES, TILE_WIDTH, Accumulator, Tile


class Climb:
    """A tree that grows by what was checked, and is compared with what was signed."""

    def __init__(self, archive: Archive, ledger: Ledger) -> None:
        self._archive = archive
        self._ledger = ledger
        self._tree = Accumulator()
        self._levels = Levels(self._compare)
        self._stamp = ""

    def add(self, found: Found) -> None:
        """Take in the next run of tiles; raises its fault after what lies before it."""
        if found.first_stamp and found.first_stamp < self._stamp:
            at = self._tree.size + 1
            raise Disproved(f"position {at}: recorded before the event before it", position=at)
        self._stamp = found.last_stamp or self._stamp
        for root in found.roots:
            self._pass_checkpoints(found)
            self._tree.push_tile(root)
            self._ledger.compare(self._tree.size, self._tree.root)
            self._levels.push(root)
        if found.fault is not None:
            raise found.fault
        self._pass_checkpoints(found)
        rest = found.hashes.get(self._tree.size + 1)
        if rest is not None:
            self._tree.push(_split(rest))
            self._ledger.compare(self._tree.size, self._tree.root)
        self._ledger.note(found)

    def finish(self, signed: Checkpoint) -> None:
        """Compare what is not full, and the root with what was signed."""
        self._levels.finish()
        if self._tree.root() != signed.root:
            after = self._ledger.agreed
            raise Disproved(
                f"{CHECKPOINT}: its root is not that of the {signed.size} entries"
                + (f"; up to position {after} they agree with an earlier one" if after else ""),
                position=after + 1, file=CHECKPOINT,
            )  # fmt: skip

    def _pass_checkpoints(self, found: Found) -> None:
        """Check those whose size lies within the tile that comes next."""
        start = self._tree.size
        hashes = found.hashes.get(start + 1)
        if hashes is None:
            return
        for size in self._ledger.sizes(start, start + len(hashes) // HASH_BYTES):
            tree = copy.deepcopy(self._tree)
            tree.push(_split(hashes[: (size - start) * HASH_BYTES]))
            self._ledger.compare(size, tree.root)

    def _compare(self, tile: Tile, hashes: bytes) -> None:
        name = tile_path(tile)
        said = self._archive.read(name, TILE_WIDTH * HASH_BYTES)
        if said == hashes:
            return
        pairs = zip(_split(hashes), _split(said), strict=False)
        k = next((k for k, (ours, theirs) in enumerate(pairs) if ours != theirs), 0)
        at = (tile.number * TILE_WIDTH + k) * TILE_WIDTH**tile.level + 1
        raise Disproved(
            f"position {at}: the hashes from there on are not those in {name}",
            position=at, file=name,
        )  # fmt: skip


def _split(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
