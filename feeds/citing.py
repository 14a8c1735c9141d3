"""Who cites which document: read from the log as it grows, so that a changed text can be held
against the quotes of facts, and the page of what is cited is looked at again.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from feeds.article import Version
from feeds.guard import host_of
from feeds.revisits import first_look
from feeds.versions import known_versions
from tracker.clock import Clock
from tracker.domain.base import Recorded
from tracker.domain.catalog import EVENTS
from tracker.domain.correction import FactCorrected, citations
from tracker.domain.document import GoneQuote, bears
from tracker.domain.erasure import PayloadErased
from tracker.domain.fact import Fact
from tracker.log.read import Reader
from tracker.tables.pages import Cited, Pages

_TYPES = tuple(e.type for e in EVENTS if issubclass(e, Fact | FactCorrected | PayloadErased))
_PAGE = 5_000


class Citing:
    """Follows the log for citations; any number of processes may do so on one database."""

    def __init__(self, reader: Reader, pages: Pages, clock: Clock) -> None:
        self._reader = reader
        self._pages = pages
        self._clock = clock
        self._learning = asyncio.Lock()

    async def learn(self) -> None:
        """Take in what was cited, and what was erased, since it was last looked."""
        async with self._learning:
            head, through = await self._reader.head(), await self._pages.through()
            while through < head:
                until = min(head, through + _PAGE)
                await self._take(await self._reader.span(_TYPES, after=through, until=until))
                await self._pages.advance(until)
                through = until

    async def gone(self, document: str, texts: Sequence[str]) -> tuple[GoneQuote, ...]:
        """The citations of a document that its new texts do not bear out."""
        await self.learn()
        borne = bears(texts)
        citing = await self._reader.by_ids([UUID(e) for e in await self._pages.citing(document)])
        return tuple(
            GoneQuote(str(recorded.id), number)
            for recorded in citing
            for number, citation in enumerate(citations(recorded.event))
            if citation.document == document and not borne(citation.quote)
        )

    async def _take(self, events: Sequence[Recorded]) -> None:
        citing = {str(r.id): [c.document for c in citations(r.event)] for r in events}
        latest = {d: r.recorded_at for r in events for d in citing[str(r.id)]}
        await self._pages.note(citing)
        known = await known_versions(self._reader, list(latest))
        now = self._clock()
        cited: list[Cited] = []
        for document, newest in known.newest.items():
            if host := host_of(newest.version.url or ""):
                at = latest[document]
                due = first_look(at, now) if is_page(newest.version) else None
                cited.append(Cited(document, host, at, due))
        await self._pages.cite(cited)
        erasures = [r.event for r in events if isinstance(r.event, PayloadErased)]
        await self._pages.forget([document for e in erasures for document in e.documents])


def is_page(version: Version) -> bool:
    """Whether the text of a version is that of a web page, and not all from a feed or by hand."""
    return version.page is not None or version.teaser_sha256 is not None
