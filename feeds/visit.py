"""One visit to a page: of an item whose feed gave a teaser, or of a document that a fact cites.

due ─→ leased ─→ robots.txt ─→ fetched ─→ main text ─┬→ the same: nothing
                     │             │                 ├→ changed: evidence, document-revised
                     │             │                 └→ first time: evidence, document-revised
                     ▼             ▼                      (article) + drafts found in it
             not let, failed: the teaser stays; tried again, or read for drafts after all
"""

import random
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import msgspec
from yarl import URL

from feeds.article import Version
from feeds.articles import Articles, Failed, Visited
from feeds.cadence import SPACING_S
from feeds.citing import is_page
from feeds.fetch import PAGES, fetch
from feeds.fetched import Fetched, FetchFailed, Limits, Validators
from feeds.guard import Guard
from feeds.page import is_html
from feeds.revisits import first_look, recheck, retry
from feeds.robots import Robots
from feeds.versions import known_versions
from feeds.ways import Ways
from tracker.clock import Clock
from tracker.domain.base import Item, Query
from tracker.domain.catalog import EVENTS
from tracker.domain.feed import feeds
from tracker.domain.feed_settings import FeedEvent, FeedSettings
from tracker.log.read import Reader
from tracker.tables.pages import Pages, Visit, VisitOutcome

_FEED_TYPES = tuple(e.type for e in EVENTS if issubclass(e, FeedEvent))
_LONGEST_HOST_WAIT_S = 3600
_FINAL = frozenset({"disallowed", "refused", "gone", "no-page", "not-html", "says-no-more"})
"""What trying again would not change."""


class Visitor:
    """Visits pages that it holds the turn for."""

    def __init__(
        self,
        *,
        articles: Articles,
        reader: Reader,
        pages: Pages,
        robots: Robots,
        ways: Ways,
        guard: Guard,
        clock: Clock,
        limits: Limits | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._articles = articles
        self._reader = reader
        self._pages = pages
        self._robots = robots
        self._ways = ways
        self._guard = guard
        self._clock = clock
        self._limits = limits
        self._chance = chance

    async def visit(self, visit: Visit) -> Visited:
        """Fetch, put what is new on record, and set the next visit."""
        known = await known_versions(self._reader, [visit.document])
        if visit.document in known.erased:
            return await self._forget(visit)
        newest = known.newest.get(visit.document)
        settings = await self._settings(newest.version.feed if newest else None)
        fetched: Fetched | None = None
        try:
            if newest is None:
                raise Failed("not-yet", "its document is not on record yet")
            fetched = await self._fetched(visit, newest.version, settings)
            if fetched.status == 304:
                visited = Visited(outcome="unchanged", message="the page is as it was")
            else:
                visited = await self._articles.read(newest, fetched, settings)
        except Failed as failed:
            return await self._fail(visit, failed, fetched)
        await self._finish(visit, visited, settings, newest.version, fetched)
        return visited

    async def _forget(self, visit: Visit) -> Visited:
        await self._pages.forget([visit.document])
        return Visited(outcome="erased", message="the document was erased")

    async def give_up(self, visit: Visit, visited: Visited) -> Visited:
        """Set the next visit after a fault of our own, so that it is seen and waits like others."""
        return await self._fail(visit, Failed(visited.outcome, visited.message), None)

    async def _settings(self, feed: str | None) -> FeedSettings | None:
        if feed is None:
            return None
        query = Query((Item((f"feed:{feed}",), _FEED_TYPES),))
        events = await self._reader.read_all(query, before=await self._reader.head())
        state = feeds(events).get(feed)
        return state.settings if state else None

    async def _fetched(
        self, visit: Visit, version: Version, settings: FeedSettings | None
    ) -> Fetched:
        if not is_page(version) and settings and settings.article_mode == "never":
            raise Failed("no-page", "pages of this feed are not fetched any more")
        known = Validators(etag=visit.etag, last_modified=visit.last_modified)
        try:
            way = await self._ways.to(version.feed)
            fetched = await fetch(
                way,
                version.url or "",
                guard=self._guard,
                now=self._clock,
                validators=known if is_page(version) else None,
                limits=self._limits,
                accept=PAGES,
                ask=partial(self._robots.ask, asking=way),
            )
        except FetchFailed as failed:
            raise Failed(failed.outcome, failed.message, failed.retry_after_s or 0) from failed
        if fetched.status == 200 and not is_html(fetched.body, fetched.content_type):
            kind = fetched.content_type or "something without a type"
            raise Failed("not-html", f"the address gives {kind:.80}, no web page")
        return fetched

    async def _fail(self, visit: Visit, failed: Failed, fetched: Fetched | None) -> Visited:
        """Try again later, or leave it; a teaser without its page is then all there is to read."""
        # The document may be another by now, or erased.
        known = await known_versions(self._reader, [visit.document])
        if visit.document in known.erased:
            return await self._forget(visit)
        newest = known.newest.get(visit.document)
        settings = await self._settings(newest.version.feed if newest else None)
        now, visited, failures = self._clock(), failed.visited, visit.failures + 1
        again = None
        if visited.outcome not in _FINAL:
            again = retry(failures, now, jitter=self._chance())
        if again is None and newest is not None and not is_page(newest.version):
            found = await self._articles.read_teaser(newest.version, settings)
            visited = msgspec.structs.replace(visited, drafts=found)
        if again is not None:
            again = max(again, now + timedelta(seconds=min(failed.wait_s, 24 * 3600)))
        outcome = VisitOutcome(
            outcome=visited.outcome,
            message=visited.message,
            next_at=again or recheck(visit.cited_at, now),
            next_if_cited=first_look(now, now),
            failures=failures if again else 0,
            etag=visit.etag,
            last_modified=visit.last_modified,
            host_wait=_host_wait(settings, failed.wait_s),
            requests=1,
            wire_bytes=fetched.wire_bytes if fetched else 0,
        )
        await self._pages.finish(visit, outcome)
        return visited

    async def _finish(
        self,
        visit: Visit,
        visited: Visited,
        settings: FeedSettings | None,
        version: Version,
        fetched: Fetched,
    ) -> None:
        delay_s, now = await self._robots.delay_s(URL(version.url or "")), self._clock()
        outcome = VisitOutcome(
            outcome=visited.outcome,
            message=visited.message,
            next_at=recheck(visit.cited_at, now),
            next_if_cited=first_look(now, now),
            etag=fetched.validators.etag,
            last_modified=fetched.validators.last_modified,
            host_wait=_host_wait(settings, delay_s),
            requests=1 + len(fetched.redirects),
            wire_bytes=fetched.wire_bytes,
        )
        await self._pages.finish(visit, outcome)


def _host_wait(settings: FeedSettings | None, asked_s: float) -> timedelta:
    """For how long nobody asks the host again."""
    own = settings.spacing_s if settings else None
    spacing_s = SPACING_S if own is None else own
    return timedelta(seconds=max(spacing_s, min(asked_s, _LONGEST_HOST_WAIT_S)))
