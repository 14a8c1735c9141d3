"""Takes the items of one response into the log: new ones, changed ones, and the drafts in them."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from feeds.article import Version, as_item, is_teaser, is_wanted, named_terms, wants_page
from feeds.citing import Citing
from feeds.counts import Counts, Taken
from feeds.extractor import Found
from feeds.guard import host_of
from feeds.identity import DiffClass, diff_class, identify, is_another, other_keys, snapshot
from feeds.items import RawItem
from feeds.kept import Kept, sha256_of
from feeds.recordable import as_published, fields_of, oldest_first, recordable, version_of
from feeds.response import Response
from feeds.versions import Known, Newest, known_versions
from feeds.worker import Parser
from tracker.clock import Clock
from tracker.domain.base import Actor
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.draft import DraftProposed
from tracker.domain.errors import Refused, Unavailable
from tracker.domain.feed import FeedState
from tracker.domain.ids import derived
from tracker.domain.intake import ReceiveDocument, ReceiveDocuments, ReviseDocument
from tracker.domain.likeness import signature
from tracker.execute import Executor
from tracker.log.evidence import Evidence
from tracker.log.read import Reader
from tracker.tables.pages import Pages

FIRST_POLL_DAYS = 2
log = logging.getLogger(__name__)


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
        parser: Parser,
        actor: Actor,
        clock: Clock,
    ) -> None:
        self._executor = executor
        self._evidence = evidence
        self._reader = reader
        self._pages = pages
        self._citing = citing
        self._parser = parser
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
        new = [found for found in items if not found.known and not found.erased_by]
        received = await self._receive(response, kept, new)
        for found in items:
            if found.erased_by:
                counts = counts.plus(("known", 0, 0))
                continue
            try:
                taken = received.get(found.document) or await self._take(response, kept, found)
            except Unavailable:
                raise
            except Exception:  # whatever is odd about one item is no reason to miss the others
                log.exception("left out %s of %s", found.document, response.feed.url)
                taken = ("left_out", 0, 0)
            counts = counts.plus(taken)
        return counts

    async def _receive(
        self, response: Response, kept: Kept, new: Sequence["_Found"]
    ) -> dict[str, Taken]:
        """New items in one append, as that is many times as fast as one for each.

        Where one of them is odd none is recorded: each is then taken by itself.
        """
        if len(new) < 2:
            return {}
        try:
            plans = [self._plan(response, found, None) for found in new]
            raw = await kept.sha256()
            await self._evidence.keep_many(plan.item.text.encode() for plan in plans)
            read = await self._found(plans)
            documents = tuple(
                self._received(response, plan, raw, found)
                for plan, found in zip(plans, read, strict=True)
            )
            await self._want_pages(plans)
            command = ReceiveDocuments(documents=documents)
            done = await self._executor.execute(command, self._actor)
        except Unavailable:
            raise
        except Exception:  # the odd one is found, and said, when each is taken by itself
            log.info("the items of %s are taken one by one", response.feed.url, exc_info=True)
            return {}
        made = Counter(e.event.document for e in done.events if isinstance(e.event, DraftProposed))
        return {plan.document: ("new", made[plan.document], int(plan.visited)) for plan in plans}

    async def _identified(self, response: Response) -> list["_Found"]:
        """The items with the documents that they are; another item under a known guid is new."""
        found = sorted(identify(response.parsed.items), key=lambda i: oldest_first(i.item))
        items = [recordable(i.item) for i in found]
        documents = [_document(response.feed, i.identity) for i in found]
        known = await known_versions(self._reader, documents)
        told = [_Found.of(d, item, known) for d, item in zip(documents, items, strict=True)]
        others = [n for n, one in enumerate(told) if await self._is_another(one)]
        taken = {one.document for n, one in enumerate(told) if n not in others}
        renamed: dict[int, str] = {}
        for n in others:
            keys = [_document(response.feed, key) for key in other_keys(items[n])]
            renamed[n] = next((d for d in keys if d not in taken), keys[-1])
            taken.add(renamed[n])
        known = await known_versions(self._reader, list(renamed.values()))
        for n, document in renamed.items():
            told[n] = _Found.of(document, items[n], known)
        # What has no key left of its own says the same as another.
        return list({one.document: one for one in told}.values())

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

    async def _take(self, response: Response, kept: Kept, found: "_Found") -> Taken:
        diff = await self._diff(found.known.version, found.item) if found.known else None
        if found.known and diff is None:
            return "known", 0, 0
        return await self._record(response, await kept.sha256(), found, diff)

    async def _diff(self, known: Version, item: RawItem) -> DiffClass | None:
        """In what way the item differs from the version on record, None where it does not."""
        now, said = version_of(item), known.teaser_sha256 or known.text_sha256
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
    ) -> Taken:
        """A new document, or where there is a difference a new version; with its drafts."""
        plan = self._plan(response, found, diff)
        await self._evidence.keep(plan.item.text.encode())
        [read] = await self._found([plan])
        command: ReceiveDocument | ReviseDocument
        if diff is None:
            command = self._received(response, plan, raw_sha256, read)
        else:
            fields = self._fields(response, plan, raw_sha256, read)
            texts = [plan.item.text]
            if fields["text_sha256"] != sha256_of(plan.item.text):
                texts.append((await self._evidence.get(fields["text_sha256"]) or b"").decode())
            gone = await self._citing.gone(plan.document, texts)
            revised = DocumentRevised(diff=diff, gone=gone, **fields)
            command = ReviseDocument(
                revised=revised,
                content_hash=plan.content_hash,
                drafts=tuple(read.drafts),
                # Its page may be read at this moment.
                replaces=str(found.known.event) if found.known else None,
            )
        await self._want_pages([plan])
        done = await self._executor.execute(command, self._actor)
        return ("revised" if diff else "new"), max(len(done.events) - 1, 0), int(plan.visited)

    def _plan(self, response: Response, found: "_Found", diff: DiffClass | None) -> "_Plan":
        """What is to be done about an item.

        Where a page is wanted, the drafts come with it; until then the teaser is all there is.
        """
        settings = response.feed.settings
        item = as_published(found.item, response.parsed, response.feed)
        wanted = diff == "substantive" if diff else self._recent(response, item)
        mode = settings.article_mode
        awaits = wants_page(item, mode)
        short = mode == "always" or is_teaser(item.text[item.body_start :])
        return _Plan(
            document=found.document,
            item=item,
            content_hash=snapshot(found.item).content_hash,
            before=found.known.version if found.known and short else None,
            visited=wanted and awaits,
            drafted=wanted and not awaits and is_wanted(item, settings),
        )

    async def _found(self, plans: Sequence["_Plan"]) -> list[Found]:
        """What is found in each item, nothing where it is not to have drafts."""
        asked = [(plan.item, plan.document) for plan in plans if plan.drafted]
        found = await self._parser.found(asked)
        if isinstance(found, str):
            if len(plans) > 1:
                raise Refused(found)
            log.warning("%s gives no drafts: %s", plans[0].document, found)
            return [Found()]
        read = iter(found)
        return [next(read) if plan.drafted else Found() for plan in plans]

    async def _want_pages(self, plans: Sequence["_Plan"]) -> None:
        """Have pages fetched that drafts come with.

        Before the event: a process that dies in between has a page too much, not one too few.
        """
        for plan in plans:
            if plan.visited:
                await self._pages.want(plan.document, host_of(plan.item.url or ""))

    def _received(
        self, response: Response, plan: "_Plan", raw_sha256: str, read: Found
    ) -> ReceiveDocument:
        received = DocumentReceived(**self._fields(response, plan, raw_sha256, read))
        drafts = tuple(read.drafts)
        return ReceiveDocument(received=received, content_hash=plan.content_hash, drafts=drafts)

    def _fields(
        self, response: Response, plan: "_Plan", raw_sha256: str, read: Found
    ) -> dict[str, Any]:
        """The fields of the event; beside a page's text a new teaser changes only itself."""
        item, before, text = plan.item, plan.before, sha256_of(plan.item.text)
        said: dict[str, Any]
        if before is not None and before.teaser_sha256:
            said = {
                "text_sha256": before.text_sha256,
                "teaser_sha256": text,
                "signature": before.signature,
            }
        else:
            said = {"text_sha256": text, "signature": signature(item.text[item.body_start :])}
        of = {"document": plan.document, "raw_sha256": raw_sha256}
        said["names"] = read.names
        said["terms"] = named_terms(item, response.feed.settings) if plan.drafted else ()
        return {**fields_of(item, response.feed), **of, **said}

    def _recent(self, response: Response, item: RawItem) -> bool:
        """On the first poll of a feed, old items are kept but propose nothing."""
        if not response.first or item.published_at is None:
            return True
        days = response.feed.added.backfill_days
        allowed = timedelta(days=FIRST_POLL_DAYS if days is None else days)
        return item.published_at >= self._clock() - allowed


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    """An item with what is to be done about it."""

    document: str
    item: RawItem
    content_hash: str
    before: Version | None
    """The version on record, where the text of its page may have to stay."""
    visited: bool
    drafted: bool


class _Found(msgspec.Struct, frozen=True):
    """An item with its document, and what the log knows of it."""

    document: str
    item: RawItem
    known: Newest | None
    erased_by: UUID | None

    @classmethod
    def of(cls, document: str, item: RawItem, known: Known) -> "_Found":
        return cls(document, item, known.newest.get(document), known.erased.get(document))


def _document(feed: FeedState, identity: str) -> str:
    return str(derived("feed item", feed.added.feed, identity))
