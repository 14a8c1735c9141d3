"""`tracker evidence …`: what was fetched, for archives."""

from pathlib import Path

import click

from tracker.cli.session import Out, with_parts
from tracker.parts import Parts
from tracker.proof.progress import progress_bar


@click.group()
def evidence() -> None:
    """Evidence: the bytes that documents were made of."""


@evidence.command("export")
@click.argument("file", metavar="FILE.warc.gz", type=click.Path(path_type=Path))
@with_parts
async def export_evidence(parts: Parts, out: Out, file: Path) -> None:
    """Write all evidence as WARC 1.1, each record with its SHA-256."""
    # Other commands start faster without the writer of archives.
    from tracker.proof.archived import export_warc

    with progress_bar("pieces") as progress:
        count = await export_warc(
            file, parts.database, parts.executor, await parts.operator(), parts.clock,
            progress=progress,
        )  # fmt: skip
    out.answer({"file": str(file), "evidence": count}, lambda: f"{file} holds {count} pieces.")
