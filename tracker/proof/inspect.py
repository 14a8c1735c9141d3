"""A look at the tree of the running log: every leaf hashed again, every signed root compared.

It shows what a database that was altered by hand gives away. It asks the same database that it
distrusts, so it proves nothing to others: for that a log is exported, and verified elsewhere.
"""

from collections.abc import Sequence

import msgspec

from tracker.domain.checkpoint import KNOWN, CheckpointPublished
from tracker.domain.errors import TrackerError
from tracker.log.read import Reader
from tracker.proof.bundle import unpack_entries
from tracker.proof.checkpoint import Checkpoint
from tracker.proof.note import VerifierKey, open_note
from tracker.proof.tiles import Tiles
from tracker.proof.tree import HASH_BYTES, TILE_WIDTH, Accumulator, leaf_hash

_MOST_CHECKPOINTS = 10_000


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at, and the first thing that is wrong."""

    events: int
    """How many leaves were hashed again, from the first on."""
    head: int
    root: str
    """The root (hex) that the hashed leaves give."""
    checkpoints: int
    """How many signed checkpoints fit the leaves below them."""
    foreign: int
    """Checkpoints of another origin or key: an earlier one, before a restore perhaps."""
    wrong: str | None = None
    """What is wrong, in one sentence; None where all fits."""


async def inspect(tiles: Tiles, reader: Reader, key: VerifierKey, *, most: int) -> Inspection:
    """Hash the first `most` events again and compare them with tiles and checkpoints."""
    head = await reader.head()
    until = min(head, most)
    published = await _published(reader)
    found, tree, fits, foreign = list(published), Accumulator(), 0, 0
    wrong: str | None = None
    for number in range(-(-until // TILE_WIDTH)):
        width = min(TILE_WIDTH, until - number * TILE_WIDTH)
        leaves = unpack_entries(await tiles.entries(number, width), width)
        hashes = [leaf_hash(leaf) for leaf in leaves]
        wrong = _differs(number, hashes, await tiles.tile(0, number, width))
        while wrong is None and found and found[0].size <= tree.size + len(hashes):
            checkpoint = found.pop(0)
            begun = checkpoint.size - tree.size
            tree.push(hashes[:begun])
            hashes = hashes[begun:]
            said = _says(checkpoint, key)
            if said is None:
                foreign += 1
            elif said != tree.root():
                wrong = f"the first {checkpoint.size} events are not those that were signed for"
            else:
                fits += 1
        if wrong is not None:
            break
        tree.push(hashes)
    return Inspection(
        events=tree.size, head=head, root=tree.root().hex(), checkpoints=fits, foreign=foreign,
        wrong=wrong,
    )  # fmt: skip


def _differs(number: int, hashes: Sequence[bytes], stored: bytes) -> str | None:
    """The first position of a tile whose leaf does not have the hash that is stored."""
    for at, hashed in enumerate(hashes):
        if hashed != stored[at * HASH_BYTES : (at + 1) * HASH_BYTES]:
            position = number * TILE_WIDTH + at + 1
            return f"the event at position {position} does not have the hash that the tree has"
    return None


async def _published(reader: Reader) -> list[CheckpointPublished]:
    """The checkpoints in the order of what they cover."""
    events = await reader.read(KNOWN, limit=_MOST_CHECKPOINTS, backwards=True)
    known = [r.event for r in events if isinstance(r.event, CheckpointPublished)]
    return sorted(known, key=lambda checkpoint: checkpoint.size)


def _says(published: CheckpointPublished, key: VerifierKey) -> bytes | None:
    """The root that a note was signed for; None where it is not this key's."""
    try:
        return Checkpoint.parse(open_note(published.note, [key])).root
    except TrackerError:
        return None
