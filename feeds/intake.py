"""Takes the items of one response into the log: new ones, changed ones, and the drafts in them."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from feeds.article import Version, as_item, is_teaser, is_wanted, wants_page
from feeds.citing import Citing
from feeds.extract import drafts
from feeds.fetched import Fetched
from feeds.guard import host_of
from feeds.identity import DiffClass, diff_class, identify, is_another, link_key, snapshot
from feeds.items import RawItem
from feeds.kept import Kept, sha256_of
from feeds.parsed import ParsedFeed
from feeds.versions import Known, Newest, known_versions
from tracker.clock import Clock
from tracker.domain.base import Actor
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.errors import Refused, Unavailable
from tracker.domain.feed import FeedState
from tracker.domain.feed_settings import Article
from tracker.domain.ids import derived
from tracker.domain.intake import ReceiveDocument, ReviseDocument
from tracker.domain.likeness import signature
from tracker.domain.values import RULES, instant_text
from tracker.execute import Executor
from tracker.log.evidence import Evidence
from tracker.log.read import Reader
from tracker.tables.pages import Pages

_FIRST_POLL_DAYS = 2
log = logging.getLogger(__name__)


class Counts(msgspec.Struct, frozen=True):
    """How many items were new, changed, known or left out, and how many drafts they gave."""

    new: int = 0
    revised: int = 0
    known: int = 0
    drafts: int = 0
    left_out: int = 0
    """Items that could not be recorded; the next poll sees them again."""
    pages: int = 0
    """Items whose page is fetched next, and their drafts with it."""


class Response(msgspec.Struct, frozen=True):
    """What one poll of one feed gave; `first` if the feed was never polled with success."""

    fetched: Fetched
    parsed: ParsedFeed
    feed: FeedState
    first: bool


class Intake:
    """Puts documents and their drafts on record; taking in the same response again adds nothing."""

    def __init__(
        self,
        *,
        executor: Executor,
        evidence: Evidence,
        reader: Reader,
        pages: Pages,
        citing: Citing,
        actor: Actor,
        clock: Clock,
    ) -> None:
        self._executor = executor
        self._evidence = evidence
        self._reader = reader
        self._pages = pages
        self._citing = citing
        self._actor = actor
        self._clock = clock

    async def take_in(self, response: Response) -> Counts:
        """All items of a response, oldest first; its bytes are kept once one is new.

        An item that cannot be recorded is left out and stops no other. A document that was erased
        is not taken in again, and no bytes are kept that hold it.
        """
        items = await self._identified(response)
        withheld_by = next((item.erased_by for item in items if item.erased_by), None)
        counts, kept = Counts(), Kept(self._evidence, response.fetched, withheld_by)
        for found in items:
            if found.erased_by:
                counts = _plus(counts, "known")
                continue
            try:
                kind, proposed, pages = await self._take(response, kept, found)
            except Unavailable:
                raise
            except Exception:  # whatever is odd about one item is no reason to miss the others
                log.exception("left out %s of %s", found.document, response.feed.url)
                kind, proposed, pages = "left_out", 0, 0
            counts = _plus(counts, kind, proposed, pages)
        return counts

    async def _identified(self, response: Response) -> list["_Found"]:
        """The items with the documents that they are; another item under a known guid is new."""
        found = sorted(identify(response.parsed.items), key=lambda i: _when(i.item))
        items = [recordable(i.item) for i in found]
        documents = [_document(response.feed, i.identity) for i in found]
        known = await known_versions(self._reader, documents)
        told = [_Found.of(d, item, known) for d, item in zip(documents, items, strict=True)]
        others = [n for n, one in enumerate(told) if await self._is_another(one)]
        by_link = {n: _document(response.feed, link_key(items[n])) for n in others}
        known = await known_versions(self._reader, list(by_link.values()))
        for n, document in by_link.items():
            told[n] = _Found.of(document, items[n], known)
        return told

    async def _is_another(self, found: "_Found") -> bool:
        """Whether a feed uses the guid of a known item for one that has nothing to do with it."""
        version = found.known.version if found.known else None
        if version is None or found.item.url in (None, version.url) or version.url is None:
            return False
        return is_another(as_item(version, await self._said(version)), found.item)

    async def _said(self, version: Version) -> str:
        """What a feed itself said of an item when it was recorded."""
        sha256 = version.teaser_sha256 or version.text_sha256
        return (await self._evidence.get(sha256) or b"").decode()

    async def _take(self, response: Response, kept: Kept, found: "_Found") -> tuple[str, int, int]:
        diff = await self._diff(found.known.version, found.item) if found.known else None
        if found.known and diff is None:
            return "known", 0, 0
        return await self._record(response, await kept.sha256(), found, diff)

    async def _diff(self, known: Version, item: RawItem) -> DiffClass | None:
        """In what way the item differs from the version on record, None where it does not."""
        now, said = _version(item), known.teaser_sha256 or known.text_sha256
        if said == now["text_sha256"] and all(
            getattr(known, name) == value for name, value in now.items() if name != "text_sha256"
        ):
            return None
        recorded = as_item(known, await self._said(known))
        # When a feed says that it touched an item is not remembered: only what it says counts.
        new = msgspec.structs.replace(item, updated_at=None)
        return diff_class(snapshot(recorded), snapshot(new))

    async def _record(
        self, response: Response, raw_sha256: str, found: "_Found", diff: DiffClass | None
    ) -> tuple[str, int, int]:
        """A new document, or where there is a difference a new version; with its drafts.

        Where a page is wanted, the drafts come with it; until then the teaser is all there is.
        """
        settings = response.feed.settings
        content = snapshot(found.item).content_hash
        item = _as_published(found.item, response)
        wanted = diff == "substantive" if diff else self._recent(response, item)
        awaits = wants_page(item, settings.article_mode)
        fields: dict[str, Any] = {
            **_fields(response, item),
            "document": found.document,
            "raw_sha256": raw_sha256,
            **await self._text(found, item, mode=settings.article_mode),
        }
        if wanted and awaits:
            # Before the event: a process that dies in between has a page too much, not one too few.
            await self._pages.want(found.document, host_of(item.url or ""))
        drafted = wanted and not awaits and is_wanted(item, settings)
        proposed = tuple(drafts(item, found.document)) if drafted else ()
        command: ReceiveDocument | ReviseDocument
        if diff is None:
            received = DocumentReceived(**fields)
            command = ReceiveDocument(received=received, content_hash=content, drafts=proposed)
        else:
            texts = [item.text]
            if fields["text_sha256"] != sha256_of(item.text):
                texts.append((await self._evidence.get(fields["text_sha256"]) or b"").decode())
            gone = await self._citing.gone(found.document, texts)
            revised = DocumentRevised(diff=diff, gone=gone, **fields)
            command = ReviseDocument(
                revised=revised,
                content_hash=content,
                drafts=proposed,
                # Its page may be read at this moment.
                replaces=str(found.known.event) if found.known else None,
            )
        done = await self._executor.execute(command, self._actor)
        return ("revised" if diff else "new"), max(len(done.events) - 1, 0), int(wanted and awaits)

    async def _text(self, found: "_Found", item: RawItem, *, mode: Article) -> dict[str, Any]:
        """The text to be quoted: the item's own, or still that of its page, beside a new teaser."""
        sha256, body = await self._evidence.keep(item.text.encode()), item.text[item.body_start :]
        known = found.known.version if found.known else None
        if known is not None and known.teaser_sha256 and (mode == "always" or is_teaser(body)):
            return {
                "text_sha256": known.text_sha256,
                "teaser_sha256": sha256,
                "signature": known.signature,
            }
        return {"text_sha256": sha256, "signature": signature(body)}

    def _recent(self, response: Response, item: RawItem) -> bool:
        """On the first poll of a feed, old items are kept but propose nothing."""
        if not response.first or item.published_at is None:
            return True
        days = response.feed.added.backfill_days
        allowed = timedelta(days=_FIRST_POLL_DAYS if days is None else days)
        return item.published_at >= self._clock() - allowed


