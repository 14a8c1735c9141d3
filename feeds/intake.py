"""Takes the items of one response into the log: new ones, changed ones, and the drafts in them."""

import hashlib
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from feeds.extract import drafts
from feeds.fetch import Fetched
from feeds.identity import DiffClass, IdentifiedItem, diff_class, identify, snapshot
from feeds.items import RawItem
from feeds.parsed import ParsedFeed
from tracker.clock import Clock
from tracker.domain.base import Actor, tagged
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.draft import DraftProposed
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import Refused, Unavailable
from tracker.domain.feed import FeedState
from tracker.domain.ids import derived
from tracker.domain.intake import ReceiveDocument, ReviseDocument
from tracker.domain.values import RULES, instant, instant_text
from tracker.execute import Executor
from tracker.log.evidence import Capture, Evidence
from tracker.log.read import Reader

_FIRST_POLL_DAYS = 2
Version = DocumentReceived | DocumentRevised
log = logging.getLogger(__name__)


class Counts(msgspec.Struct, frozen=True):
    """How many items were new, changed, known or left out, and how many drafts they gave."""

    new: int = 0
    revised: int = 0
    known: int = 0
    drafts: int = 0
    left_out: int = 0
    """Items that could not be recorded; the next poll sees them again."""


class Response(msgspec.Struct, frozen=True):
    """What one poll of one feed gave; `first` if the feed was never polled with success."""

    fetched: Fetched
    parsed: ParsedFeed
    feed: FeedState
    first: bool


class Intake:
    """Puts documents and their drafts on record; taking in the same response again adds nothing."""

    def __init__(
        self, executor: Executor, evidence: Evidence, reader: Reader, actor: Actor, clock: Clock
    ) -> None:
        self._executor = executor
        self._evidence = evidence
        self._reader = reader
        self._actor = actor
        self._clock = clock

    async def take_in(self, response: Response) -> Counts:
        """All items of a response, oldest first; its bytes are kept once one is new.

        An item that cannot be recorded is left out and stops no other. A document that was erased
        is not taken in again, and no bytes are kept that hold it.
        """
        found = sorted(identify(response.parsed.items), key=lambda i: _when(i.item))
        items = [(_recordable(i.item), _document(response.feed, i)) for i in found]
        newest, erased = await self._newest([document for _, document in items])
        withheld_by = next(iter(erased.values()), None)
        counts, kept = Counts(), _Kept(self._evidence, response.fetched, withheld_by)
        for item, document in items:
            if document in erased:
                counts = _plus(counts, "known", 0)
                continue
            try:
                kind, proposed = await self._take(
                    response, kept, document, item, newest.get(document)
                )
            except Unavailable:
                raise
            except Exception:  # whatever is odd about one item is no reason to miss the others
                log.exception("left out %s of %s", document, response.feed.url)
                kind, proposed = "left_out", 0
            counts = _plus(counts, kind, proposed)
        return counts

    async def _take(
        self,
        response: Response,
        kept: "_Kept",
        document: str,
        item: RawItem,
        known: Version | None,
    ) -> tuple[str, int]:
        diff = await self._diff(known, item) if known else None
        if known and diff is None:
            return "known", 0
        return await self._record(response, await kept.sha256(), document, item, diff)

    async def _newest(self, documents: Sequence[str]) -> tuple[dict[str, Version], dict[str, UUID]]:
        """The newest version of each document that the log has, and what erased those it had."""
        query = tagged(*(f"document:{d}" for d in documents))
        newest: dict[str, Version] = {}
        erased: dict[str, UUID] = {}
        for recorded in await self._reader.read_all(query, before=await self._reader.head()):
            if isinstance(recorded.event, Version):
                newest[recorded.event.document] = recorded.event
            elif isinstance(recorded.event, PayloadErased):
                gone = set(recorded.event.documents) & set(documents)
                erased.update(dict.fromkeys(gone, recorded.id))
        return newest, erased

    async def _diff(self, known: Version, item: RawItem) -> DiffClass | None:
        """In what way the item differs from the version on record, None where it does not."""
        now = _version(item)
        if all(getattr(known, name) == value for name, value in now.items()):
            return None
        text = (await self._evidence.get(known.text_sha256) or b"").decode()
        head = len(known.title) + 2 if known.title and text.startswith(known.title) else 0
        recorded = RawItem(
            text=text,
            body_start=head,
            title=known.title,
            url=known.url,
            author=known.author,
            published_at=instant(known.published_at) if known.published_at else None,
        )
        # When a feed says that it touched an item is not remembered: only what it says counts.
        new = msgspec.structs.replace(item, updated_at=None)
        return diff_class(snapshot(recorded), snapshot(new))

    async def _record(
        self,
        response: Response,
        raw_sha256: str,
        document: str,
        item: RawItem,
        diff: DiffClass | None,
    ) -> tuple[str, int]:
        """A new document, or where there is a difference a new version; with its drafts."""
        content = snapshot(item).content_hash
        item = _as_published(item, response)
        fields: dict[str, Any] = {
            **_fields(response, item),
            "document": document,
            "raw_sha256": raw_sha256,
            "text_sha256": await self._evidence.keep(item.text.encode()),
        }
        wanted = diff == "substantive" if diff else self._recent(response, item)
        proposed: tuple[DraftProposed, ...] = tuple(drafts(item, document)) if wanted else ()
        command: ReceiveDocument | ReviseDocument
        if diff is None:
            received = DocumentReceived(**fields)
            command = ReceiveDocument(received=received, content_hash=content, drafts=proposed)
        else:
            revised = DocumentRevised(diff=diff, **fields)
            command = ReviseDocument(revised=revised, content_hash=content, drafts=proposed)
        done = await self._executor.execute(command, self._actor)
        return ("revised" if diff else "new"), max(len(done.events) - 1, 0)

    def _recent(self, response: Response, item: RawItem) -> bool:
        """On the first poll of a feed, old items are kept but propose nothing."""
        if not response.first or item.published_at is None:
            return True
        days = response.feed.added.backfill_days
        allowed = timedelta(days=_FIRST_POLL_DAYS if days is None else days)
        return item.published_at >= self._clock() - allowed


