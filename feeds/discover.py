"""The feeds that a web page names, and the addresses where one often is; a pure scan of its HTML."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import msgspec

from feeds.charset import decode

MOST = 20
_TYPES = frozenset(
    "application/rss+xml application/atom+xml application/rdf+xml application/feed+json".split()
)
_LONGEST_CHARS = 2000
_SCANNED_BYTES = 1_000_000
# Every quantifier is possessive and stops at the next "<", and a name is tried from its first letter
# only: the scan is linear in all cases.
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(
    r"<(link|a|base)\b((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+'|[\"'])*+)>", re.IGNORECASE
)
_ATTRIBUTE = re.compile(
    r"(?<![a-zA-Z-])([a-zA-Z-]++)\s*+=\s*+(?:\"([^\"<]*+)\"|'([^'<]*+)'|([^\s\"'<>=]++))"
)
_LIKE_A_FEED = re.compile(
    r"(?:/(?:feed|rss|atom)/?|/[\w.-]*(?:feed|rss|atom|index)\.(?:xml|rss|rdf|atom|json)"
    r"|\.(?:rss|atom|rdf))\Z",
    re.IGNORECASE,
)
_OFTEN = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml")


class Named(msgspec.Struct, frozen=True):
    """A feed that a page names."""

    url: str
    title: str | None = None


def named(body: bytes, base_url: str, content_type: str | None = None) -> tuple[Named, ...]:
    """The feeds that a page declares as its alternates (`rel=alternate`), in its order."""
    found: dict[str, Named] = {}
    for attributes, url in _links(body, base_url, content_type, "link"):
        kind = attributes.get("type", "").partition(";")[0].strip().lower()
        if kind in _TYPES and "alternate" in attributes.get("rel", "").lower().split():
            title = " ".join(attributes.get("title", "").split()) or None
            found.setdefault(url, Named(url, title))
    return tuple(found.values())[:MOST]


def likely(body: bytes, base_url: str, content_type: str | None = None) -> tuple[str, ...]:
    """Where to look for a feed that a page does not declare: its own links, then usual places."""
    host = urlsplit(base_url).netloc
    linked = [
        url
        for _, url in _links(body, base_url, content_type, "a")
        if urlsplit(url).netloc == host and _LIKE_A_FEED.search(urlsplit(url).path)
    ]
    usual = [urljoin(base_url, f"/{path}") for path in _OFTEN]
    return tuple(url for url in dict.fromkeys([*linked[:3], *usual]) if url != base_url)


def _links(
    body: bytes, base_url: str, content_type: str | None, wanted: str
) -> Iterator[tuple[dict[str, str], str]]:
    """The attributes and the absolute address of each link of a kind."""
    text, _ = decode(body[:_SCANNED_BYTES], content_type)
    based = False
    for match in _TAG.finditer(_COMMENT.sub("", text)):
        tag = match.group(1).lower()
        if tag not in (wanted, "base"):
            continue
        attributes: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(match.group(2)):
            attributes.setdefault(name.lower(), unescape("".join(values)).strip())
        url = _absolute(base_url, attributes.get("href", ""))
        if url is None:
            continue
        if tag == "base":
            base_url, based = (base_url if based else url), True
        else:
            yield attributes, url


def _absolute(base_url: str, href: str) -> str | None:
    try:
        url = urljoin(base_url, re.sub(r"\Afeed:(?://)?", _scheme, href, flags=re.IGNORECASE))
        parts = urlsplit(url)
    except ValueError:
        return None
    usable = parts.scheme in ("http", "https") and parts.netloc and "@" not in parts.netloc
    return url.partition("#")[0] if href and usable and len(url) <= _LONGEST_CHARS else None


def _scheme(match: re.Match[str]) -> str:
    """`feed://host` means http, `feed:https://host` what follows (the old scheme of readers)."""
    return "http://" if match.group().endswith("//") else ""
