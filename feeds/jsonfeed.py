"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from datetime import UTC, datetime
from urllib.parse import urljoin

import msgspec

from feeds.items import RawItem, compose
from feeds.parsed import ParsedFeed
from feeds.text import one_line, plain, to_text

_VERSIONS = "https://jsonfeed.org/version/"


class _Author(msgspec.Struct):
    """Who wrote an item or the feed."""

    name: str | None = None


class _Item(msgspec.Struct):
    """One item as the format spells it."""

    id: str | int | float | None = None
    url: str | None = None
    title: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    summary: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    authors: list[_Author] | None = None
    author: _Author | None = None
    language: str | None = None


class _Feed(msgspec.Struct):
    """The top level; items stay raw so that one bad item spoils no other."""

    version: str = ""
    title: str | None = None
    language: str | None = None
    authors: list[_Author] | None = None
    author: _Author | None = None
    items: list[msgspec.Raw] = []


def parse_json(text: str, base_url: str | None) -> ParsedFeed:
    """The feed in `text`; an item that breaks the format is left out and said so."""
    try:
        feed = msgspec.json.decode(text, type=_Feed)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        return ParsedFeed.malformed(f"The document is not a JSON Feed: {error}.")
    if not feed.version.startswith(_VERSIONS):
        return ParsedFeed.malformed("The document is JSON, but names no JSON Feed version.")
    items: list[RawItem] = []
    complaint = ""
    for raw in feed.items:
        try:
            item = msgspec.json.decode(raw, type=_Item)
        except (msgspec.MsgspecError, RecursionError) as error:
            complaint = str(error)
            continue
        items.append(_raw_item(item, feed, base_url))
    empty = not items and not complaint
    left_out = len(feed.items) - len(items)
    return ParsedFeed(
        state="empty" if empty else "recovered" if complaint else "ok",
        message="The feed has no items."
        if empty
        else f"{left_out} of {len(feed.items)} items were left out: {complaint}."
        if complaint
        else None,
        title=_line(feed.title),
        language=_line(feed.language),
        items=tuple(items),
    )


def _raw_item(item: _Item, feed: _Feed, base_url: str | None) -> RawItem:
    title = _line(item.title)
    bodies = (
        to_text(item.content_html or ""),
        plain(item.content_text or ""),
        plain(item.summary or ""),
    )
    text, body_start = compose(title, next((body for body in bodies if body), ""))
    published, updated = _time(item.date_published), _time(item.date_modified)
    return RawItem(
        text=text,
        body_start=body_start,
        title=title,
        url=web_address(item.url, base_url),
        guid=_line(str(item.id)) if item.id is not None else None,
        author=_names(item.authors, item.author) or _names(feed.authors, feed.author),
        language=_line(item.language) or _line(feed.language),
        published_at=published or updated,
        updated_at=updated,
    )


def _line(value: str | None) -> str | None:
    return one_line(value) or None if value else None


def _names(authors: list[_Author] | None, author: _Author | None) -> str | None:
    named = [one_line(one.name) for one in authors or [author or _Author()] if one.name]
    return ", ".join(named) or None


def web_address(value: str | None, base_url: str | None) -> str | None:
    """The absolute http or https address, or None for anything else."""
    if not value:
        return None
    try:
        address = urljoin(base_url or "", one_line(value))
    except ValueError:
        return None
    return address if address.lower().startswith(("http://", "https://")) else None


def _time(value: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(value or "")
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