class _Kept:
    """The bytes of a response, stored as evidence once one of its items needs them.

    Where an item of it was erased they are withheld: only their hash is on record.
    """

    def __init__(self, evidence: Evidence, fetched: Fetched, withheld_by: UUID | None) -> None:
        self._evidence = evidence
        self._fetched = fetched
        self._withheld_by = withheld_by
        self._sha256: str | None = None

    async def sha256(self) -> str:
        """Their SHA-256, once they are stored or withheld."""
        if self._sha256 is None and self._withheld_by is not None:
            self._sha256 = await self._evidence.withhold(self._fetched.body, self._withheld_by)
        if self._sha256 is None:
            capture = Capture(
                url=self._fetched.url,
                captured_at=self._fetched.fetched_at,
                status=self._fetched.status,
                headers=tuple(self._fetched.headers.items()),
                media_type=self._fetched.content_type,
            )
            self._sha256 = await self._evidence.keep(self._fetched.body, capture)
        return self._sha256


def _fields(response: Response, item: RawItem) -> dict[str, Any]:
    return {
        "url": item.url,
        "title": item.title,
        "publisher": item.publisher,
        "author": item.author,
        "language": item.language,
        "published_at": _published(item),
        "published_basis": "feed" if item.published_at else None,
        "feed": response.feed.added.feed,
        "guid": item.guid,
    }


def _plus(counts: Counts, kind: str, proposed: int) -> Counts:
    more = {kind: getattr(counts, kind) + 1, "drafts": counts.drafts + proposed}
    return msgspec.structs.replace(counts, **more)


def _as_published(item: RawItem, response: Response) -> RawItem:
    """The item with what its feed says of all items."""
    added, parsed = response.feed.added, response.parsed
    return msgspec.structs.replace(
        item,
        publisher=added.publisher or item.publisher or parsed.title,
        language=added.language or item.language,
    )


def _recordable(item: RawItem) -> RawItem:
    """The item without what is no address or no language: neither is a reason to lose it."""
    url = _well_formed("url", "%20".join(item.url.split()) if item.url else None)
    language = _well_formed("language", item.language.replace("_", "-") if item.language else None)
    return msgspec.structs.replace(item, url=url, language=language)


def _well_formed(kind: str, value: str | None) -> str | None:
    try:
        return value and RULES[kind](value)
    except Refused:
        return None


def _version(item: RawItem) -> dict[str, str | None]:
    """What tells one version of a document from another."""
    return {
        "text_sha256": hashlib.sha256(item.text.encode()).hexdigest(),
        "title": item.title,
        "url": item.url,
        "author": item.author,
        "published_at": _published(item),
    }


def _published(item: RawItem) -> str | None:
    return instant_text(item.published_at) if item.published_at else None


def _document(feed: FeedState, identified: IdentifiedItem) -> str:
    return str(derived("feed item", feed.added.feed, identified.identity))


def _when(item: RawItem) -> tuple[bool, float]:
    """Oldest first; items without a date last, in the order of the feed."""
    published = item.published_at
    return (published is None, published.timestamp() if published else 0.0)
