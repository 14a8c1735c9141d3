"""`tracker inbox …`: drafts that wait for a decision, and documents that gave none."""

from typing import Any

import click

from projections.silent import SilentDocument
from tracker.cli.session import Out, data_option, json_from, json_option, minute, with_parts
from tracker.domain.base import Command
from tracker.domain.reviewing import RejectDraft, SnoozeDraft
from tracker.domain.seeing import SeeDocument
from tracker.parts import Parts
from tracker.reviewing.desk import Outcome
from tracker.reviewing.duplicates import Duplicate
from tracker.reviewing.stacks import Stack

_with = click.option(
    "--with", "others", multiple=True, metavar="DRAFT", help="Another draft of the same stack."
)


@click.group(invoke_without_command=True)
@data_option
@json_option
@click.pass_context
def inbox(context: click.Context, data: str | None, as_json: bool) -> None:
    """Drafts that wait: list (the default), accept, join, reject, snooze, undo; silent, seen."""
    if context.invoked_subcommand is None:
        context.invoke(list_stacks, data=data, as_json=as_json, limit=50, snoozed=False)


@inbox.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--snoozed", is_flag=True, help="Those that are put off.")
@with_parts
async def list_stacks(parts: Parts, out: Out, limit: int, snoozed: bool) -> None:
    """List what waits: first what a subscription watches, then by age."""
    await parts.settle()
    found = await parts.desk.inbox.waiting(limit=limit, snoozed=snoozed)
    out.answer(found, lambda: "\n\n".join(map(_described, found.stacks)) or "Nothing waits.")


def _described(stack: Stack) -> str:
    """A stack for people: its first draft in full, the ids of the others to copy."""
    draft, *others = stack.drafts
    kind = draft.fact_type.replace("-", " ")
    quote = next((c["quote"] for c in draft.fact.get("citations", ())), "")
    marks = ", watched" if stack.watched else ""
    if stack.snoozed_until:
        marks += f", put off until {minute(stack.snoozed_until)}"
    lines = [f"{draft.draft}  {kind}, confidence {draft.confidence}{marks}", f"    “{quote}”"]
    return "\n".join(lines + [f"    and {other.draft}" for other in others])


async def _decide(parts: Parts, out: Out, command: Command, word: str) -> None:
    done = await parts.desk.decide(command, await parts.operator())
    facts = [str(n.id) for n in done.events if not n.event.type.startswith("draft-")]
    answer = {"events": facts, "position": done.position}
    out.answer(answer, lambda: f"{word} at position {done.position}.")


@inbox.command("accept")
@click.argument("drafts", nargs=-1, required=True, metavar="DRAFT...")
@click.option("--edited", metavar="JSON", help="Fields of the fact that differ from the draft.")
@click.option("--reason")
@_with
@with_parts
async def accept(parts: Parts, out: Out, drafts: tuple[str, ...], **given: Any) -> None:
    """Make a fact of a draft, or of each of several; --with makes further sources of others."""
    first, *more = drafts
    if more:
        if any(given.values()):
            raise click.UsageError("--edited, --reason and --with are for one draft at a time.")
        outcomes = await parts.desk.accept_each(drafts, await parts.operator())
        out.answer(outcomes, lambda: "\n".join(map(_told, outcomes)))
        return
    edited = json_from(given["edited"]) if given["edited"] else None
    command = await parts.desk.acceptance(
        first, edited=edited, reason=given["reason"], others=given["others"]
    )
    await _decide(parts, out, command, "Accepted")


def _told(outcome: Outcome) -> str:
    what = outcome.refused or f"accepted at position {outcome.position}"
    return f"{outcome.draft}  {what}"


@inbox.command("duplicates")
@click.argument("draft")
@with_parts
async def show_duplicates(parts: Parts, out: Out, draft: str) -> None:
    """List known facts that say what a draft says."""
    await parts.settle()
    found = await parts.desk.duplicates(await parts.desk.draft(draft))
    out.answer(found, lambda: "\n".join(map(_alike, found)) or "No known fact says so.")


def _alike(one: Duplicate) -> str:
    return f"{one.event}  {one.headline}\n    {one.why}"


@inbox.command("join")
@click.argument("draft")
@click.argument("fact")
@click.option("--reason")
@_with
@with_parts
async def join(
    parts: Parts, out: Out, draft: str, fact: str, reason: str | None, others: tuple[str, ...]
) -> None:
    """Take a draft as a further source of a known fact."""
    command = await parts.desk.joining(draft, fact, reason=reason, others=others)
    await _decide(parts, out, command, "Joined")


@inbox.command("reject")
@click.argument("draft")
@click.option("--reason", required=True)
@_with
@with_parts
async def reject(parts: Parts, out: Out, draft: str, reason: str, others: tuple[str, ...]) -> None:
    """Close a draft without a fact."""
    await _decide(parts, out, RejectDraft(draft=draft, others=others, reason=reason), "Rejected")


@inbox.command("snooze")
@click.argument("draft")
@click.option("--until", required=True, help="A day, or a time with its zone.")
@click.option("--reason")
@_with
@with_parts
async def snooze(parts: Parts, out: Out, draft: str, **given: Any) -> None:
    """Put a draft off; it wakes by itself."""
    await _decide(parts, out, SnoozeDraft(draft=draft, **given), "Put off")


@inbox.command("undo")
@click.argument("draft")
@click.option("--reason", default="undo", show_default=True)
@with_parts
async def undo(parts: Parts, out: Out, draft: str, reason: str) -> None:
    """Undo what was decided on a draft, and on those decided with it."""
    await _decide(parts, out, await parts.desk.undoing(draft, reason), "Undone")


inbox.add_command(undo, "reopen")


@inbox.command("silent")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@with_parts
async def silent(parts: Parts, out: Out, limit: int) -> None:
    """List documents that name what is watched and gave no draft."""
    await parts.settle()
    found = await parts.desk.inbox.silent(limit=limit)
    out.answer(found, lambda: "\n".join(map(_unread, found)) or "Nothing was missed.")


def _unread(row: SilentDocument) -> str:
    return f"{row.document}  {row.title or row.url or ''}\n    {', '.join(row.names + row.terms)}"


@inbox.command("seen")
@click.argument("document")
@click.option("--reason")
@click.option("--undo", "again", is_flag=True, help="It is to be looked at again.")
@with_parts
async def seen(parts: Parts, out: Out, document: str, reason: str | None, again: bool) -> None:
    """Be done with a document that gave no draft."""
    command = SeeDocument(document=document, reason=reason, again=again)
    await _decide(parts, out, command, "To be looked at again" if again else "Seen")
