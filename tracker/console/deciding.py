"""The forms of the inbox: each decides a draft, with the others of its stack, and can be undone."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect

from projections.views.inbox import Draft
from tracker.console.drafting import edited
from tracker.console.inbox import NAPS
from tracker.console.site import AnyRequest, pages, with_query
from tracker.console.visits import GivenParts, Visit, decider, identified
from tracker.domain.base import Command
from tracker.domain.catalog import fact_from
from tracker.domain.errors import Refused
from tracker.domain.reviewing import AcceptDraft, RejectDraft, SnoozeDraft
from tracker.domain.seeing import SeeDocument
from tracker.domain.values import instant_text
from tracker.parts import Parts

_AHEAD = 200
"""How many stacks are looked through for the one that comes next."""


@post("/inbox/{draft:str}/accept", status_code=303)
async def accept(request: AnyRequest, parts: GivenParts, draft: FromPath[str]) -> Redirect:
    """Make a fact of the draft, as proposed or as edited in the form."""
    visit, fields = await decider(request, parts)
    row = await parts.desk.draft(str(identified(draft)))
    changed = edited(row.fact_type, row.fact, fields)
    fact = fact_from(row.fact_type, row.fact if changed is None else changed)
    command = AcceptDraft(
        draft=row.draft,
        others=_others(fields),
        proposed=fact,
        edited=None if changed is None else fact,
    )
    return await _decided(parts, visit, row, command)


@post("/inbox/{draft:str}/join", status_code=303)
async def join(request: AnyRequest, parts: GivenParts, draft: FromPath[str]) -> Redirect:
    """Take the draft as a further source of a fact that is known."""
    visit, fields = await decider(request, parts)
    row = await parts.desk.draft(str(identified(draft)))
    fact = str(identified(fields.get("fact", "")))
    command = await parts.desk.joining(row.draft, fact, others=_others(fields))
    return await _decided(parts, visit, row, command)


@post("/inbox/{draft:str}/reject", status_code=303)
async def reject(request: AnyRequest, parts: GivenParts, draft: FromPath[str]) -> Redirect:
    """Close the draft without a fact."""
    visit, fields = await decider(request, parts)
    row = await parts.desk.draft(str(identified(draft)))
    command = RejectDraft(draft=row.draft, others=_others(fields), reason=fields.get("reason", ""))
    return await _decided(parts, visit, row, command)


@post("/inbox/{draft:str}/snooze", status_code=303)
async def snooze(request: AnyRequest, parts: GivenParts, draft: FromPath[str]) -> Redirect:
    """Put the draft off; it wakes by itself."""
    visit, fields = await decider(request, parts)
    row = await parts.desk.draft(str(identified(draft)))
    days = NAPS.get(fields.get("for", ""))
    if days is None:
        raise Refused(f"for: choose one of {', '.join(NAPS)}", field="for")
    until = instant_text(parts.clock() + timedelta(days=days))
    command = SnoozeDraft(draft=row.draft, others=_others(fields), until=until)
    return await _decided(parts, visit, row, command)


@post("/inbox/{draft:str}/reopen", status_code=303)
async def reopen(request: AnyRequest, parts: GivenParts, draft: FromPath[str]) -> Redirect:
    """Undo the decision on the draft, and on those that were decided with it."""
    visit, _ = await decider(request, parts)
    row = await parts.desk.draft(str(identified(draft)))
    done = await parts.desk.decide(await parts.desk.undoing(row.draft), visit.user.actor())
    await parts.settle(done.position)
    return _heading(row.draft, done=[row.draft])


@post("/inbox/accept", status_code=303)
async def accept_marked(request: AnyRequest, parts: GivenParts) -> Redirect:
    """Accept all that are marked, each as it is proposed; one that is refused holds up no other."""
    visit, fields = await decider(request, parts)
    marked = _named(fields, "pick.")
    if not marked:
        raise Refused("mark at least one draft first", field="pick")
    outcomes = await parts.desk.accept_each(marked, visit.user.actor())
    if position := max((o.position or 0 for o in outcomes), default=0):
        await parts.settle(position)
    done = [o.draft for o in outcomes if o.refused is None]
    refused = [o for o in outcomes if o.refused]
    failed = f"{len(refused)} could not be accepted: {refused[0].refused}" if refused else None
    waiting = (await parts.desk.inbox.waiting(limit=1)).stacks
    return _heading(waiting[0].drafts[0].draft if waiting else None, done=done, failed=failed)


@post("/inbox/unread/{document:str}/seen", status_code=303)
async def see(request: AnyRequest, parts: GivenParts, document: FromPath[str]) -> Redirect:
    """Be done with a document that gave no draft."""
    visit, _ = await decider(request, parts)
    command = SeeDocument(document=str(identified(document)))
    done = await parts.desk.decide(command, visit.user.actor())
    await parts.settle(done.position)
    left = await parts.desk.inbox.silent(limit=1)
    focus = left[0].document if left else None
    return Redirect(with_query("/inbox/unread", [("focus", focus or "unread-empty")]),
                    status_code=303)  # fmt: skip


def _others(fields: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(_named(fields, "other."))


def _named(fields: Mapping[str, str], prefix: str) -> list[str]:
    return [
        str(identified(name.removeprefix(prefix))) for name in fields if name.startswith(prefix)
    ]


async def _decided(parts: Parts, visit: Visit, row: Draft, command: Command) -> Redirect:
    """Back to the inbox, to the heading of what waited behind the draft that was decided."""
    waiting = (await parts.desk.inbox.waiting(limit=_AHEAD)).stacks
    heads = [stack.drafts[0].draft for stack in waiting]
    at = next((i for i, s in enumerate(waiting) if any(d.draft == row.draft for d in s.drafts)), -1)
    done = await parts.desk.decide(command, visit.user.actor())
    await parts.settle(done.position)
    left = [*heads[at + 1 :], *heads[: max(at, 0)]]
    return _heading(left[0] if left else None, done=[row.draft])


def _heading(focus: str | None, *, done: Sequence[str], failed: str | None = None) -> Redirect:
    pairs = [("done", ",".join(done)), ("focus", focus), ("failed", failed)]
    address = with_query("/inbox", pairs)
    return Redirect(f"{address}#{f'draft-{focus}' if focus else 'inbox-empty'}", status_code=303)


PAGE = pages(accept, join, reject, snooze, reopen, accept_marked, see)
