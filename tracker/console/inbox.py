"""The inbox: what waits, each draft beside the passages it was read from; and what gave no draft."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from litestar import Response, get

from projections.views.documents import Document
from projections.views.inbox import Draft
from tracker.console.drafting import Field, form_of
from tracker.console.passages import Excerpt, Passage, excerpts
from tracker.console.site import AnyRequest, moment, page, pages, whom, with_query
from tracker.console.sources import documents, texts
from tracker.console.visits import GivenParts, arrive, identified
from tracker.domain.catalog import fact_from
from tracker.domain.errors import TrackerError
from tracker.parts import Parts
from tracker.reviewing.duplicates import Duplicate
from tracker.reviewing.stacks import Stack

NAPS = {"1 day": 1, "3 days": 3, "1 week": 7, "4 weeks": 28}
"""For how many days a draft may be put off."""
_PAGE = 20
_RECENT = 8
_MOST_DONE = 40
_MOST_SILENT = 200


class Words(msgspec.Struct, frozen=True):
    """The words of the text that a field rests on, and the anchor of their mark."""

    text: str
    anchor: str


class Other(msgspec.Struct, frozen=True):
    """Another draft of the same stack."""

    draft: str
    title: str
    publisher: str


class Item(msgspec.Struct, frozen=True):
    """A stack by its first draft, with its document, its passages and its form."""

    draft: Draft
    watched: bool
    headline: str
    document: Document | None
    excerpts: tuple[Excerpt, ...]
    text: str
    fields: list[Field]
    words: dict[str, Words]
    complaint: str | None
    """Why it is no whole fact yet."""
    others: list[Other]
    known: list[Duplicate]


class Decision(msgspec.Struct, frozen=True):
    """What became of a draft, in a line."""

    draft: str
    word: str
    line: str
    said: str
    fact: str | None
    undoable: bool


@get("/inbox")
async def inbox(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """What waits, the watched first, and the latest decisions that can be undone."""
    visit = await arrive(request, parts)
    asked = request.query_params
    wanted = asked.get("draft")
    found = await parts.desk.inbox.waiting(limit=_PAGE)
    stacks: Sequence[Stack] = found.stacks
    if wanted:
        row = await parts.desk.draft(str(identified(wanted)))
        stacks = (await parts.desk.inbox.stack(row),) if row.status == "waiting" else ()
    done = [
        str(identified(text)) for text in (asked.get("done") or "").split(",")[:_MOST_DONE] if text
    ]
    notice = await parts.views.select(Draft, within={"draft": done}) if done else []
    return page(
        request,
        "inbox.html",
        visit=visit,
        items=await _items(parts, stacks),
        follow=0 if wanted else max(0, found.total - len(stacks)),
        snoozed=found.snoozed,
        unread=len(await parts.desk.inbox.silent(limit=_MOST_SILENT)),
        lately=[_decision(draft) for draft in await _lately(parts)],
        notice=[_decision(draft) for draft in notice],
        failed=asked.get("failed") or None,
        focus=asked.get("focus"),
        only=wanted,
        naps=list(NAPS),
        twin=with_query("/api/v1/drafts", [("status", "waiting")]),
    )


@get("/inbox/unread")
async def unread(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """Documents that name what is watched and gave no draft, the oldest first."""
    visit = await arrive(request, parts)
    rows = await parts.desk.inbox.silent(limit=_MOST_SILENT)
    known = await documents(parts, [row.document for row in rows[:_PAGE]])
    shown = [
        {
            "id": row.document,
            "title": row.title or row.url or "Untitled document",
            "publisher": (d := known.get(row.document)) and d.publisher,
            "published": d and d.published_at and d.published_at[:10],
            "names": [*map(whom, row.names), *(f"“{term}”" for term in row.terms)],
        }
        for row in rows[:_PAGE]
    ]
    return page(request, "unread.html", visit=visit, documents=shown, total=len(rows),
                focus=request.query_params.get("focus"), twin="/api/v1/documents")  # fmt: skip


async def _lately(parts: Parts) -> list[Draft]:
    """The latest decisions that stand, of each kind some."""
    found: list[Draft] = []
    for status in ("accepted", "rejected"):
        found += await parts.views.select(
            Draft, equal={"status": status}, order=("decided_at",), descending=True, limit=_RECENT
        )
    decided = [d for d in found if d.decided_at]
    return sorted(decided, key=lambda d: d.decided_at or d.proposed_at, reverse=True)[:_RECENT]


def _decision(draft: Draft) -> Decision:
    word = {"accepted": "Accepted", "rejected": "Rejected"}.get(draft.status, "Waits again")
    if draft.corroborates:
        word = "Added as a further source"
    if draft.status == "waiting" and draft.snoozed_until:
        word = f"Put off until {_day(draft.snoozed_until)}"
    when = [str(moment(draft.decided_at))] if draft.decided_at else []
    by = ["by the rule of its feed"] if draft.by_rule else []
    said = ", ".join(filter(None, [draft.reason, *by])) if (draft.reason or by) else ""
    return Decision(
        draft.draft,
        word,
        line(draft)[0],
        said,
        draft.corroborates or draft.fact_event,
        bool(when) or draft.snoozed_until is not None,
    )


def _day(until: datetime) -> str:
    return f"{until:%Y-%m-%d %H:%M} UTC"


async def _items(parts: Parts, stacks: Iterable[Stack]) -> list[Item]:
    shown = list(stacks)
    known = await documents(parts, [d.document for s in shown for d in s.drafts])
    read = await texts(parts, [known[i] for s in shown if (i := s.drafts[0].document) in known])
    return [await _item(parts, stack, known, read) for stack in shown]


async def _item(
    parts: Parts, stack: Stack, known: dict[str, Document], read: dict[str, str]
) -> Item:
    draft, *others = stack.drafts
    headline, complaint = line(draft)
    text = read.get(draft.document, "")
    passages = [
        Passage(start, end, _label(field), f"{draft.draft}-{field.replace('.', '-')}-words", field)
        for field, spans in draft.spans.items()
        for start, end in spans[:1]
    ]
    return Item(
        draft,
        stack.watched,
        headline,
        known.get(draft.document),
        excerpts(text, passages),
        text,
        form_of(draft.fact_type, draft.fact),
        _words(text, passages),
        complaint,
        [_other(other, known.get(other.document)) for other in others],
        await parts.desk.duplicates(draft),
    )


def _label(field: str) -> str:
    return field.replace("_", " ").replace(".", ": ")


def _words(text: str, passages: Iterable[Passage]) -> dict[str, Words]:
    """Field → its words, with the anchor of the mark that begins where they do."""
    first: dict[int, str] = {}
    found: dict[str, Words] = {}
    for passage in passages:
        anchor = first.setdefault(passage.start, passage.anchor)
        found[passage.field] = Words(text[passage.start : passage.end], anchor)
    return found


def _other(draft: Draft, document: Document | None) -> Other:
    title = (document and document.title) or line(draft)[0]
    return Other(draft.draft, title, (document and document.publisher) or "")


def line(draft: Draft) -> tuple[str, str | None]:
    """One line about a draft, and why it is no whole fact yet."""
    try:
        fact = fact_from(draft.fact_type, draft.fact)
        return fact.headline(lambda party: party), None
    except TrackerError as wrong:
        return f"A {draft.fact_type.replace('-', ' ')} that is not complete", wrong.message


PAGE = pages(inbox, unread)
