"""Tells whom a feed serves when it fails, and when it is read again.

    fails ─→ a blind spot ─ is read ─→ told at once
                          └ failed before within a day ─ is read for a day ─→ told then

So a feed that comes and goes is told of twice, and once when it has settled: whoever hears nothing
meanwhile believes in a blind spot too many, and never in one too few.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from projections.alerts.assurances import blind_spot, seeing_again
from projections.alerts.locking import locked
from projections.alerts.outbox import planned
from projections.alerts.serving import FeedState, serves
from projections.alerts.watching import Feeds, Watcher, Watchers, plan
from tracker.clock import Clock
from tracker.domain.ids import derived
from tracker.domain.values import instant_text
from tracker.log.database import Connection, Database

_SETTLED = timedelta(days=1)

OPEN = """
select feed, since, seen_since,
       exists (select from alert.blind_spot before where before.feed = now.feed
               and before.ended_at > now.since - %(settled)s)
from alert.blind_spot now where ended_at is null
"""
ENDED = "select distinct feed from alert.blind_spot where ended_at > %(since)s"
FAILS = """
insert into alert.blind_spot (feed, since) values (%(feed)s, %(now)s) on conflict do nothing
"""
LIVES = """
update alert.blind_spot set ended_at = %(now)s where feed = %(feed)s and ended_at is null
"""
SEEN = """
update alert.blind_spot set seen_since = %(seen_since)s
where feed = %(feed)s and ended_at is null
"""
MADE = "select id from alert.message where id = any (%(ids)s)"


class _Spot(msgspec.Struct, frozen=True):
    """A feed that fails; `flaps` if it did before within a day."""

    feed: str
    since: datetime
    seen_since: datetime | None
    flaps: bool


class _Turned(msgspec.Struct):
    """The feeds that are not as they were told to be."""

    failing: list[FeedState] = msgspec.field(default_factory=list[FeedState])
    alive: list[tuple[FeedState, datetime]] = msgspec.field(
        default_factory=list[tuple[FeedState, datetime]]
    )
    """With the moment since when they were not."""
    seen: dict[str, datetime | None] = msgspec.field(default_factory=dict[str, datetime | None])
    """Those that flap: since when they are read now."""
    gone: list[str] = msgspec.field(default_factory=list[str])


class BlindSpots:
    """Tells of feeds that fail, each time once, whoever looks.

    `watchers` may be shared with others who ask for them under the same lock.
    """

    def __init__(self, database: Database, clock: Clock, watchers: Watchers, feeds: Feeds) -> None:
        self._database = database
        self._clock = clock
        self._watchers = watchers
        self._feeds = feeds

    async def look(self) -> int:
        """Tell of feeds that began to fail, and of those that live again; how many messages."""
        if await self._turned(await self._feeds.all(), self._clock()) == _Turned():
            return 0
        now, made = self._clock(), 0
        async with self._database.transaction() as connection:
            position = await locked(connection)
            # Read anew under the lock: somebody else may have told of it.
            feeds = await self._feeds.all()
            turned = await self._turned(feeds, now)
            watchers = await self._watchers.at(position)
            speak_of = await self._feeds.speak_of(feeds, now)
            recent = await self._database.fetch(ENDED, {"since": now - _SETTLED})
            flapping = {feed for (feed,) in recent}
            for feed in turned.failing:
                await connection.execute(FAILS, {"feed": feed.feed, "now": now})
                note = blind_spot(feed, flaps=feed.feed in flapping)
                plans = [
                    plan(_blind(feed.feed, now, w), "notice", w, position, note, now)
                    for w in watchers
                    if serves(feed.feed, speak_of, w.places)
                ]
                made += await planned(connection, plans, now)
            for feed, since in turned.alive:
                await connection.execute(LIVES, {"feed": feed.feed, "now": now})
                made += await _again(connection, feed, since, watchers, position, now)
            for feed, since in turned.seen.items():
                await connection.execute(SEEN, {"feed": feed, "seen_since": since})
            for feed in turned.gone:
                await connection.execute(LIVES, {"feed": feed, "now": now})
        return made

    async def _turned(self, feeds: Sequence[FeedState], now: datetime) -> _Turned:
        rows = await self._database.fetch(OPEN, {"settled": _SETTLED})
        spots = {spot.feed: spot for spot in (_Spot(*row) for row in rows)}
        turned = _Turned(gone=sorted(spots.keys() - {f.feed for f in feeds}))
        for feed in feeds:
            spot = spots.get(feed.feed)
            if spot is None:
                if feed.blind:
                    turned.failing.append(feed)
            elif feed.blind and spot.seen_since:
                turned.seen[feed.feed] = None
            elif feed.sees(spot.since):
                if not spot.flaps or (spot.seen_since and now - spot.seen_since >= _SETTLED):
                    turned.alive.append((feed, spot.since))
                elif spot.seen_since is None:
                    turned.seen[feed.feed] = now
        return turned


async def _again(
    connection: Connection,
    feed: FeedState,
    since: datetime,
    watchers: Sequence[Watcher],
    position: int,
    now: datetime,
) -> int:
    """Tell those who were told that a feed failed, whatever it serves by now."""
    told = {_blind(feed.feed, since, w): w for w in watchers}
    rows = await (await connection.execute(MADE, {"ids": list(told)})).fetchall()
    note, began = seeing_again(feed, since), instant_text(since)
    plans = [
        plan(
            derived("sight", feed.feed, began, told[name].subscription),
            "notice", told[name], position, note, now,
        )
        for (name,) in rows
    ]  # fmt: skip
    return await planned(connection, plans, now)


def _blind(feed: str, since: datetime, watcher: Watcher) -> UUID:
    return derived("blind-spot", feed, instant_text(since), watcher.subscription)