class _Found(msgspec.Struct, frozen=True):
    """An item with its document, and what the log knows of it."""

    document: str
    item: RawItem
    known: Newest | None
    erased_by: UUID | None

    @classmethod
    def of(cls, document: str, item: RawItem, known: Known) -> "_Found":
        return cls(document, item, known.newest.get(document), known.erased.get(document))


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


def _plus(counts: Counts, kind: str, proposed: int = 0, pages: int = 0) -> Counts:
    more = {"drafts": counts.drafts + proposed, "pages": counts.pages + pages}
    return msgspec.structs.replace(counts, **{kind: getattr(counts, kind) + 1}, **more)


def _as_published(item: RawItem, response: Response) -> RawItem:
    """The item with what its feed says of all items."""
    settings = response.feed.settings
    return msgspec.structs.replace(
        item,
        publisher=settings.publisher or item.publisher or response.parsed.title,
        language=settings.language or item.language,
    )


def recordable(item: RawItem) -> RawItem:
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
        "text_sha256": sha256_of(item.text),
        "title": item.title,
        "url": item.url,
        "author": item.author,
        "published_at": _published(item),
    }


def _published(item: RawItem) -> str | None:
    return instant_text(item.published_at) if item.published_at else None


def _document(feed: FeedState, identity: str) -> str:
    return str(derived("feed item", feed.added.feed, identity))


def _when(item: RawItem) -> tuple[bool, float]:
    """Oldest first; items without a date last, in the order of the feed."""
    published = item.published_at
    return (published is None, published.timestamp() if published else 0.0)
