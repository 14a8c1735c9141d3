"""What anybody may ask of the tree: the last checkpoint, and that an event is under it."""

import base64

import msgspec

from tracker.domain.checkpoint import KNOWN, CheckpointPublished
from tracker.domain.errors import NotFound, TrackerError
from tracker.log.read import Reader
from tracker.proof.tiles import Tiles


class LeafProof(msgspec.Struct, frozen=True, kw_only=True):
    """That an event is in the log: RFC 6962 inclusion of leaf `index` among the first `size`.

    Hashes are base64, as in a checkpoint. SHA-256 of 0x00 and the bytes of `leaf` (UTF-8) is
    `leaf_hash`; from there the proof leads to `root`. `checkpoint` is the signed note with that
    root, or null where none covers the event yet and the proof is against the head of the log.
    """

    position: int
    index: int
    size: int
    leaf: str
    leaf_hash: str
    proof: list[str]
    root: str
    checkpoint: str | None


async def last_published(reader: Reader) -> CheckpointPublished | None:
    """The checkpoint that was published last, None where there is none."""
    for recorded in await reader.read(KNOWN, limit=1, backwards=True):
        if isinstance(recorded.event, CheckpointPublished):
            return recorded.event
    return None


async def leaf_proof(position: int, reader: Reader, tiles: Tiles) -> LeafProof:
    """The proof that an event is under the last checkpoint, or else under the head of the log.

    Raises NotFound where no event is at the position, and TrackerError where the tree does not
    lead to the checkpoint: then the log was rewritten.
    """
    head = await reader.head()
    if not 0 < position <= head:
        raise NotFound(f"no event is at position {position}; the log ends at {head}")
    published = await last_published(reader)
    covered = published is not None and position <= published.size <= head
    size = published.size if published is not None and covered else head
    leaf = await reader.leaf(position)
    found = await tiles.inclusion(position, size)
    if leaf.hash != found.leaf_hash or (
        published is not None and covered and found.root.hex() != published.root
    ):
        raise TrackerError(f"the log of {size} events is not the one that was signed for")
    return LeafProof(
        position=position,
        index=position - 1,
        size=size,
        leaf=leaf.content.decode(),
        leaf_hash=_text(found.leaf_hash),
        proof=[_text(hashed) for hashed in found.proof],
        root=_text(found.root),
        checkpoint=published.note if published is not None and covered else None,
    )


def _text(hashed: bytes) -> str:
    return base64.b64encode(hashed).decode()
