"""The inbox: drafts that wait, each beside the passage it was read from, and the decisions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from projections.views.documents import Document
from projections.views.inbox import Draft
from tracker.console.drafting import Field, edited, form_of
from tracker.console.passages import Excerpt, Passage, excerpts
from tracker.console.site import AnyRequest, page, pages, with_query
from tracker.console.sources import documents, texts
from tracker.console.visits import GivenParts, Visit, arrive, posted_by
from tracker.domain.catalog import fact_from
from tracker.domain.errors import NotFound, TrackerError
from tracker.domain.reviewing import AcceptDraft, RejectDraft
from tracker.execute import Done
from tracker.parts import Parts

_PAGE = 20
_RECENT = 5


class Item(msgspec.Struct, frozen=True):
    """A draft with its document, its passages and its form."""

    draft: Draft
    headline: str
    document: Document | None
    excerpts: tuple[Excerpt, ...]
    fields: list[Field]
    complaint: str | None
    """Why it is no whole fact yet."""


@get("/inbox")
async def inbox(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """The drafts that wait, the oldest first, and the latest decisions that can be undone."""
    visit = await arrive(request, parts)
    asked = request.query_params
    wanted = asked.get("draft")
    only = {"draft": _id(wanted)} if wanted else {}
    waiting = await parts.views.select(
        Draft, equal={"status": "waiting", **only}, order=("position",), limit=_PAGE
    )
    rejected = await parts.views.select(
        Draft,
        equal={"status": "rejected"},
        order=("decided_at",),
        descending=True,
        limit=_RECENT,
    )
    done = asked.get("done")
    notice = await parts.views.select(Draft, equal={"draft": _id(done)}) if done else []
    return page(
        request,
        "inbox.html",
        visit=visit,
        items=await _items(parts, waiting),
        rejected=[(draft, line(draft)[0]) for draft in rejected],
        notice=[(draft, line(draft)[0]) for draft in notice],
        focus=asked.get("focus"),
        only=wanted,
        twin=with_query("/api/v1/drafts", [("status", "waiting")]),
    )


@post("/inbox/{draft:str}/accept", status_code=303)
async def accept(request: AnyRequest, parts: GivenParts, draft: FromPath[str]) -> Redirect:
    """Make a fact of the draft, as proposed or as edited in the form."""
    visit, fields = await _decider(request, parts)
    row = await _draft(parts, draft)
    changed = edited(row.fact_type, row.fact, fields)
    fact = fact_from(row.fact_type, row.fact if changed is None else changed)
    command = AcceptDraft(
        draft=row.draft,
        proposed=fact,
        edited=None if changed is None else fact,
        reason=fields.get("reason", "").strip() or None,
    )
    done = await parts.executor.execute(command, visit.user.actor())
    return await _next(parts, row, done)


@post("/inbox/{draft:str}/reject", status_code=303)
async def reject(request: AnyRequest, parts: GivenParts, draft: FromPath[str]) -> Redirect:
    """Close the draft without a fact."""
    visit, fields = await _decider(request, parts)
    row = await _draft(parts, draft)
    command = RejectDraft(draft=row.draft, reason=fields.get("reason", ""))
    done = await parts.executor.execute(command, visit.user.actor())
    return await _next(parts, row, done)


@post("/inbox/{draft:str}/reopen", status_code=303)
async def reopen(request: AnyRequest, parts: GivenParts, draft: FromPath[str]) -> Redirect:
    """Undo a rejection."""
    visit, _ = await _decider(request, parts)
    row = await _draft(parts, draft)
    done = await parts.desk.decide(await parts.desk.undoing(row.draft), visit.user.actor())
    await parts.settle(done.position)
    return _heading(row.draft, done=row.draft)


async def _decider(request: AnyRequest, parts: Parts) -> tuple[Visit, dict[str, str]]:
    visit = await arrive(request, parts)
    visit.user.must_be("analyst")
    return visit, await posted_by(request, visit)


async def _draft(parts: Parts, draft: str) -> Draft:
    rows = await parts.views.select(Draft, equal={"draft": _id(draft)})
    if not rows:
        raise NotFound(f"no draft {draft} is in the log", field="draft")
    return rows[0]


async def _next(parts: Parts, decided: Draft, done: Done) -> Redirect:
    """Back to the inbox, to the heading of the draft that waited behind the decided one."""
    waiting = await parts.views.select(
        Draft, equal={"status": "waiting"}, order=("position",), limit=1000
    )
    after = [d for d in waiting if d.position > decided.position and d.draft != decided.draft]
    before = [d for d in waiting if d.position < decided.position]
    target = (after or before or [None])[0]
    await parts.settle(done.position)
    return _heading(target.draft if target else None, done=decided.draft)


def _heading(focus: str | None, *, done: str) -> Redirect:
    address = with_query("/inbox", [("done", done), ("focus", focus)])
    return Redirect(f"{address}#{f'draft-{focus}' if focus else 'inbox-empty'}", status_code=303)


async def _items(parts: Parts, drafts: Sequence[Draft]) -> list[Item]:
    known = await documents(parts, [d.document for d in drafts])
    read = await texts(parts, known.values())
    return [_item(d, known.get(d.document), read.get(d.document, "")) for d in drafts]


def _item(draft: Draft, document: Document | None, text: str) -> Item:
    headline, complaint = line(draft)
    passages = [
        Passage(start, end, field.replace("_", " ").replace(".", ": "))
        for field, spans in draft.spans.items()
        for start, end in spans
    ]
    return Item(
        draft,
        headline,
        document,
        excerpts(text, passages),
        form_of(draft.fact_type, draft.fact),
        complaint,
    )


def line(draft: Draft) -> tuple[str, str | None]:
    """One line about a draft, and why it is no whole fact yet."""
    try:
        fact = fact_from(draft.fact_type, draft.fact)
        return fact.headline(lambda party: party), None
    except TrackerError as wrong:
        return f"A {draft.fact_type.replace('-', ' ')} that is not complete", wrong.message


def _id(text: Any) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise NotFound(f"{text[:80]!r} is not an id (a UUID)") from None


PAGE = pages(inbox, accept, reject, reopen)
