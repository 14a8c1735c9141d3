"""`tracker erase EVENT`: erase a fact, a draft or a document with everything that repeats it."""

import sys
from uuid import UUID

import click
from rich.console import Group
from rich.table import Table

from tracker.cli.session import ID_LENGTH, Out, table, with_parts
from tracker.domain.errors import Refused
from tracker.erasing.erase import Erased
from tracker.erasing.plan import Plan
from tracker.parts import Parts


@click.command()
@click.argument("event", metavar="EVENT|DRAFT|DOCUMENT")
@click.option(
    "--legal-basis", required=True, metavar="TEXT", help="On what ground; kept in the log for ever."
)
@click.option("--keep-evidence", is_flag=True, help="Leave the bytes and texts of its documents.")
@click.option("--dry-run", is_flag=True, help="Only show what would go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_parts
async def erase(
    parts: Parts,
    out: Out,
    event: str,
    legal_basis: str,
    keep_evidence: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Erase content for good: payloads, evidence and every copy in the views.

    Envelopes stay, so that nothing else comes into doubt. It cannot be undone.
    """
    root, actor = _id(event), await parts.operator()
    await parts.settle()
    plan = await parts.erasing.plan(root, legal_basis, actor, keep_evidence=keep_evidence)
    if dry_run or not _anything(plan):
        if not dry_run:
            await parts.erasing.resume(out.say)
        out.answer(Erased(plan=plan), lambda: described(plan))
        return
    if not (yes or out.as_json) and sys.stdin.isatty():
        out.answer(plan, lambda: described(plan))
        click.confirm("Erase this for good?", abort=True)
    elif not yes:
        raise Refused("erasing cannot be undone: add --yes, or --dry-run to see what would go")
    done = await parts.erasing.erase(
        root, legal_basis, actor, keep_evidence=keep_evidence, say=out.say
    )
    out.answer(done, lambda: _done(done))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused(f"{text[:80]!r} is not an id (a UUID)", field="event") from None


def _anything(plan: Plan) -> bool:
    return bool(plan.events or plan.evidence or plan.documents)


def described(plan: Plan) -> Group | str:
    """What would go and what stays, for people."""
    if not _anything(plan):
        how = f": {plan.erased_by.sentence()}" if plan.erased_by else ""
        return f"Nothing of it is left to erase{how}."
    return Group(_goes(plan), *([_stays(plan)] if plan.stays else []))


def _listed(title: str, *columns: str) -> Table:
    """A table whose ids can be copied; the longer hashes go on in the next line."""
    made = table(title, *columns)
    made.columns[0].min_width = ID_LENGTH
    return made


def _goes(plan: Plan) -> Table:
    made = _listed("This goes", "what", "position", "type", "headline")
    for line in plan.events:
        made.add_row(line.event, str(line.position), line.type, line.headline)
    for piece in plan.evidence:
        size = "not kept" if piece.size_bytes is None else f"{piece.size_bytes} bytes"
        made.add_row(piece.sha256, "", "evidence", size)
    return made


def _stays(plan: Plan) -> Table:
    made = _listed("This stays", "what", "position", "type", "headline", "why")
    for line in plan.stays:
        made.add_row(line.event, str(line.position), line.type, line.headline, line.why)
    return made


def _done(done: Erased) -> str:
    return (
        f"Erased by event {done.position}: {done.deleted.payloads} payloads and"
        f" {done.deleted.evidence} pieces of evidence. Exports given out before still hold them."
    )
