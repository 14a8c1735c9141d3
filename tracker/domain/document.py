"""Documents: what was fetched or handed in, by the hash of its bytes and of its text."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from tracker.domain.base import Event, Facets, Past
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import Refused
from tracker.domain.values import Citation, Id, Instant, Language, Sha256, Url, instant

Diff = Literal["substantive", "cosmetic", "date-only"]
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

    def tags(self) -> tuple[str, ...]:
        """The document, and the feed that brought it."""
        feed = (f"feed:{self.feed}",) if self.feed else ()
        return (f"document:{self.document}", *feed)

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


class DocumentRevised(_Document, frozen=True, kw_only=True):
    """A known document that changed at its source; the old bytes are kept."""

    type: ClassVar[str] = "document-revised"
    diff: Diff

    def headline(self, name: object) -> str:
        """The title and how much of it changed."""
        return f"Revised ({self.diff}): {self.title or self.url or 'untitled'}"


class Version(msgspec.Struct, frozen=True):
    """The text of one version of a document, and when a reader could know it at the latest."""

    text_sha256: str
    captured_at: datetime
    known_at: datetime | None
    """Its publication, never later than its capture; None where the first has no date."""


class DocumentState(msgspec.Struct):
    """What decisions need to know of a document: where it is, and its versions, the first first.

    One whose evidence was erased has no versions any more.
    """

    url: str | None
    versions: list[Version]

    def sha256s(self) -> list[str]:
        """The hashes of its texts, the newest first."""
        return [version.text_sha256 for version in reversed(self.versions)]


def documents(past: Past) -> dict[str, DocumentState]:
    """The documents among the events.

    When a later version was published nobody says, so it counts from its capture.
    """
    known: dict[str, DocumentState] = {}
    for recorded in past:
        event = recorded.event
        if isinstance(event, DocumentReceived):
            at = recorded.recorded_at
            published = min(instant(event.published_at), at) if event.published_at else None
            first = Version(event.text_sha256, at, published)
            known[event.document] = DocumentState(event.url, [first])
        elif isinstance(event, DocumentRevised) and event.document in known:
            at = recorded.recorded_at
            known[event.document].versions.append(Version(event.text_sha256, at, at))
        elif isinstance(event, PayloadErased):
            # The bytes may still be there for a moment; for decisions they are gone already.
            for document in event.documents:
                known[document] = DocumentState(None, [])
    return known


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
