"""`tracker checkpoint`: sign the log as it stands, or show the key that others check it by."""

import click

from tracker.cli.session import Out, with_parts
from tracker.domain.errors import Refused
from tracker.parts import Parts


@click.command()
@click.option("--key", is_flag=True, help="Print the verifier key instead; hand it to auditors.")
@click.option(
    "--new-origin",
    is_flag=True,
    help="After a restore from an older backup: begin a new origin, as a log of its own.",
)
@with_parts
async def checkpoint(parts: Parts, out: Out, key: bool, new_origin: bool) -> None:
    """Sign the log as it stands, put the checkpoint on record and print it."""
    if key and new_origin:
        raise Refused("--key shows the key and changes nothing; leave one of the two out")
    if key:
        text = parts.signer.verifier().text
        out.answer({"key": text}, lambda: text)
        return
    note = await parts.signer.checkpoint(new_origin=new_origin)
    out.answer({"note": note}, lambda: note.removesuffix("\n"))
