"""The main text of a web page, without its menus, and what the page says about itself."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast

import msgspec

from feeds.charset import decode
from feeds.nesting import too_deep
from feeds.text import one_line, plain, to_text

# Where pages say when they were published, in the order in which they are believed.
_PUBLISHED = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "pubdate",
    "publishdate",
    "date",
)
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{2,8})*\Z")
# A main text shorter than this is a caption or a notice; then the whole page says more.
_SHORTEST_MAIN_CHARS = 80
_DEEPEST_JSON = 20
# Trafilatura guesses a date, which is not used here; without a bound it would ask the clock.
_NO_CLOCK = {"extensive_search": False, "original_date": True, "max_date": "2100-01-01"}


class PageText(msgspec.Struct, frozen=True, kw_only=True):
    """A page as text: the body without the title, and the page's own metadata.

    `published_at` comes from metadata only, never from a date that merely stands in the text.
    """

    body: str
    title: str | None = None
    published_at: datetime | None = None
    author: str | None = None
    language: str | None = None


def main_text(body: bytes, *, content_type: str | None = None) -> PageText:
    """The article of an HTML page; all of its text where no article can be told from the rest."""
    # Only the process that reads pages pays for loading this; the commands start without it.
    import trafilatura

    html, _ = decode(body, content_type)
    # Nobody writes such a page for readers, and the tree builders would choke on it.
    tree = None if too_deep(html, html=True) else trafilatura.load_html(html)
    if tree is None:
        return PageText(body=to_text(html))
    root = cast(Any, tree)
    found = cast(
        Any,
        trafilatura.bare_extraction(
            tree,
            with_metadata=True,
            include_comments=False,
            date_extraction_params=_NO_CLOCK,
        ),
    )
    body_text = plain(_paragraphs(found.text)) if found is not None and found.text else ""
    if len(body_text) < _SHORTEST_MAIN_CHARS:
        body_text = to_text(html)
    title = _line(found.title) if found is not None else _line(root.findtext(".//title"))
    return PageText(
        body=body_text.removeprefix(f"{title}\n\n"),
        title=title,
        published_at=_published_at(root),
        author=_line(found.author) if found is not None else None,
        language=_language(root),
    )


def is_html(body: bytes, content_type: str | None) -> bool:
    """Whether bytes are a web page, by what their server or their beginning says."""
    head = body[:1024].lstrip().lower()
    return "html" in (content_type or "").lower() or head.startswith((b"<!doctype", b"<html"))


def _paragraphs(text: str) -> str:
    # Trafilatura writes one paragraph a line.
    return text.replace("\n", "\n\n")


def _line(value: str | None) -> str | None:
    return one_line(value) or None if value else None


def _language(root: Any) -> str | None:
    declared = str(root.get("lang") or "").strip()
    return declared if _LANGUAGE.match(declared) else None


def _published_at(root: Any) -> datetime | None:
    said: dict[str, str] = {}
    for meta in root.iter("meta", "time"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        value = meta.get("content") or meta.get("datetime")
        if value:
            said.setdefault(name.lower(), value)
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            for value in _json_dates(script.text or ""):
                said.setdefault("datepublished", value)
    times = (_time(said[name]) for name in _PUBLISHED if name in said)
    return next((at for at in times if at is not None), None)


def _json_dates(text: str) -> Iterator[str]:
    """Each `datePublished` of a JSON-LD block, outermost first."""
    try:
        level: list[object] = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    for _ in range(_DEEPEST_JSON):
        below: list[object] = []
        for node in level:
            if isinstance(node, dict):
                mapping = cast(dict[str, object], node)
                value = mapping.get("datePublished")
                if isinstance(value, str):
                    yield value
                below.extend(mapping.values())
            elif isinstance(node, list):
                below.extend(cast(list[object], node))
        level = below


def _time(value: str) -> datetime | None:
    """The moment that a metadata field names; a day without a time is its first moment in UTC."""
    try:
        at = datetime.fromisoformat(value.strip())
    except ValueError:
        try:
            at = parsedate_to_datetime(value)
        except ValueError:
            return None
    try:
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None
