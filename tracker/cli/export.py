"""`tracker export`: the log in one file that others can check without us."""

from pathlib import Path

import click

from tracker.cli.session import Out, with_parts
from tracker.parts import Parts
from tracker.proof.bundle import Manifest
from tracker.proof.progress import progress_bar


@click.command("export")
@click.argument("file", metavar="FILE.zip", type=click.Path(path_type=Path))
@click.option("--until", type=click.IntRange(1), metavar="POSITION",
              help="The last position with payload and evidence; else all.")  # fmt: skip
@click.option("--tag", "tags", multiple=True,
              help="Payloads and evidence of events with this tag only; may be repeated.")  # fmt: skip
@click.option("--no-evidence", is_flag=True, help="Leave the bytes of the documents out.")
@click.option("--no-views", is_flag=True, help="Leave the rows of the views out.")
@with_parts
async def export(
    parts: Parts,
    out: Out,
    file: Path,
    until: int | None,
    tags: tuple[str, ...],
    no_evidence: bool,
    no_views: bool,
) -> None:
    """Write a bundle for auditors, which `tracker verify` checks offline."""
    # Other commands start faster without what only a bundle needs.
    from projections import VIEWS
    from projections.served import Served
    from tracker.proof.export import Exporter, Wanted

    exporter = Exporter(
        database=parts.database, reader=parts.reader, executor=parts.executor,
        signer=parts.signer, clock=parts.clock,
        dumps=Served(parts.database, VIEWS, parts.settle),
    )  # fmt: skip
    wanted = Wanted(until=until, tags=tags, with_evidence=not no_evidence, with_views=not no_views)
    with progress_bar("events") as progress:
        made = await exporter.export(file, wanted, await parts.operator(), progress=progress)
    key = parts.signer.verifier().text
    out.answer(
        {"file": str(file), "manifest": made, "verifier_key": key},
        lambda: (
            f"{file} holds {made.events} events, {made.payloads} payloads and {made.evidence}"
            f" pieces of evidence; {made.erased} payloads were erased.\n"
            f"{_views(made)}\n"
            f"Its verifier key, to be handed over by another way:\n{key}"
        ),
    )


def _views(made: Manifest) -> str:
    by_reason: dict[str, list[str]] = {}
    for name, reason in made.views_left_out.items():
        by_reason.setdefault(reason, []).append(name)
    left_out = (f"\nLeft out: {', '.join(names)}: {reason}." for reason, names in by_reason.items())
    return f"It holds the rows of {len(made.views)} views.{''.join(left_out)}"
