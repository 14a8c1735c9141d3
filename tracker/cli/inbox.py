"""`tracker inbox …`: drafts that wait for a decision."""

import click

from projections.questions import Questions
from projections.views.inbox import Draft
from tracker.cli.session import Out, data_option, json_from, json_option, with_parts
from tracker.domain.base import Command
from tracker.domain.catalog import fact_from
from tracker.domain.errors import NotFound
from tracker.domain.reviewing import AcceptDraft, RejectDraft
from tracker.domain.undoing import ReopenDraft
from tracker.parts import Parts


@click.group(invoke_without_command=True)
@data_option
@json_option
@click.pass_context
def inbox(context: click.Context, data: str | None, as_json: bool) -> None:
    """Drafts that wait: list (the default), accept, reject, reopen."""
    if context.invoked_subcommand is None:
        context.invoke(list_drafts, data=data, as_json=as_json, limit=50)


@inbox.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@with_parts
async def list_drafts(parts: Parts, out: Out, limit: int) -> None:
    """List waiting drafts, the oldest first."""
    await parts.settle()
    found = await parts.views.select(
        Draft, equal={"status": "waiting"}, order=("position",), limit=limit
    )
    out.answer(found, lambda: "\n\n".join(map(_described, found)) or "Nothing waits.")


def _described(draft: Draft) -> str:
    """A draft for people: its id to copy, what it proposes and the words behind it."""
    kind = draft.fact_type.replace("-", " ")
    quote = next((c["quote"] for c in draft.fact.get("citations", ())), "")
    return f"{draft.draft}  {kind}, confidence {draft.confidence}\n    “{quote}”"


async def draft_of(questions: Questions, draft: str) -> Draft:
    """A draft by id; NotFound where it was never proposed."""
    found = await questions.views.select(Draft, equal={"draft": draft})
    if not found:
        raise NotFound(f"draft: no draft {draft} is in the log", field="draft")
    return found[0]


async def _decide(parts: Parts, out: Out, command: Command, word: str) -> None:
    done = await parts.executor.execute(command, await parts.operator())
    facts = [str(n.id) for n in done.events if not n.event.type.startswith("draft-")]
    answer = {"events": facts, "position": done.position}
    out.answer(answer, lambda: f"{word} at position {done.position}.")


@inbox.command("accept")
@click.argument("draft")
@click.option("--edited", metavar="JSON", help="Fields of the fact that differ from the draft.")
@click.option("--reason")
@with_parts
async def accept(
    parts: Parts, out: Out, draft: str, edited: str | None, reason: str | None
) -> None:
    """Make a fact of a draft."""
    await parts.settle()
    waiting = await draft_of(parts.questions, draft)
    changed = {**waiting.fact, **json_from(edited)} if edited else None
    command = AcceptDraft(
        draft=draft,
        proposed=fact_from(waiting.fact_type, waiting.fact),
        edited=fact_from(waiting.fact_type, changed) if changed else None,
        reason=reason,
    )
    await _decide(parts, out, command, "Accepted")


@inbox.command("reject")
@click.argument("draft")
@click.option("--reason", required=True)
@with_parts
async def reject(parts: Parts, out: Out, draft: str, reason: str) -> None:
    """Close a draft without a fact."""
    await _decide(parts, out, RejectDraft(draft=draft, reason=reason), "Rejected")


@inbox.command("reopen")
@click.argument("draft")
@click.option("--reason", default="undo", show_default=True)
@with_parts
async def reopen(parts: Parts, out: Out, draft: str, reason: str) -> None:
    """Undo a rejection."""
    await _decide(parts, out, ReopenDraft(draft=draft, reason=reason), "Reopened")
