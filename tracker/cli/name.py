"""`tracker name`: the names of a person, an organisation or a group."""

from typing import get_args

import click

from tracker.cli.session import Out, with_parts
from tracker.cli.writing import key_option, write
from tracker.domain.party import Kind, NameParty
from tracker.parts import Parts


@click.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--kind", type=click.Choice(get_args(Kind)), required=True)
@click.option("--party", metavar="ID", help="A known party, which gets these names too.")
@click.option("--country", metavar="CODE")
@click.option("--external-id", "ids", multiple=True, metavar="WHERE=ID", help="wikidata=Q148, …")
@with_parts
async def name(
    parts: Parts,
    out: Out,
    names: tuple[str, ...],
    kind: Kind,
    party: str | None,
    country: str | None,
    ids: tuple[str, ...],
    idempotency_key: str | None,
) -> None:
    """Name a party: the first of its NAMES is shown, the others are aliases."""
    known = {where: own for where, _, own in (one.partition("=") for one in ids)}
    if not all(known.values()):
        raise click.UsageError("write --external-id WHERE=ID")
    command = NameParty(kind=kind, names=names, party=party, country=country, external_ids=known)
    await write(parts, out, command, idempotency_key)


name.params.append(key_option())
