"""Documents: what was received, from where, how it changed since, and what is alike.

A document that is like one of another feed (a syndicated report) joins its cluster and stays in
it. A quote is gone while the newest version of its document says it no more.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from projections.view import Change, Gone, Lookup, Row, State, View
from tracker.domain.base import Event, Recorded
from tracker.domain.correction import FactCorrected, citations
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.fact import Fact
from tracker.domain.likeness import ALIKE, bands, likeness

Version = DocumentReceived | DocumentRevised
_CITING = (Fact, FactCorrected)


class Document(Row, frozen=True, kw_only=True):
    """A document in its newest version."""

    table: ClassVar[str] = "document"
    key: ClassVar[tuple[str, ...]] = ("document",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("position",),
        ("feed", "position"),
        ("text_sha256",),
        ("cluster",),
    )

    document: str
    url: str | None
    title: str | None
    publisher: str | None
    author: str | None
    language: str | None
    published_at: str | None
    feed: str | None
    guid: str | None
    page: str | None
    """Where the text was last read as a web page; None where a feed gave all of it."""
    text_sha256: str
    raw_sha256: str
    teaser_sha256: str | None
    """What the feed itself says, where the text is that of the page."""
    versions: int
    received_at: datetime
    revised_at: datetime | None
    last_diff: str | None
    """How much the last revision changed: `substantive`, `cosmetic`, `date-only` or `article`."""
    position: int
    """Of the newest version."""
    cluster: str | None = None
    """The first of the documents that say nearly the same; None for one that is alone."""


class Likeness(Row, frozen=True, kw_only=True):
    """What the text of a document is compared by."""

    table: ClassVar[str] = "document_likeness"
    key: ClassVar[tuple[str, ...]] = ("document",)

    document: str
    feed: str | None
    signature: str


class Band(Row, frozen=True, kw_only=True):
    """The latest document with a part of a signature: so no text, however common, is dear."""

    table: ClassVar[str] = "document_band"
    key: ClassVar[tuple[str, ...]] = ("band",)

    band: str
    document: str


class Unborne(Row, frozen=True, kw_only=True):
    """A citation whose quote the newest version of its document does not bear out."""

    table: ClassVar[str] = "document_unborne"
    key: ClassVar[tuple[str, ...]] = ("event", "citation")
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("document",),)

    event: str
    """The fact, or the correction of one, that holds the citation."""
    citation: int
    """Its number among the citations of the event, from 0."""
    document: str
    since: int
    """The position of the revision that dropped it, or of a fact that cited an older version."""


def wants(recorded: Recorded) -> Iterable[Lookup]:
    """The document, what may be like it, and the citations that its last version left unborne."""
    event = recorded.event
    if not isinstance(event, Version):
        return
    yield Lookup(Document, "document", event.document)
    if isinstance(event, DocumentRevised):
        yield Lookup(Unborne, "document", event.document)
    for band in bands(event.signature or ""):
        yield Lookup(Band, "band", band)


def fold(state: State, recorded: Recorded) -> Iterable[Change]:
    """The document in the version of the event; what a revision leaves out stays as it was."""
    event = recorded.event
    if isinstance(event, _CITING):
        return _cited_late(recorded)
    if not isinstance(event, Version):
        return ()
    known = next(iter(state.find(Document, "document", event.document)), None)
    row = _revised(known, event, recorded) if known else _first(event, recorded)
    return (*_linked(state, row, event), *_unborne(state, event, recorded))


def _first(event: Version, recorded: Recorded) -> Document:
    # A revision comes first only where the reception was erased.
    revised = isinstance(event, DocumentRevised)
    return Document(
        document=event.document,
        url=event.url,
        title=event.title,
        publisher=event.publisher,
        author=event.author,
        language=event.language,
        published_at=event.published_at,
        feed=event.feed,
        guid=event.guid,
        page=event.page,
        text_sha256=event.text_sha256,
        raw_sha256=event.raw_sha256,
        teaser_sha256=event.teaser_sha256,
        versions=1,
        received_at=recorded.recorded_at,
        revised_at=recorded.recorded_at if revised else None,
        last_diff=event.diff if revised else None,
        position=recorded.position,
    )


def _revised(known: Document, event: Version, recorded: Recorded) -> Document:
    # Where the teaser alone changed, the text is still that of the page.
    from_page = event.page or (known.page if event.teaser_sha256 else None)
    return msgspec.structs.replace(
        known,
        url=event.url or known.url,
        title=event.title or known.title,
        publisher=event.publisher or known.publisher,
        author=event.author or known.author,
        language=event.language or known.language,
        published_at=event.published_at or known.published_at,
        feed=event.feed or known.feed,
        guid=event.guid or known.guid,
        page=from_page,
        text_sha256=event.text_sha256,
        raw_sha256=event.raw_sha256,
        teaser_sha256=event.teaser_sha256,
        versions=known.versions + 1,
        revised_at=recorded.recorded_at,
        last_diff=event.diff if isinstance(event, DocumentRevised) else known.last_diff,
        position=recorded.position,
    )


def _linked(state: State, row: Document, event: Version) -> Iterable[Row]:
    """The document in its cluster, the one it is found to be like, and what it is compared by."""
    signature = event.signature
    if not signature:
        return (row,)
    found: list[Row] = []
    keys = tuple(bands(signature))
    if row.cluster is None:
        like = _alike(state, row, signature, keys)
        if like is not None:
            cluster = like.cluster or like.document
            row = msgspec.structs.replace(row, cluster=cluster)
            found.append(msgspec.structs.replace(like, cluster=cluster))
    found += [Band(band=key, document=row.document) for key in keys]
    return (row, *found, Likeness(document=row.document, feed=row.feed, signature=signature))


def _alike(state: State, row: Document, signature: str, keys: Sequence[str]) -> Document | None:
    """The document of another feed that is most like it; of two equal ones the first by id."""
    near = {band.document for key in keys for band in state.find(Band, "band", key)}
    told = [one for d in sorted(near) for one in state.find(Likeness, "document", d)]
    measured = [
        (likeness(one.signature, signature), one.document)
        for one in told
        if one.document != row.document and (one.feed is None or one.feed != row.feed)
    ]
    best = max(measured, key=lambda m: m[0], default=(0.0, ""))
    if best[0] < ALIKE:
        return None
    return next(iter(state.find(Document, "document", best[1])), None)


def _unborne(state: State, event: Event, recorded: Recorded) -> Iterable[Change]:
    """The citations that this version drops, and no more those that it says again."""
    if not isinstance(event, DocumentRevised):
        return
    before = {(row.event, row.citation) for row in state.find(Unborne, "document", event.document)}
    now = {(one.event, one.citation) for one in event.gone}
    for key in sorted(before - now):
        yield Gone(Unborne, key)
    for cited, number in sorted(now - before):
        yield Unborne(
            event=cited, citation=number, document=event.document, since=recorded.position
        )


def _cited_late(recorded: Recorded) -> Iterable[Row]:
    """The citations of a fact that its documents did not bear out any more when it was recorded."""
    return [
        Unborne(
            event=str(recorded.id),
            citation=number,
            document=citation.document,
            since=recorded.position,
        )
        for number, citation in enumerate(citations(recorded.event))
        if citation.text_sha256
    ]


VIEW = View(
    name="documents",
    version=2,
    rows=(Document, Likeness, Band, Unborne),
    events=(DocumentReceived, DocumentRevised, *_CITING),
    fold=fold,
    wants=wants,
    effort=4,
)
