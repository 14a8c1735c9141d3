"""An item of a feed as the log has it: what of it can be recorded, and what tells its versions."""

from typing import Any

import msgspec

from feeds.items import RawItem
from feeds.kept import sha256_of
from feeds.parsed import ParsedFeed
from tracker.domain.errors import Refused
from tracker.domain.feed import FeedState
from tracker.domain.values import RULES, instant_text


def fields_of(item: RawItem, feed: FeedState) -> dict[str, Any]:
    """What a document says of itself besides its text."""
    return {
        "url": item.url,
        "title": item.title,
        "publisher": item.publisher,
        "author": item.author,
        "language": item.language,
        "published_at": published(item),
        "published_basis": "feed" if item.published_at else None,
        "feed": feed.added.feed,
        "guid": item.guid,
    }


def as_published(item: RawItem, parsed: ParsedFeed, feed: FeedState) -> RawItem:
    """The item with what its feed says of all items."""
    settings = feed.settings
    return msgspec.structs.replace(
        item,
        publisher=settings.publisher or item.publisher or parsed.title,
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


def version_of(item: RawItem) -> dict[str, str | None]:
    """What tells one version of a document from another."""
    return {
        "text_sha256": sha256_of(item.text),
        "title": item.title,
        "url": item.url,
        "author": item.author,
        "published_at": published(item),
    }


def published(item: RawItem) -> str | None:
    """When it was published, as the log has it."""
    return instant_text(item.published_at) if item.published_at else None


def oldest_first(item: RawItem) -> tuple[bool, float]:
    """What items are sorted by; those without a date come last, in the order of the feed."""
    at = item.published_at
    return (at is None, at.timestamp() if at else 0.0)
