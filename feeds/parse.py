"""Feed bytes to items: RSS, RDF and Atom by feedparser, JSON Feed by our own small reader.

`parse_bytes` is pure and never raises; `feeds/worker.py` runs it in a process that can be killed.
"""

import io
import re
from calendar import timegm
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import unescape
from time import struct_time
from typing import Any, cast
from xml.parsers import expat

import feedparser

from feeds.charset import decode
from feeds.items import RawItem, compose
from feeds.jsonfeed import parse_json, web_address
from feeds.nesting import DEEPEST, too_deep
from feeds.parsed import ParsedFeed
from feeds.skips import skip_days, skip_hours
from feeds.text import one_line, plain, to_text

# What feedparser has been seen to raise on hostile input; anything it gives up on is malformed.
_BREAKAGES = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RecursionError,
)
_ENTITY_CHARS = 100
_ENTITIES = 300
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PROLOG = r"(?:\s++|(?><!--.*?-->)|(?><\?.*?\?>))*+"
_HTML_FIRST = re.compile(
    _PROLOG + r"<(?:!doctype\s+html|html|head|body|script|meta|title)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_ANYWHERE = re.compile(r"<(?:html|head|body)\b", re.IGNORECASE)
_HTML_TITLE = re.compile(r"<title[^<>]*+>([^<]{1,200})", re.IGNORECASE)
_SNIFFED_CHARS = 4096

_Node = Mapping[str, Any]


def parse_bytes(
    body: bytes, *, content_type: str | None = None, base_url: str | None = None
) -> ParsedFeed:
    """What a feed document says; its `state` and `message` tell what was wrong with it.

    `content_type` is the HTTP header; relative links are resolved against `base_url`.
    """
    text, _ = decode(body, content_type)
    text = text.lstrip("\ufeff \t\r\n")
    if not text:
        return ParsedFeed.malformed("The body is empty.")
    if text.startswith("{"):
        return parse_json(text, base_url)
    if _HTML_FIRST.match(text):
        return _html_page(text)
    clean = _NOT_XML.sub("", text)
    refusal = _refusal(clean)
    if refusal:
        return ParsedFeed.malformed(refusal)
    return _by_feedparser(clean, content_type, base_url or "")


def _refusal(text: str) -> str | None:
    """Why this document must not reach feedparser, if it must not."""
    if "<!ENTITY" in text and _declares_bomb(text):
        return "The document declares entities that could expand without bound."
    if too_deep(text, html=False):
        return f"The document nests elements more than {DEEPEST} deep."
    return None


class _Bomb(Exception):
    """An entity is declared that a feed has no need of."""


class _RootReached(Exception):
    """The prolog is over, and with it every place for declarations."""


def _declares_bomb(text: str) -> bool:
    """Whether the prolog declares any entity but short ones made of characters alone.

    The same expat reads the prolog that would later expand it, so the two cannot disagree on
    where the declarations are.
    """
    seen = 0

    def declared(
        name: str,
        is_parameter: bool,
        value: str | None,
        base: str | None,
        system_id: str | None,
        public_id: str | None,
        notation: str | None,
    ) -> None:
        nonlocal seen
        seen += 1
        harmless = value is not None and len(value) <= _ENTITY_CHARS and "&" not in value
        if is_parameter or not harmless or seen > _ENTITIES:
            raise _Bomb

    def root(name: str, attributes: dict[str, str]) -> None:
        raise _RootReached

    reader = expat.ParserCreate("utf-8")
    reader.EntityDeclHandler = declared
    reader.StartElementHandler = root
    try:
        reader.Parse(text.encode(), True)
    except _Bomb:
        return True
    except (_RootReached, expat.ExpatError):
        return False
    return False


def _by_feedparser(text: str, content_type: str | None, base_url: str) -> ParsedFeed:
    try:
        # A file object: bytes or str alone would be tried as a path or a URL first.
        document = cast(
            _Node,
            feedparser.parse(  # pyright: ignore[reportUnknownMemberType]
                io.BytesIO(text.encode()),
                response_headers={"content-type": "application/xml; charset=utf-8"},
                resolve_relative_uris=False,
                sanitize_html=False,
            ),
        )
        return _parsed(document, text, content_type, base_url)
    except _BREAKAGES as error:
        return ParsedFeed.malformed(f"The document cannot be read ({type(error).__name__}).")


def _parsed(document: _Node, text: str, content_type: str | None, base_url: str) -> ParsedFeed:
    entries = cast(Sequence[_Node], document["entries"])
    version = str(document.get("version") or "")
    if not entries and not version:
        is_html = "html" in (content_type or "").lower()
        if is_html or _HTML_ANYWHERE.search(text, 0, _SNIFFED_CHARS):
            return _html_page(text)
        return ParsedFeed.malformed("The document is not a feed: no RSS, RDF or Atom root element.")
    feed = cast(_Node, document["feed"])
    broken = bool(document["bozo"])
    language = _name(feed, "language")
    return ParsedFeed(
        title=_line(feed, "title", version),
        language=language,
        ttl_s=_ttl_s(feed),
        skip_hours=skip_hours(text),
        skip_days=skip_days(text),
        items=tuple(_item(entry, version, language, base_url) for entry in entries),
        state="recovered" if broken else "ok" if entries else "empty",
        message=_why_broken(document) if broken else None if entries else "The feed has no items.",
    )


def _html_page(text: str) -> ParsedFeed:
    title = _HTML_TITLE.search(text)
    named = f' titled "{one_line(unescape(title[1]))}"' if title else ""
    return ParsedFeed(
        state="html", message=f"The address gave an HTML page{named} instead of a feed."
    )


def _why_broken(document: _Node) -> str:
    reason = one_line(str(document.get("bozo_exception") or "unknown"))[:200]
    return f"The document is not well formed and was read as far as possible: {reason}."


def _item(entry: _Node, version: str, language: str | None, base_url: str) -> RawItem:
    title = _line(entry, "title", version)
    body = _body(entry, version)
    text, body_start = compose(title, body)
    published, updated = (
        _time(entry, "published_parsed"),
        _time(entry, "updated_parsed"),
    )
    return RawItem(
        text=text,
        body_start=body_start,
        title=title,
        # Resolved here, not by feedparser: it would resolve guids as well, and an item would become
        # another one when its feed moves.
        url=web_address(_name(entry, "link"), base_url),
        guid=_name(entry, "id"),
        author=_name(entry, "author"),
        publisher=_name(cast(_Node, entry.get("source") or {}), "title")
        or _name(entry, "publisher"),
        language=_item_language(entry) or language,
        published_at=published or updated,
        updated_at=updated,
    )


def _body(entry: _Node, version: str) -> str:
    """The longest of the item's texts: full content mostly, a summary where that is the fuller."""
    parts = [
        *cast(Sequence[_Node], entry.get("content") or ()),
        entry.get("summary_detail"),
    ]
    fullest = max(parts, key=lambda part: len(part.get("value") or "") if part else 0)
    return _readable(fullest, version) if fullest else ""


def _readable(part: _Node, version: str) -> str:
    value = str(part.get("value") or "")
    if part.get("type") != "text/plain":
        return to_text(value)
    # RSS has no way to say "plain", so even there entities are often escaped twice.
    return plain(value if version.startswith("atom") else unescape(value))


def _line(node: _Node, key: str, version: str) -> str | None:
    detail = node.get(f"{key}_detail")
    return one_line(_readable(cast(_Node, detail), version)) or None if detail else None


def _name(node: _Node, key: str) -> str | None:
    value = node.get(key)
    return one_line(value) or None if isinstance(value, str) else None


def _item_language(entry: _Node) -> str | None:
    return _name(cast(_Node, entry.get("summary_detail") or {}), "language")


def _time(entry: _Node, key: str) -> datetime | None:
    # Asked by `get` alone, feedparser answers a missing update with the publication and a warning.
    value = entry.get(key) if key in entry else None
    if not isinstance(value, struct_time):
        return None
    try:
        return datetime.fromtimestamp(timegm(value), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _ttl_s(feed: _Node) -> int | None:
    value = str(feed.get("ttl") or "").strip()
    return int(value[:6]) * 60 if value.isascii() and value.isdigit() else None
