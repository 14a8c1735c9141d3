"""`tracker exhibit`: one event with its sources and its proof, on one page."""

from pathlib import Path

import click

from tracker.cli.session import Out, with_parts
from tracker.parts import Parts


@click.command("exhibit")
@click.argument("event", metavar="EVENT|POSITION")
@click.option("--out", "path", metavar="FILE.html", type=click.Path(path_type=Path),
              help="Where to write the page; else it is printed.")  # fmt: skip
@with_parts
async def exhibit(parts: Parts, out: Out, event: str, path: Path | None) -> None:
    """Make a page that a court or a journal can read, which needs nothing but itself."""
    # Other commands start faster without it.
    from tracker.proof.appearing import appearing
    from tracker.proof.exhibit import Exhibitor
    from tracker.proof.page import page

    exhibitor = Exhibitor(
        database=parts.database, reader=parts.reader, evidence=parts.evidence, tiles=parts.tiles,
        signer=parts.signer,
    )  # fmt: skip
    made = await exhibitor.exhibit(await parts.event(event), parts.clock())
    text = page(made)
    if path is None:
        out.answer(made, lambda: click.echo(text, nl=False))
        return
    with appearing(path) as file:
        file.write(text.encode())
    out.answer(
        {"file": str(path), "position": made.recorded.position},
        lambda: f"{path} shows the event at position {made.recorded.position}.",
    )
