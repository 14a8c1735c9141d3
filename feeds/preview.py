"""What a feed would give, before it is added; nothing is written and nothing is remembered.

address ─→ fetched ─→ parsed ─┬→ a feed: its items, and which of them would give drafts
                              └→ a page: the feeds it names ─→ else those at usual places
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

import msgspec

from feeds import discover
from feeds.discover import Named
from feeds.extractor import Found
from feeds.fetch import fetch
from feeds.fetched import Fetched, FetchFailed, Limits
from feeds.guard import Guard, loggable
from feeds.identity import identify
from feeds.intake import FIRST_POLL_DAYS
from feeds.items import RawItem
from feeds.parsed import ParsedFeed
from feeds.ways import Asking
from feeds.worker import Parser
from tracker.clock import Clock
from tracker.domain.errors import Refused
from tracker.domain.feed_settings import LONGEST_NAME
from tracker.domain.ids import derived

_MOST_ITEMS = 50
_EXCERPT_CHARS = 240
_GLANCE = Limits(total_s=15, wire_bytes=5_000_000)
_FEED = ("ok", "recovered", "empty")


class PreviewItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item that the feed has now."""

    title: str | None
    url: str | None
    published_at: datetime | None
    excerpt: str
    drafts: tuple[str, ...]
    """The kinds of facts that it would propose, one each."""
    recent: bool
    """Whether the first poll would propose them; older ones are kept and propose nothing."""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What is at an address; `outcome` is that of a poll."""

    url: str
    outcome: str
    message: str
    title: str | None = None
    language: str | None = None
    items: tuple[PreviewItem, ...] = ()
    """The newest, at most fifty."""
    item_count: int = 0
    newest_at: datetime | None = None
    usual_gap_s: int | None = None
    """The median time between two items."""
    moved_to: str | None = None
    """Where the server says that the feed lives for good."""
    feeds: tuple[Named, ...] = ()
    """The feeds of a page, where the address leads to one."""

    @property
    def is_feed(self) -> bool:
        """Whether the address leads to a feed that can be read."""
        return self.outcome in _FEED

    @property
    def proposing(self) -> int:
        """How many of the items would propose drafts on the first poll."""
        return sum(1 for item in self.items if item.drafts and item.recent)


async def preview(
    url: str,
    *,
    asking: Asking,
    guard: Guard,
    parser: Parser,
    clock: Clock,
    backfill_days: int | None = None,
) -> Preview:
    """What a feed at `url` would give; raises Refused only for what is no address at all."""
    guard.check_url(url)
    try:
        fetched, parsed = await _read(url, asking, guard, parser, clock)
    except FetchFailed as failed:
        return Preview(url=loggable(url), outcome=failed.outcome, message=failed.message)
    if parsed.state == "html":
        feeds = discover.named(fetched.body, fetched.url, fetched.content_type)
        return Preview(
            url=fetched.url,
            outcome="html",
            message=parsed.message or "The address leads to a page and not to a feed.",
            feeds=feeds or await _elsewhere(fetched, asking, guard, parser, clock),
        )
    days = FIRST_POLL_DAYS if backfill_days is None else backfill_days
    items = _newest_first(parsed.items)
    return Preview(
        url=fetched.url,
        outcome=parsed.state,
        message=parsed.message or f"{len(items)} items",
        # A feed may call itself whatever it likes, and is added under its title all the same.
        title=parsed.title and parsed.title[:LONGEST_NAME].rstrip(),
        language=parsed.language,
        items=await _told(items[:_MOST_ITEMS], parser, clock() - timedelta(days=days)),
        item_count=len(items),
        newest_at=max((i.published_at for i in items if i.published_at), default=None),
        usual_gap_s=_usual_gap_s(items),
        moved_to=fetched.moved_to,
    )


def the_feed(found: Preview) -> str | None:
    """The address to add where a page has one feed; None where the address itself is meant.

    Raises Refused where the page has none or several; then the caller has to say which.
    """
    if found.outcome != "html":
        return None
    if not found.feeds:
        raise Refused(f"url: no feed is at {found.url}: {found.message}", field="url")
    first, *others = found.feeds
    if others:
        listed = "; ".join(f"{f.url} ({f.title})" if f.title else f.url for f in found.feeds)
        raise Refused(
            f"url: {found.url} is a page with {len(found.feeds)} feeds, add one of them: {listed}",
            field="url",
        )
    return first.url


async def _read(
    url: str,
    asking: Asking,
    guard: Guard,
    parser: Parser,
    clock: Clock,
    limits: Limits | None = None,
) -> tuple[Fetched, ParsedFeed]:
    fetched = await fetch(asking, url, guard=guard, now=clock, limits=limits)
    parsed = await parser.parse(
        fetched.body, content_type=fetched.content_type, base_url=fetched.url
    )
    return fetched, parsed


async def _elsewhere(
    page: Fetched, asking: Asking, guard: Guard, parser: Parser, clock: Clock
) -> tuple[Named, ...]:
    """The first feed at a usual place; each is looked at, since a page has not vouched for it."""
    for url in discover.likely(page.body, page.url, page.content_type):
        try:
            fetched, parsed = await _read(url, asking, guard, parser, clock, _GLANCE)
        except FetchFailed as failed:
            if failed.outcome in ("timed-out", "unreachable"):
                # A host that stands still would do so at every place.
                break
            continue
        if parsed.state in _FEED:
            return (Named(fetched.url, parsed.title),)
    return ()


def _newest_first(items: Sequence[RawItem]) -> list[RawItem]:
    found = [identified.item for identified in identify(items)]
    return sorted(found, key=lambda i: i.published_at.timestamp() if i.published_at else 0.0)[::-1]


async def _told(
    items: Sequence[RawItem], parser: Parser, since: datetime
) -> tuple[PreviewItem, ...]:
    document = str(derived("preview"))
    found = await parser.found([(item, document) for item in items])
    # Where reading was given up, a poll would give up as well and propose nothing.
    read = [Found() for _ in items] if isinstance(found, str) else found
    return tuple(
        PreviewItem(
            title=item.title,
            url=item.url,
            published_at=item.published_at,
            excerpt=" ".join(item.text[item.body_start :].split())[:_EXCERPT_CHARS],
            drafts=tuple(draft.fact_type for draft in one.drafts),
            recent=item.published_at is None or item.published_at >= since,
        )
        for item, one in zip(items, read, strict=True)
    )


def _usual_gap_s(items: Sequence[RawItem]) -> int | None:
    dates = sorted(item.published_at for item in items if item.published_at)
    gaps = [(b - a).total_seconds() for a, b in pairwise(dates)]
    return round(median(gaps)) if gaps else None
