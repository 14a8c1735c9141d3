"""A log with something in it, put there the way it gets there in earnest, and a served console."""

import asyncio
import html
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from feeds.extract import drafts
from feeds.items import RawItem, compose
from tests.loopback import listening
from tracker.domain.catalog import fact_from
from tracker.domain.document import DocumentReceived
from tracker.domain.draft import DraftProposed
from tracker.domain.fact import RecordFact
from tracker.domain.ids import derived
from tracker.domain.intake import ReceiveDocument
from tracker.domain.reviewing import AcceptDraft
from tracker.domain.values import instant_text
from tracker.parts import Parts
from tracker.sample import DECISIONS, PUBLISHER, REPORTS, Report
from tracker.tables.traits import Traits, set_traits
from tracker.web import application

SAMPLE = Traits("sample", "published")


@asynccontextmanager
async def served(parts: Parts) -> AsyncGenerator[str]:
    """The console on loopback; its address."""
    listener = listening()
    config = uvicorn.Config(application(parts), log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


async def received(
    parts: Parts,
    text: str,
    *,
    title: str,
    published_at: str | None = None,
    publisher: str = PUBLISHER,
    found: tuple[DraftProposed, ...] = (),
) -> str:
    """A document with this text in the log, and the drafts found in it; its id."""
    document = document_id(title)
    sha256 = await parts.evidence.keep(text.encode())
    event = DocumentReceived(
        document=document, raw_sha256=sha256, text_sha256=sha256, title=title,
        publisher=publisher, published_at=published_at, language="en",
        url="https://example.org/report",
    )  # fmt: skip
    command = ReceiveDocument(received=event, content_hash=sha256, drafts=found)
    await parts.executor.execute(command, await parts.operator())
    return document


def document_id(title: str) -> str:
    """The id of the document with a title."""
    return str(derived("test-document", title))


async def recorded(parts: Parts, noun: str, **fields: Any) -> str:
    """A fact in the log; its event's id."""
    command = RecordFact(fact=fact_from(noun, fields))
    done = await parts.executor.execute(command, await parts.operator())
    return str(done.events[-1].id)


async def sample(parts: Parts, *, decide: bool = True) -> None:
    """The sample's three reports with their drafts, and what its user accepts of them."""
    await set_traits(parts.database, SAMPLE)
    for report in REPORTS:
        item = _item(report)
        found = tuple(drafts(item, document_id(report.title)))
        moment = instant_text(report.published)
        await received(
            parts, item.text, title=report.title, published_at=moment, found=found
        )  # fmt: skip
        if decide:
            await _decide(parts, report, found)
    await parts.settle()


async def _decide(parts: Parts, report: Report, found: tuple[DraftProposed, ...]) -> None:
    actor = await parts.operator()
    for decision in DECISIONS:
        for draft in found:
            if decision.fits(report.guid, draft.fact_type, draft.fact):
                proposed = fact_from(draft.fact_type, draft.fact)
                edited = fact_from(draft.fact_type, decision.edited(draft.fact))
                command = AcceptDraft(draft=draft.draft, proposed=proposed, edited=edited)
                await parts.executor.execute(command, actor)


def _item(report: Report) -> RawItem:
    blocks = re.sub(r"</(?:p|h2|figcaption)>", "\n\n", report.body)
    words = html.unescape(re.sub(r"<[^>]*>", "", blocks))
    body = "\n\n".join(part.strip() for part in words.split("\n\n") if part.strip())
    text, start = compose(report.title, body)
    return RawItem(
        text=text, body_start=start, guid=report.guid, publisher=PUBLISHER,
        published_at=report.published,
    )  # fmt: skip
