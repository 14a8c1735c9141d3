"""`tracker merge`: two incidents, or two parties, that turned out to be one."""

import click

from tracker.cli.session import Out, with_parts
from tracker.cli.writing import key_option, write
from tracker.domain.incident import MergeIncidents
from tracker.domain.party import MergeParties
from tracker.parts import Parts

_reason = click.option("--reason", required=True, metavar="TEXT", help="How you know.")


@click.group()
def merge() -> None:
    """Say that two are one; the first is given up for the second."""


@merge.command("incident")
@click.argument("incident")
@click.argument("into")
@_reason
@with_parts
async def incident(
    parts: Parts, out: Out, incident: str, into: str, reason: str, idempotency_key: str | None
) -> None:
    """Merge an incident into another, both by their ids."""
    command = MergeIncidents(incident=incident, into=into, reason=reason)
    await write(parts, out, command, idempotency_key)


@merge.command("party")
@click.argument("party")
@click.argument("into")
@_reason
@with_parts
async def party(
    parts: Parts, out: Out, party: str, into: str, reason: str, idempotency_key: str | None
) -> None:
    """Merge a party into another, by ids or names; the other has the names of both."""
    command = MergeParties(party=party, into=into, reason=reason)
    await write(parts, out, command, idempotency_key)


for one in (incident, party):
    one.params.append(key_option())
