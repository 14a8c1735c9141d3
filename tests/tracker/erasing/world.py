"""A small log with something in it that somebody wants erased, and a look into every table."""

import hashlib
import zlib
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from tests.place import Place
from tracker.domain.base import Actor
from tracker.domain.catalog import fact_from
from tracker.domain.document import DocumentReceived
from tracker.domain.draft import DraftProposed, Span
from tracker.domain.fact import RecordFact
from tracker.domain.ids import derived
from tracker.domain.intake import ReceiveDocument
from tracker.domain.reviewing import AcceptDraft
from tracker.execute import Done
from tracker.log.evidence import Capture
from tracker.parts import Parts

SECRET = "Zacharias Quillfeather waits for his passport"
KEPT = "Ecuador suspends visa-free entry from 1 July"
TEXT = f"At the consulate\n\n{SECRET}. {KEPT}. Nobody else was there."
PAGE = f"<html><p>{TEXT}</p></html>".encode()
DOCUMENT = str(derived("document", "of", "these tests"))
DRAFT = str(derived("draft", "of", "these tests"))
SPARE = str(derived("draft", "that", "nobody decided"))
ADMIN = Actor(str(UUID(int=7)), "admin")
ANALYST = Actor(str(UUID(int=8)), "analyst")
BASIS = "GDPR art. 17, letter of 3 May"
TABLES = """
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'm', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
  and n.nspname not like 'pg_toast%'
"""
LEAVES = "select position, leaf, leaf_hash from log.event order by position"


def said(quote: str) -> dict[str, Any]:
    """The fields of a statement that cites the document."""
    return {
        "speaker": "a clerk",
        "text": quote,
        "verbatim": "verbatim",
        "citations": [{"document": DOCUMENT, "quote": quote}],
    }


def draft(draft_id: str) -> DraftProposed:
    """The proposal of the statement that is to go."""
    return DraftProposed(
        draft=draft_id,
        document=DOCUMENT,
        fact_type="statement-made",
        fact=said(SECRET),
        extractor="by-hand",
        extractor_version=1,
        rule="said",
        confidence="0.9",
        spans=(Span("text", 0, 9),),
    )


async def receive(parts: Parts) -> Done:
    """Put the document on record with two drafts, as a fetch would."""
    capture = Capture(url="https://news.example/consulate", captured_at=parts.clock())
    received = DocumentReceived(
        document=DOCUMENT,
        raw_sha256=await parts.evidence.keep(PAGE, capture),
        text_sha256=await parts.evidence.keep(TEXT.encode()),
        url=capture.url,
        title="At the consulate",
    )
    command = ReceiveDocument(
        received=received, content_hash="1", drafts=(draft(DRAFT), draft(SPARE))
    )
    return await parts.executor.execute(command, ANALYST)


async def accept(parts: Parts) -> UUID:
    """Make a fact of the first draft; its id."""
    proposed = fact_from("statement-made", said(SECRET))
    done = await parts.executor.execute(AcceptDraft(draft=DRAFT, proposed=proposed), ANALYST)
    return next(new.id for new in done.events if new.event.type == "statement-made")


async def record(parts: Parts, quote: str) -> UUID:
    """Record a statement that cites the document; its id."""
    fact = fact_from("statement-made", said(quote))
    done = await parts.executor.execute(RecordFact(fact=fact), ANALYST)
    return done.events[-1].id


async def told(parts: Parts) -> tuple[UUID, UUID]:
    """The document, the fact that is to go and another one that cites it; folded."""
    await receive(parts)
    fact, other = await accept(parts), await record(parts, KEPT)
    await parts.settle()
    return fact, other


def where(place: Place, needle: str) -> set[str]:
    """The tables of every schema that hold a text, deflated or not."""
    found: set[str] = set()
    with psycopg.connect(place.superuser_url) as connection:
        for schema, table in connection.execute(TABLES).fetchall():
            rows = connection.execute(
                sql.SQL("select * from {}").format(sql.Identifier(schema, table))
            ).fetchall()
            if any(_holds(value, needle) for row in rows for value in row):
                found.add(f"{schema}.{table}")
    return found


def _holds(value: object, needle: str) -> bool:
    if not isinstance(value, bytes):
        return needle in str(value)
    try:
        value = zlib.decompress(value)
    except zlib.error:
        pass
    return needle.encode() in value


def leaves(place: Place) -> list[Any]:
    """Every leaf with its hash, as stored and as hashed anew."""
    with psycopg.connect(place.superuser_url) as connection:
        rows = connection.execute(LEAVES).fetchall()
    assert all(hashlib.sha256(b"\0" + leaf).digest() == stored for _, leaf, stored in rows)
    return rows


def copied(place: Place) -> Place:
    """A copy of the database as it is now: an old backup."""
    name = f"{place.name}_old"
    with psycopg.connect(place.server.superuser_url, autocommit=True) as connection:
        connection.execute(
            f"create database {name} template {place.name} owner tracker_migrate".encode()
        )
    return Place(place.server, name, place.data)


def dropped(place: Place) -> None:
    """The copy is not needed any more."""
    with psycopg.connect(place.server.superuser_url, autocommit=True) as connection:
        connection.execute(f"drop database if exists {place.name} with (force)".encode())


def stranger() -> UUID:
    """An id that nothing has."""
    return uuid4()
