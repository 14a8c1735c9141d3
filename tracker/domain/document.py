"""Documents: what was fetched or handed in, by the hash of its bytes and of its text."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import ClassVar, Literal

import msgspec

from tracker.domain.base import Event, Facets, Past
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import Refused
from tracker.domain.values import Citation, Id, Instant, Language, Sha256, Url, instant
from tracker.domain.wording import wording

Diff = Literal["substantive", "cosmetic", "date-only", "article"]
"""How much a revision changed; `article` is the first time that a page's text took the place of
the teaser which its feed gave."""
_CONTEXT = 32


class _Document(Event, frozen=True, kw_only=True):
    """What every version of a document states about itself."""

    document: Id
    raw_sha256: Sha256
    text_sha256: Sha256
    url: Url | None = None
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    language: Language | None = None
    published_at: Instant | None = None
    published_basis: Literal["feed", "page", "given"] | None = None
    feed: Id | None = None
    guid: str | None = None
    page: Url | None = None
    """Where the bytes were fetched as a web page; None for those of a feed, or handed in."""
    teaser_sha256: Sha256 | None = None
    """What the feed itself says of the item, where the text is that of its page."""
    signature: str | None = None
    """What the text is compared by with the texts of other documents."""
    names: tuple[str, ...] = ()
    """Codes of the countries and groups that the text names, where it was read for drafts."""
    terms: tuple[str, ...] = ()
    """The terms of its feed that let it be read."""

    def tags(self) -> tuple[str, ...]:
        """The document, and the feed that brought it."""
        feed = (f"feed:{self.feed}",) if self.feed else ()
        return (f"document:{self.document}", *feed)

    def contents(self) -> tuple[str, ...]:
        """The hashes of all evidence that it names: the bytes, the text, the teaser."""
        teaser = (self.teaser_sha256,) if self.teaser_sha256 else ()
        return (self.raw_sha256, self.text_sha256, *teaser)

    def facets(self) -> Facets:
        """The document itself, dated by its publication."""
        day = self.published_at[:10] if self.published_at else None
        return Facets(documents=(self.document,), occurred=day)


class DocumentReceived(_Document, frozen=True, kw_only=True):
    """A document seen for the first time."""

    type: ClassVar[str] = "document-received"

    def headline(self, name: object) -> str:
        """The title and its publisher."""
        return f"Received: {self.title or self.url or 'untitled'}"


class GoneQuote(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A citation whose words a document has no more: the event that holds it, and its number."""

    event: Id
    citation: int


class DocumentRevised(_Document, frozen=True, kw_only=True):
    """A known document that changed at its source; the old bytes are kept."""

    type: ClassVar[str] = "document-revised"
    diff: Diff
    gone: tuple[GoneQuote, ...] = ()
    """All citations of the document that this version does not bear out."""

    def headline(self, name: object) -> str:
        """The title and how much of it changed."""
        what = self.title or self.url or "untitled"
        return (
            f"Article read: {what}" if self.diff == "article" else f"Revised ({self.diff}): {what}"
        )


class Version(msgspec.Struct, frozen=True):
    """What one version of a document says, and when a reader could know it at the latest."""

    text_sha256: str
    teaser_sha256: str | None
    captured_at: datetime
    known_at: datetime | None
    """Its publication, never later than its capture; None where the first has no date."""

    def sha256s(self) -> tuple[str, ...]:
        """The hashes of its text, and of the teaser beside it."""
        return (self.text_sha256, *([self.teaser_sha256] if self.teaser_sha256 else []))


class DocumentState(msgspec.Struct):
    """What decisions need to know of a document: where it is, and its versions, the first first.

    One whose evidence was erased has no versions any more.
    """

    url: str | None
    versions: list[Version]

    def sha256s(self) -> list[str]:
        """The hashes of its texts, the newest first, a teaser after the text of its page."""
        return list(dict.fromkeys(s for v in reversed(self.versions) for s in v.sha256s()))


def documents(past: Past) -> dict[str, DocumentState]:
    """The documents among the events.

    When a later version was published nobody says, so it counts from its capture; but for the page
    of a teaser, which is read for the first time and as old as the teaser.
    """
    known: dict[str, DocumentState] = {}
    for recorded in past:
        event = recorded.event
        if isinstance(event, DocumentReceived):
            first = _version(event, recorded.recorded_at, dated=True)
            known[event.document] = DocumentState(event.url, [first])
        elif isinstance(event, DocumentRevised) and event.document in known:
            revised = _version(event, recorded.recorded_at, dated=event.diff == "article")
            known[event.document].versions.append(revised)
        elif isinstance(event, PayloadErased):
            # The bytes may still be there for a moment; for decisions they are gone already.
            for document in event.documents:
                known[document] = DocumentState(None, [])
    return known


def _version(event: _Document, at: datetime, *, dated: bool) -> Version:
    known_at = at
    if dated:
        known_at = min(instant(event.published_at), at) if event.published_at else None
    return Version(event.text_sha256, event.teaser_sha256, at, known_at)


def bears(texts: Iterable[str]) -> Callable[[str], bool]:
    """Of a quote, whether one of the texts says what it says, however it is punctuated."""
    given = tuple(texts)

    @cache
    def worded() -> tuple[str, ...]:
        # Reading every word of a text is dear, and many quotes may be held against one.
        return tuple(map(wording, given))

    def borne(quote: str) -> bool:
        return _among(quote, given) or _among(wording(quote), worded())

    return borne


def _among(quote: str, texts: tuple[str, ...]) -> bool:
    """Whether a quote stands in one of the texts; "5 people" does not stand in "15 people"."""
    found = [text for text in texts if quote in text]
    before = r"(?<!\d)(?<!\d[.,])" if quote[:1].isdecimal() else ""
    after = r"(?!\d)(?![.,]\d)" if quote[-1:].isdecimal() else ""
    if not found or not (before or after):
        return bool(found)
    whole = re.compile(before + re.escape(quote) + after)
    return any(whole.search(text) for text in found)


def locate(citation: Citation, texts: list[str], url: str | None, field: str) -> Citation:
    """The citation with offsets, context and address; Refused unless a text holds the quote."""
    if not citation.quote:
        raise Refused(f"{field}: is empty", field=field)
    for text in texts:
        start = citation.start if citation.start is not None else text.find(citation.quote)
        end = start + len(citation.quote)
        if start < 0 or citation.end not in (None, end) or text[start:end] != citation.quote:
            continue
        return msgspec.structs.replace(
            citation,
            url=citation.url or url,
            start=start,
            end=end,
            prefix=text[max(0, start - _CONTEXT) : start],
            suffix=text[end : end + _CONTEXT],
        )
    at = f" at offset {citation.start}" if citation.start is not None else ""
    raise Refused(
        f"{field}: the quote {citation.quote[:60]!r} is not in document {citation.document}{at}",
        field=field,
    )
