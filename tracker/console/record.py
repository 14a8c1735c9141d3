"""Recording by hand: a source is kept first, then facts are read off its text, one after another."""

import hashlib
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from feeds.add import LARGEST_BYTES, Added, Handed, fetch_document
from projections.entries import headline
from projections.views.documents import Document
from projections.views.inbox import Draft
from tracker.console.drafting import edited, form_of
from tracker.console.inbox import line
from tracker.console.passages import Passage, pieces
from tracker.console.quoting import cited, quoted, rating
from tracker.console.site import AnyRequest, page, pages, with_query
from tracker.console.sources import anchor, citations, documents
from tracker.console.visits import (
    GivenParts,
    Visit,
    arrive,
    decider,
    identified,
    posted_file,
)
from tracker.domain.base import Command, Recorded
from tracker.domain.catalog import FACTS, fact_from, fact_type
from tracker.domain.errors import NotFound
from tracker.domain.fact import Fact, RecordFact, door_name
from tracker.domain.values import checked, checked_value
from tracker.execute import Done
from tracker.log.evidence import Capture
from tracker.parts import Parts

_RECENT = 12
_MOST_FACTS = 200


@get("/record")
async def record(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """The three ways in, and the documents received last."""
    visit = await arrive(request, parts)
    recent = await parts.views.select(Document, order=("position",), descending=True, limit=_RECENT)
    target = await _target(parts, request.query_params.get("for"))
    return page(
        request,
        "record.html",
        visit=visit,
        recent=recent,
        target=target,
        target_line=await said(parts, target) if target else None,
        twin="/api/v1/documents",
    )


@post("/record/text", status_code=303)
async def paste(request: AnyRequest, parts: GivenParts) -> Redirect:
    """Keep a text that was pasted."""
    visit, fields = await decider(request, parts)
    text = checked_value(fields.get("text", ""), None, "text")
    given = _known_of(fields)
    capture = Capture(url=_typed(fields, "url", "url"), captured_at=parts.clock())
    handed = Handed(data=text.replace("\r\n", "\n").encode(), capture=capture, **given)
    return await _kept(await parts.add_document(handed, visit.user.actor()), fields, parts)


@post("/record/file", status_code=303)
async def upload(request: AnyRequest, parts: GivenParts) -> Redirect:
    """Keep a file: HTML or plain text."""
    visit = await arrive(request, parts)
    visit.user.must_be("analyst")
    data = await posted_file(request, visit, "file", LARGEST_BYTES)
    fields = {name: v for name, v in (await request.form()).items() if isinstance(v, str)}
    capture = Capture(url=_typed(fields, "url", "url"), captured_at=parts.clock())
    handed = Handed(data=data, capture=capture, **_known_of(fields))
    return await _kept(await parts.add_document(handed, visit.user.actor()), fields, parts)


@post("/record/url", status_code=303)
async def fetched(request: AnyRequest, parts: GivenParts) -> Redirect:
    """Fetch a page and keep it."""
    visit, fields = await decider(request, parts)
    url = _typed(fields, "url", "url") or ""
    found = await fetch_document(parts.session, url, parts.guard, parts.clock)
    handed = msgspec.structs.replace(found, **_known_of(fields))
    return await _kept(await parts.add_document(handed, visit.user.actor()), fields, parts)


def _known_of(fields: dict[str, str]) -> dict[str, Any]:
    return {
        "title": _typed(fields, "title"),
        "publisher": _typed(fields, "publisher"),
        "published": _typed(fields, "published", "instant"),
    }


def _typed(fields: dict[str, str], name: str, rule: str | None = None) -> str | None:
    typed = fields.get(name, "").strip()
    return checked_value(typed, rule, name) if typed else None


async def _kept(added: Added, fields: dict[str, str], parts: Parts) -> Redirect:
    await parts.settle(added.position)
    pairs = [("for", fields.get("for")), ("document", "known" if added.known else "kept")]
    return Redirect(with_query(f"/record/{added.document}", pairs), status_code=303)


@get("/record/{document:str}")
async def read_off(
    request: AnyRequest, parts: GivenParts, document: FromPath[str]
) -> Response[str]:
    """The text of a document beside the form for a kind of fact, or for a further source."""
    visit = await arrive(request, parts)
    asked = request.query_params
    row, text = await text_of(parts, str(identified(document)))
    target = await _target(parts, asked.get("for"))
    kind = fact_type(asked.get("kind") or "policy")
    drafts = await parts.views.select(
        Draft, equal={"document": row.document, "status": "waiting"}, order=("position",)
    )
    place = quoted(text, dict(asked.items())) if asked.get("quote") else None
    proposal = _proposal(drafts, kind, place) if place else None
    made = await parts.event(asked["recorded"]) if asked.get("recorded") else None
    return page(
        request,
        "record-document.html",
        visit=visit,
        document=row,
        pieces=pieces(text, await _marks(parts, row.document, text, place)),
        kinds=[(name, name.replace("-", " ")) for name in FACTS],
        kind=door_name(kind),
        about=(kind.__doc__ or "").strip().split("\n\n")[0],
        fields=form_of(kind.type, proposal.fact if proposal else {}),
        drafts=[(d, line(d)[0]) for d in drafts],
        proposal=proposal,
        place=place,
        quote=text[place[0] : place[1]] if place else "",
        made=made,
        made_line=await said(parts, made) if made else None,
        state=asked.get("document"),
        target=target,
        target_line=await said(parts, target) if target else None,
        twin=f"/api/v1/documents/{row.document}",
    )


def _proposal(drafts: list[Draft], kind: type[Fact], place: tuple[int, int]) -> Draft | None:
    """The draft of this kind that was read from the marked words."""
    start, end = place
    for draft in drafts:
        spans = [span for found in draft.spans.values() for span in found]
        if draft.fact_type == kind.type and any(a < end and b > start for a, b in spans):
            return draft
    return None


async def _marks(
    parts: Parts, document: str, text: str, place: tuple[int, int] | None
) -> list[Passage]:
    """What facts cite already, and the words that are quoted now."""
    found = [Passage(*place, "quoted now", "quoted")] if place else []
    for entry in await parts.questions.timeline(documents=[document], limit=_MOST_FACTS):
        for i, citation in enumerate(citations(entry.says)):
            start, end = citation.start or 0, citation.end or 0
            if citation.document == document and text[start:end] == citation.quote:
                found.append(Passage(start, end, entry.headline, anchor(entry.row.position, i)))
    return found


@post("/record/{document:str}/{kind:str}", status_code=303)
async def state_fact(
    request: AnyRequest, parts: GivenParts, document: FromPath[str], kind: FromPath[str]
) -> Redirect:
    """Record what the form says, citing the quote; the same form comes back for the next fact."""
    visit, fields = await decider(request, parts)
    row, text = await text_of(parts, str(identified(document)))
    wanted = fact_type(kind)
    stated = edited(wanted.type, {}, fields) or {}
    sources = {"citations": [msgspec.to_builtins(cited(row.document, text, fields))]}
    fact = checked(fact_from(wanted.type, {**stated, **rating(fields), **sources}))
    done = await once(parts, visit, fields, RecordFact(fact=fact))
    pairs = [("kind", door_name(wanted)), ("recorded", done.events[-1].id)]
    return Redirect(with_query(f"/record/{row.document}", pairs), status_code=303)


async def once(parts: Parts, visit: Visit, fields: dict[str, str], command: Command) -> Done:
    """Execute what a form asks for; the same form sent twice is one act."""
    sent = msgspec.json.encode(sorted(fields.items()))
    key = hashlib.sha256(sent).hexdigest() if fields.get("page_at") else None
    done = await parts.executor.execute(command, visit.user.actor(), idempotency_key=key)
    await parts.settle(done.position)
    return done


async def text_of(parts: Parts, document: str) -> tuple[Document, str]:
    """A document on record with its newest text; NotFound where either is missing."""
    rows = await documents(parts, [document])
    if document not in rows:
        raise NotFound(f"document: no document {document} is in the log", field="document")
    return rows[document], await parts.text(rows[document])


async def said(parts: Parts, recorded: Recorded) -> str:
    """One line about an event."""
    facets = recorded.event.facets() if recorded.event else None
    return headline(recorded, await parts.questions.names(facets.parties if facets else ()))


async def _target(parts: Parts, named: str | None) -> Recorded | None:
    return await parts.event(named) if named else None


PAGE = pages(record, paste, upload, fetched, read_off, state_fact)
