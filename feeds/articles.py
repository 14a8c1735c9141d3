"""What a page says, put on record: as the text of a teaser's item, or as a newer version of itself."""

import hashlib
import logging
from typing import Any

import msgspec

from feeds.article import Version, article, as_item, is_wanted, named_terms, says_more
from feeds.citing import Citing, is_page
from feeds.extractor import Found
from feeds.fetched import Fetched
from feeds.identity import diff_class, snapshot
from feeds.items import RawItem
from feeds.kept import capture_of, sha256_of
from feeds.page import PageText
from feeds.versions import Newest
from feeds.worker import Parser
from tracker.domain.base import Actor
from tracker.domain.document import Diff, DocumentReceived, DocumentRevised
from tracker.domain.errors import Conflict, Refused
from tracker.domain.feed_settings import FeedSettings
from tracker.domain.intake import ProposeDrafts, ReviseDocument
from tracker.domain.likeness import signature
from tracker.domain.values import RULES
from tracker.execute import Executor
from tracker.log.evidence import Evidence

log = logging.getLogger(__name__)


class Visited(msgspec.Struct, frozen=True, kw_only=True):
    """How a visit went, and how many drafts came of it."""

    outcome: str
    message: str
    drafts: int = 0


class Failed(Exception):
    """A visit gave no text; `wait_s` is how long the server wants to be left alone."""

    def __init__(self, outcome: str, message: str, wait_s: int = 0) -> None:
        super().__init__(message)
        self.visited = Visited(outcome=outcome, message=message)
        self.wait_s = wait_s


class Articles:
    """Puts on record what was fetched; the same page again adds nothing."""

    def __init__(
        self,
        *,
        executor: Executor,
        evidence: Evidence,
        citing: Citing,
        parser: Parser,
        actor: Actor,
    ) -> None:
        self._executor = executor
        self._evidence = evidence
        self._citing = citing
        self._parser = parser
        self._actor = actor

    async def read(
        self, newest: Newest, fetched: Fetched, settings: FeedSettings | None
    ) -> Visited:
        """Put on record what a page says that is new; raises Failed where it says nothing."""
        version = newest.version
        page = await self._parser.main_text(fetched.body, content_type=fetched.content_type)
        if isinstance(page, str):
            raise Failed("unreadable", page)
        if not page.body.strip():
            raise Failed("unreadable", "the page has no text")
        before = (await self._evidence.get(version.text_sha256) or b"").decode()
        diff = _diff(version, before, page)
        if diff is None:
            return Visited(outcome="unchanged", message="the page says what it said")
        item = article(version, page)
        wanted = diff in ("article", "substantive") and is_wanted(item, settings)
        found = await self._found(item, version.document) if wanted else Found()
        terms = named_terms(item, settings) if wanted else ()
        revised = await self._revised(version, item, fetched, diff)
        if wanted:
            revised = msgspec.structs.replace(revised, names=found.names, terms=terms)
        command = ReviseDocument(
            revised=revised,
            content_hash=snapshot(item).content_hash,
            drafts=tuple(found.drafts),
            replaces=str(newest.event),
        )
        try:
            # Fetching and reading take a while: what was erased meanwhile must not be kept.
            await self._executor.preview(command, self._actor)
            await self._evidence.keep(fetched.body, capture_of(fetched))
            await self._evidence.keep(item.text.encode())
            done = await self._executor.execute(command, self._actor)
        except Conflict as fault:
            raise Failed("overtaken", fault.message) from fault
        except Refused as fault:
            raise Failed("refused", fault.message) from fault
        words = "the article was read" if diff == "article" else f"the page changed ({diff})"
        return Visited(
            outcome="article" if diff == "article" else "revised",
            message=words,
            drafts=max(len(done.events) - 1, 0),
        )

    async def _revised(
        self, version: Version, item: RawItem, fetched: Fetched, diff: Diff
    ) -> DocumentRevised:
        """The version that the page makes."""
        teaser = version.text_sha256 if diff == "article" else version.teaser_sha256
        texts = [item.text]
        if teaser:
            texts.append((await self._evidence.get(teaser) or b"").decode())
        fields: dict[str, Any] = {
            n: getattr(version, n) for n in DocumentReceived.__struct_fields__
        }
        fields |= {
            "raw_sha256": hashlib.sha256(fetched.body).hexdigest(),
            "text_sha256": sha256_of(item.text),
            "teaser_sha256": teaser,
            "page": _address(fetched.url) or version.url,
            "signature": signature(item.text[item.body_start :]),
            "language": version.language or _language(item.language),
        }
        gone = await self._citing.gone(version.document, texts)
        return DocumentRevised(diff=diff, gone=gone, **fields)

    async def read_teaser(self, version: Version, settings: FeedSettings | None) -> int:
        """Propose what is found in a teaser whose page cannot be had; how many drafts that are."""
        text = (await self._evidence.get(version.text_sha256) or b"").decode()
        item = as_item(version, text)
        wanted = is_wanted(item, settings)
        found = await self._found(item, version.document) if wanted else Found()
        if not found.drafts:
            return 0
        command = ProposeDrafts(document=version.document, drafts=tuple(found.drafts))
        return len((await self._executor.execute(command, self._actor)).events)

    async def _found(self, item: RawItem, document: str) -> Found:
        """What is found in a text; nothing where reading it takes too much."""
        found = await self._parser.found([(item, document)])
        if isinstance(found, str):
            log.warning("%s gives no drafts: %s", document, found)
            return Found()
        return found[0]


def _diff(version: Version, before: str, page: PageText) -> Diff | None:
    """In what way a page differs from the text on record; None where it does not."""
    if not is_page(version):
        teaser = as_item(version, before)
        if not says_more(page, teaser.text[teaser.body_start :]):
            raise Failed("says-no-more", "the page says no more than the item itself")
        return "article"
    after = article(version, page).text
    if after == before:
        return None
    return diff_class(snapshot(RawItem(text=before)), snapshot(RawItem(text=after)))


def _address(url: str) -> str | None:
    try:
        return RULES["url"](url)
    except Refused:
        return None


def _language(text: str | None) -> str | None:
    try:
        return RULES["language"](text.replace("_", "-")) if text else None
    except Refused:
        return None
