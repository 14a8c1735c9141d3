"""When each feed is polled next, and how the last poll went; the rows outlive every process."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from tracker.clock import Clock
from tracker.domain.values import storable
from tracker.log.database import Database

ENSURE = """
insert into app.feed_schedule as s (feed, next_at) select unnest(%(feeds)s::text[]), %(now)s
on conflict (feed) do update set leased_until = null, next_at = excluded.next_at
    where s.leased_until = 'infinity'
"""
# A lease that never ends; the next fence takes the turn from whoever is polling right now.
PARK = """
update app.feed_schedule set leased_until = 'infinity', fence = fence + 1
where feed = any (%(feeds)s) and leased_until is distinct from 'infinity'
"""
FORGET = "delete from app.feed_schedule where feed = any (%(feeds)s)"
CLAIM = """
update app.feed_schedule s
set fence = s.fence + 1, leased_until = %(now)s + %(lease)s
from (select feed from app.feed_schedule
      where next_at <= %(now)s and (leased_until is null or leased_until <= %(now)s)
        and (%(only)s::text is null or feed = %(only)s)
      order by next_at limit %(limit)s for update skip locked) as due
where s.feed = due.feed
returning s.feed, s.fence, s.etag, s.last_modified, s.failures, s.succeeded_at is not null
"""
HURRY = "update app.feed_schedule set next_at = %(now)s where feed = %(feed)s"
FINISH = """
update app.feed_schedule
set leased_until = null, next_at = %(next_at)s, outcome = %(outcome)s, message = %(message)s,
    polled_at = %(now)s,
    succeeded_at = case when %(ok)s then %(now)s else succeeded_at end,
    failures = case when %(ok)s then 0 else failures + 1 end,
    etag = case when %(ok)s then %(etag)s else etag end,
    last_modified = case when %(ok)s then %(last_modified)s else last_modified end
where feed = %(feed)s and fence = %(fence)s
"""
STATE = """
select feed, next_at, outcome, message, polled_at, succeeded_at, failures
from app.feed_schedule where leased_until is distinct from 'infinity' order by feed
"""


class Turn(msgspec.Struct, frozen=True):
    """The right to poll a feed once; the fence shows whether it is still the latest."""

    feed: str
    fence: int
    etag: str | None
    last_modified: str | None
    failures: int
    polled_before: bool


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a poll went and when the next is due."""

    outcome: str
    message: str
    ok: bool
    next_at: datetime
    etag: str | None = None
    last_modified: str | None = None


class FeedSchedule(msgspec.Struct, frozen=True):
    """A feed's place in the schedule, for people."""

    feed: str
    next_at: datetime
    outcome: str | None
    message: str | None
    polled_at: datetime | None
    succeeded_at: datetime | None
    failures: int


class Schedule:
    """Which feeds are due; any number of pollers may ask."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def ensure(self, feeds: Sequence[str]) -> None:
        """Give feeds a place, due at once, unless they have one that is not parked."""
        await self._database.run(ENSURE, {"feeds": list(feeds), "now": self._clock()})

    async def park(self, feeds: Sequence[str]) -> None:
        """Keep what is known of feeds while they have no turns, until `ensure` is asked."""
        await self._database.run(PARK, {"feeds": list(feeds)})

    async def forget(self, feeds: Sequence[str]) -> None:
        """Take feeds out of the schedule for good."""
        await self._database.run(FORGET, {"feeds": list(feeds)})

    async def claim(self, limit: int, lease: timedelta, *, only: str | None = None) -> list[Turn]:
        """Turns for feeds that are due and that nobody holds."""
        rows = await self._database.fetch(
            CLAIM, {"now": self._clock(), "lease": lease, "limit": limit, "only": only}
        )
        return [Turn(*row) for row in rows]

    async def hurry(self, feed: str) -> None:
        """Make a feed due now."""
        await self._database.run(HURRY, {"feed": feed, "now": self._clock()})

    async def finish(self, turn: Turn, outcome: Outcome) -> bool:
        """Note how a poll went; False where somebody else has had a turn since."""
        # The message may hold whatever a server answered.
        fields = {**msgspec.structs.asdict(outcome), "message": storable(outcome.message)}
        key = {"feed": turn.feed, "fence": turn.fence, "now": self._clock()}
        return bool(await self._database.run(FINISH, {**fields, **key}))

    async def state(self) -> list[FeedSchedule]:
        """The place of every feed that has turns."""
        return [FeedSchedule(*row) for row in await self._database.fetch(STATE)]
