"""The log for views: only kinds of events that they fold, nothing that was erased, page by page."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from uuid import UUID

import msgspec

from projections.view import View
from tracker.domain.base import Event, Recorded
from tracker.domain.catalog import BY_TYPE, EVENTS
from tracker.domain.erasure import ERASURES, PayloadErased
from tracker.log.database import Database
from tracker.log.read import Reader

_PAGE = 5_000
_SAMPLED = 2_000


class Page(msgspec.Struct, frozen=True, gc=False):
    """Events up to a position."""

    events: Iterator[Recorded]
    """Each decoded when it is its turn."""
    position: int


def taken_by(views: Iterable[View]) -> list[type[Event]]:
    """The kinds of events that some view folds."""
    wanted = tuple(kind for view in views for kind in view.events)
    return [event for event in EVENTS if issubclass(event, wanted)]


class Pages:
    """Reads the log from the first event for one or more views."""

    def __init__(self, database: Database) -> None:
        self._reader = Reader(database)

    async def head(self) -> int:
        """The position of the last event."""
        return await self._reader.head()

    async def kinds(self, until: int) -> dict[type[Event], int]:
        """How many events of each kind are among some thousands, evenly spread up to a position."""
        found = await self._reader.sample(until, _SAMPLED)
        return {BY_TYPE[name]: number for name, number in found.items() if name in BY_TYPE}

    async def erased(self) -> frozenset[UUID]:
        """The ids of all erased events; for a moment their payloads may still be there."""
        found = await self._reader.read_all(ERASURES, before=await self._reader.head())
        events = (r.event for r in found if isinstance(r.event, PayloadErased))
        return frozenset(UUID(target) for event in events for target in event.targets)

    async def last_erasure(self) -> int:
        """The position of the last erasure, 0 where there is none."""
        found = await self._reader.read(ERASURES, limit=1, backwards=True)
        return found[0].position if found else 0

    async def read(
        self, views: Iterable[View], erased: frozenset[UUID], *, after: int, until: int
    ) -> list[Recorded]:
        """What the views fold of the events with after < position <= until."""
        return list(await self._read(views, erased, after=after, until=until))

    async def _read(
        self, views: Iterable[View], erased: frozenset[UUID], *, after: int, until: int
    ) -> Iterator[Recorded]:
        types = [kind.type for kind in taken_by(views)]
        return (
            recorded
            for recorded in await self._reader.spanned(types, after=after, until=until)
            # Nothing is erased from most logs, and the hash of a UUID is not for nothing.
            if recorded.event is not None and not (erased and recorded.id in erased)
        )

    async def all(
        self, views: Iterable[View], erased: frozenset[UUID], until: int
    ) -> AsyncGenerator[Page]:
        """All pages up to a position; one is read ahead."""
        kept, position = list(views), 0
        ahead: asyncio.Task[Iterator[Recorded]] | None = None

        def begin() -> asyncio.Task[Iterator[Recorded]]:
            end = min(position + _PAGE, until)
            return asyncio.create_task(self._read(kept, erased, after=position, until=end))

        try:
            while position < until:
                events = await (ahead or begin())
                position = min(position + _PAGE, until)
                ahead = begin() if position < until else None
                yield Page(events, position)
        finally:
            if ahead is not None:
                ahead.cancel()
                await asyncio.gather(ahead, return_exceptions=True)
