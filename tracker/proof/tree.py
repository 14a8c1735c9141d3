"""The RFC 6962 Merkle tree over the leaves, kept in tiles of 256 hashes as C2SP tlog-tiles has it.

Every question about the tree is a list of *ranges* of leaves: a root is the hash of (0, size), a
proof the hashes of its ranges in turn. A range falls apart into complete subtrees, and each of
these lies within one tile:

    ranges = inclusion(index, size)
    tiles = {tile: fetch(tile) for tile in tiles_of(ranges, size)}
    proof = hashes_of(ranges, size, tiles)

Indexes count leaves from 0; the event at position p is the leaf of index p - 1. Sizes are counts
of leaves. A hash is 32 bytes; the hashes of a tile are one string of 32 bytes each.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from hashlib import sha256
from typing import NamedTuple

from tracker.domain.errors import Refused

HASH_BYTES = 32
TILE_WIDTH = 256
TILE_HEIGHT = 8
EMPTY_ROOT = sha256(b"").digest()
# RFC 6962 tells a leaf from a node by its first byte, so that neither passes for the other.
_LEAF = b"\x00"
_NODE = b"\x01"

Range = tuple[int, int]


class Tile(NamedTuple):
    """Up to 256 neighbouring hashes of a level, each standing for 256^level leaves."""

    level: int
    number: int
    width: int = TILE_WIDTH


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf: SHA-256 of 0x00 and its bytes."""
    return sha256(_LEAF + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbouring subtrees: SHA-256 of 0x01 and their hashes."""
    return sha256(_NODE + left + right).digest()


def tile_root(hashes: bytes) -> bytes:
    """The root over a power of two of hashes, of a full tile (8,192 bytes) above all."""
    while len(hashes) > HASH_BYTES:
        hashes = b"".join(
            [sha256(_NODE + hashes[at : at + 64]).digest() for at in range(0, len(hashes), 64)]
        )
    return hashes


class Accumulator:
    """A tree that grows by leaf hashes and remembers no more than its right edge."""

    def __init__(self) -> None:
        self.size = 0
        self._complete: list[bytes] = []

    def push(self, hashes: Iterable[bytes]) -> None:
        """Add the hashes of the next leaves."""
        complete, size = self._complete, self.size
        for leaf in hashes:
            carry, node = size, leaf
            while carry & 1:
                node = sha256(_NODE + complete.pop() + node).digest()
                carry >>= 1
            complete.append(node)
            size += 1
        self.size = size

    def push_tile(self, root: bytes) -> None:
        """Add the next 256 leaves at once by the root of their full tile (see tile_root).

        Raises ValueError where the tree does not stand at the start of a tile.
        """
        if self.size % TILE_WIDTH:
            raise ValueError(f"a tile cannot start at leaf {self.size}")
        carry = self.size >> TILE_HEIGHT
        while carry & 1:
            root = node_hash(self._complete.pop(), root)
            carry >>= 1
        self._complete.append(root)
        self.size += TILE_WIDTH

    def root(self) -> bytes:
        """The root of what was pushed so far; of nothing, the hash of no bytes."""
        return _joined(self._complete) if self._complete else EMPTY_ROOT


def whole(size: int) -> list[Range]:
    """The one range whose hash is the root of the first `size` leaves."""
    return [(0, size)] if size else []


def inclusion(index: int, size: int) -> list[Range]:
    """The ranges of an inclusion proof, leaf to root (RFC 6962, 2.1.1).

    Raises Refused where the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise Refused(f"leaf {index} is not among the first {size}")
    ranges: list[Range] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    return ranges[::-1]


def consistency(old: int, new: int) -> list[Range]:
    """The ranges of a proof that the first `old` leaves begin the first `new` (RFC 6962, 2.1.2).

    Empty where old is 0 or equals new. Raises Refused where old is more than new.
    """
    if not 0 <= old <= new:
        raise Refused(f"a log of {new} events does not begin with {old}")
    if old in {0, new}:
        return []
    ranges: list[Range] = []
    low, high = 0, new
    while high != old:
        middle = low + _split(high - low)
        if old <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    # The verifier knows the old root, so it is left out where it is itself the last subtree.
    if low:
        ranges.append((low, high))
    return ranges[::-1]


def tiles_of(ranges: Iterable[Range], size: int) -> list[Tile]:
    """The tiles, as wide as they are in a tree of `size` leaves, that hold what the ranges need."""
    return list(dict.fromkeys(_tile(*node, size) for span in ranges for node in _subtrees(*span)))


def hashes_of(ranges: Iterable[Range], size: int, tiles: Mapping[Tile, bytes]) -> list[bytes]:
    """The hash of each range, from the tiles of `tiles_of` with the same arguments."""
    return [
        _joined([_subtree_hash(*node, size, tiles) for node in _subtrees(*span)]) for span in ranges
    ]


def root_from_tiles(size: int, tiles: Mapping[Tile, bytes]) -> bytes:
    """The root of the first `size` leaves, from the tiles of `tiles_of(whole(size), size)`."""
    return hashes_of(whole(size), size, tiles)[0] if size else EMPTY_ROOT


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root to which an inclusion proof leads from a leaf's hash (RFC 9162, 2.1.3.2).

    Raises Refused where the proof has not the length that index and size ask for.
    """
    ranges = inclusion(index, size)
    if len(ranges) != len(proof):
        raise Refused(f"a proof of leaf {index} among {size} has {len(ranges)} hashes")
    node = leaf
    for (_, high), sibling in zip(ranges, proof, strict=True):
        node = node_hash(sibling, node) if high <= index else node_hash(node, sibling)
    return node


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that the leaf of this hash stands at `index` in the tree of this size and root.

    Raises Refused where it is not proved.
    """
    if root_from_inclusion(leaf, index, size, proof) != root:
        raise Refused(f"the proof of leaf {index} among {size} does not lead to the root")


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Check that the tree of `new` leaves begins with that of `old` leaves (RFC 9162, 2.1.4.2).

    Raises Refused where it is not proved. Nothing is the beginning of every tree.
    """
    ranges = consistency(old, new)
    if len(ranges) != len(proof):
        raise Refused(f"a proof from {old} to {new} leaves has {len(ranges)} hashes")
    if not ranges:
        if old_root != (new_root if old else EMPTY_ROOT):
            raise Refused(f"two roots for the same {old} leaves")
        return
    # Without its last subtree in the proof, the old tree is itself a complete subtree of the new.
    steps = list(zip(ranges, proof, strict=True))
    first = old_root if ranges[0][0] >= old else steps.pop(0)[1]
    before = after = first
    for (low, _), sibling in steps:
        if low >= old:
            after = node_hash(after, sibling)
        else:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
    if (before, after) != (old_root, new_root):
        raise Refused(f"the log of {new} events does not begin with that of {old}")


def _split(size: int) -> int:
    """The largest power of two below a size: where RFC 6962 parts a tree."""
    return 1 << (size - 1).bit_length() - 1


def _subtrees(low: int, high: int) -> list[tuple[int, int]]:
    """The complete subtrees (height, index) of a range, left to right, each as large as can be."""
    found: list[tuple[int, int]] = []
    while low < high:
        height = (high - low).bit_length() - 1
        found.append((height, low >> height))
        low += 1 << height
    return found


def _tile(height: int, index: int, size: int) -> Tile:
    """The tile that holds a complete subtree, as wide as it is in a tree of this size."""
    level, below = divmod(height, TILE_HEIGHT)
    number = index << below >> TILE_HEIGHT
    return Tile(level, number, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - number * TILE_WIDTH))


def _subtree_hash(height: int, index: int, size: int, tiles: Mapping[Tile, bytes]) -> bytes:
    below = height % TILE_HEIGHT
    start = (index << below) % TILE_WIDTH * HASH_BYTES
    return tile_root(tiles[_tile(height, index, size)][start : start + (HASH_BYTES << below)])


def _joined(subtrees: Sequence[bytes]) -> bytes:
    """The hash over complete subtrees, left to right and falling in size."""
    return reduce(lambda right, left: node_hash(left, right), reversed(subtrees))
