"""`tracker proof`: that an event is in the log, in a form that other tools can check."""

import click

from tracker.cli.session import Out, with_parts
from tracker.parts import Parts
from tracker.proof.published import LeafProof, leaf_proof


@click.command()
@click.argument("position", type=click.IntRange(1, 2**62))
@with_parts
async def proof(parts: Parts, out: Out, position: int) -> None:
    """Prove that the event at POSITION is under the last checkpoint, or else in the log."""
    found = await leaf_proof(position, parts.reader, parts.tiles)
    out.answer(found, lambda: _told(found))


def _told(found: LeafProof) -> str:
    under = found.checkpoint or f"no checkpoint covers it yet; the root is {found.root}\n"
    path = "".join(f"  {hashed}\n" for hashed in found.proof)
    return (
        f"Event {found.position} is leaf {found.index} of {found.size} (RFC 6962).\n\n"
        f"Leaf\n  {found.leaf}\nHash\n  {found.leaf_hash}\n"
        f"Inclusion proof, leaf to root\n{path}\nCheckpoint\n{under}".removesuffix("\n")
    )
