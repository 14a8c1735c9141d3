"""Who is to be assured: the open subscriptions with their pacing, the feeds and what they speak of."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from projections.alerts.message import Kind, Note, Plan, loaded
from projections.alerts.pacing import undisturbed
from projections.alerts.serving import FeedState, Reached, places, reached
from tracker.domain.base import Item, Query, Recorded
from tracker.domain.filter import Filter
from tracker.domain.pacing import Pacing
from tracker.domain.subscription import (
    SUBSCRIPTION_EVENTS,
    SubscriptionClosed,
    SubscriptionOpened,
    Watched,
)
from tracker.log.database import Database
from tracker.log.read import Reader

SUBSCRIPTIONS = Query((Item(types=tuple(event.type for event in SUBSCRIPTION_EVENTS)),))
_PAGE = 1000
_LATELY = timedelta(days=365)

# A feed that was paused keeps its place in the schedule.
FEEDS = """
select f.feed, coalesce(f.title, f.publisher, f.url), f.status, f.reason, s.polled_at,
       s.succeeded_at, s.next_at, coalesce(s.failures, 0), s.message
from view.feed f left join app.feed_schedule s on s.feed = f.feed
where f.status <> 'removed' order by f.feed
"""
NAMED = """
select feed, array_agg(distinct name) from view.draft_document, unnest(names) as name
where feed = any (%(feeds)s) and received_at > %(since)s group by feed
"""


class Watcher(msgspec.Struct, frozen=True, gc=False):
    """An open subscription, as whoever assures it needs it."""

    subscription: str
    channel: str
    title: str | None
    filter: Filter
    pacing: Pacing | None
    opened_at: datetime
    event: str
    """The event that set all this."""

    @property
    def places(self) -> frozenset[str]:
        """Where what it watches happens."""
        return places(self.filter)


class Watchers:
    """The open subscriptions, folded from the log as far as somebody has asked."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._open: dict[str, Watcher] = {}
        self._position = 0

    async def at(self, position: int) -> list[Watcher]:
        """Those that are open at a position, which is never before an earlier one."""
        while True:
            after = self._position
            page = await self._reader.read(SUBSCRIPTIONS, after=after, before=position, limit=_PAGE)
            for recorded in page:
                self._follow(recorded)
                self._position = recorded.position
            if len(page) < _PAGE:
                self._position = max(position, self._position)
                return list(self._open.values())

    def _follow(self, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, Watched):
            known = self._open.get(event.subscription)
            if known is None and not isinstance(event, SubscriptionOpened):
                return
            self._open[event.subscription] = Watcher(
                event.subscription,
                event.channel,
                event.title,
                event.filter,
                event.pacing,
                known.opened_at if known else recorded.recorded_at,
                str(recorded.id),
            )
        elif isinstance(event, SubscriptionClosed):
            self._open.pop(event.subscription, None)


class Feeds:
    """The feeds that are not removed, and the places that their documents named of late."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[FeedState]:
        """How each feed is."""
        return [loaded(FeedState, row) for row in await self._database.fetch(FEEDS)]

    async def speak_of(self, feeds: list[FeedState], now: datetime) -> Reached:
        """What the documents of feeds named in the past year."""
        named = {"feeds": [f.feed for f in feeds], "since": now - _LATELY}
        return reached(await self._database.fetch(NAMED, named))


def plan(
    name: UUID, kind: Kind, watcher: Watcher, position: int, note: Note, now: datetime
) -> Plan:
    """A message that no event is the cause of, for when it disturbs nobody."""
    return Plan(
        id=name,
        kind=kind,
        subscription=watcher.subscription,
        channel=watcher.channel,
        position=position,
        due_at=undisturbed(watcher.pacing, now),
        note=note,
    )
