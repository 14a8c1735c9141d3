"""When each feed is polled next, and how the last poll went; the rows outlive every process.

A host is asked by one poller at a time: a turn is given only for a host that is free, and takes it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from tracker.clock import STEP, Clock, Comparing
from tracker.domain.values import storable
from tracker.log.database import Database

ENSURE = """
with placed as (select unnest(%(feeds)s::text[]) as feed, unnest(%(hosts)s::text[]) as host),
     hosts as (insert into app.feed_host (host, free_at) select distinct host, %(now)s::timestamptz
               from placed on conflict do nothing)
insert into app.feed_schedule as s (feed, host, next_at) select feed, host, %(now)s from placed
on conflict (feed) do update
    set host = excluded.host,
        leased_until = case when s.leased_until = 'infinity' then null else s.leased_until end,
        next_at = case when s.leased_until = 'infinity' then excluded.next_at else s.next_at end
    where s.leased_until = 'infinity' or s.host <> excluded.host
"""
# A lease that never ends; the next fence takes the turn from whoever is polling right now.
PARK = """
update app.feed_schedule set leased_until = 'infinity', fence = fence + 1
where feed = any (%(feeds)s) and leased_until is distinct from 'infinity'
"""
FORGET = "delete from app.feed_schedule where feed = any (%(feeds)s)"
# The longest overdue come first, one of each host. The host's row is the lock: where two ask at
# once, the second sees the host taken, and a feed that was polled meanwhile is due no more.
CLAIM = """
with due as materialized (
    select s.feed, s.host, s.next_at
    from app.feed_schedule s join app.feed_host h on h.host = s.host
    where s.next_at <= %(now)s and (s.leased_until is null or s.leased_until <= %(now)s)
      and h.free_at <= %(now)s
    order by s.next_at limit %(window)s),
first as (
    select distinct on (host) feed, host, next_at from due order by host, next_at, feed),
free as (
    select f.feed, f.host
    from (select * from first order by next_at limit %(limit)s) as f
    join app.feed_host h on h.host = f.host
    where h.free_at <= %(now)s for update of h skip locked),
taken as (
    update app.feed_schedule s set fence = s.fence + 1, leased_until = %(now)s + %(lease)s
    from free
    where s.feed = free.feed and s.next_at <= %(now)s
      and (s.leased_until is null or s.leased_until <= %(now)s)
    returning s.feed, s.host, s.fence, s.etag, s.last_modified, s.failures,
              s.succeeded_at is not null as polled_before, s.memory),
held as (
    update app.feed_host h set free_at = %(now)s + %(lease)s from taken where h.host = taken.host)
select feed, fence, etag, last_modified, failures, polled_before, memory from taken
"""
# Whoever asks by hand does not wait for the host, but nobody else asks it meanwhile.
CLAIM_NOW = """
with taken as (
    update app.feed_schedule s
    set fence = s.fence + 1, leased_until = %(now)s + %(lease)s, next_at = %(now)s
    where s.feed = %(feed)s and (s.leased_until is null or s.leased_until <= %(now)s)
    returning s.feed, s.host, s.fence, s.etag, s.last_modified, s.failures,
              s.succeeded_at is not null as polled_before, s.memory),
held as (
    update app.feed_host h set free_at = %(now)s + %(lease)s from taken where h.host = taken.host)
select feed, fence, etag, last_modified, failures, polled_before, memory from taken
"""
# What was set while the clock was ahead would be waited for until it is as late again. A step back is
# told from clocks that differ a little by its size; a parked feed waits all the same.
SET_BACK = """
with ahead as (
    update app.feed_schedule
    set next_at = least(next_at, %(now)s),
        polled_at = case when polled_at is not null then least(polled_at, %(now)s) end,
        leased_until = case when leased_until is not null
                            then least(leased_until, %(now)s + %(lease)s) end
    where leased_until is distinct from 'infinity'
      and (polled_at > %(now)s + %(step)s or leased_until > %(now)s + %(lease)s + %(step)s)
    returning host)
update app.feed_host h set free_at = least(h.free_at, %(now)s) from ahead where h.host = ahead.host
"""
# Of a poll that our own database broke off: the host is blameless, and was asked a moment ago.
GIVE_BACK = """
with given as (
    update app.feed_schedule s set leased_until = null, next_at = %(at)s
    from unnest(%(feeds)s::text[], %(fences)s::bigint[]) as t (feed, fence)
    where s.feed = t.feed and s.fence = t.fence and s.leased_until is not null
    returning s.host)
update app.feed_host h set free_at = %(at)s from given where h.host = given.host
"""
HURRY = "update app.feed_schedule set next_at = %(now)s where feed = %(feed)s"
FINISH = """
with finished as (
    update app.feed_schedule
    set leased_until = null, next_at = %(next_at)s, reason = %(reason)s, outcome = %(outcome)s,
        message = %(message)s, polled_at = %(now)s,
        succeeded_at = case when %(ok)s then %(now)s else succeeded_at end,
        failures = case when %(ok)s then 0 else failures + 1 end,
        etag = case when %(ok)s then %(etag)s else etag end,
        last_modified = case when %(ok)s then %(last_modified)s else last_modified end,
        memory = %(memory)s, last_new_at = %(last_new_at)s, quiet_after = %(quiet_after)s
    where feed = %(feed)s and fence = %(fence)s returning host)
update app.feed_host h
set free_at = %(now)s + %(host_wait)s, polls = polls + 1, requests = requests + %(requests)s,
    unchanged = unchanged + %(unchanged)s, bytes = bytes + %(wire_bytes)s,
    waits = waits + %(waited)s
from finished where h.host = finished.host
"""
STATE = """
select feed, host, next_at, reason, outcome, message, polled_at, succeeded_at, failures,
       last_new_at, coalesce(quiet_after <= %(now)s, false)
from app.feed_schedule where leased_until is distinct from 'infinity' order by feed
"""
# Feeds of a host that is not free are passed over, so more are looked at than are wanted.
_WINDOW = 8


class Turn(msgspec.Struct, frozen=True):
    """The right to poll a feed once; the fence shows whether it is still the latest."""

    feed: str
    fence: int
    etag: str | None
    last_modified: str | None
    failures: int
    polled_before: bool
    memory: dict[str, Any]
    """What the poller has kept about the feed."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a poll went, when and why the next is due, and what it cost the host."""

    outcome: str
    message: str
    ok: bool
    next_at: datetime
    reason: str
    memory: dict[str, Any]
    etag: str | None = None
    last_modified: str | None = None
    last_new_at: datetime | None = None
    quiet_after: datetime | None = None
    host_wait: timedelta = timedelta()
    """For how long nobody asks the host again."""
    requests: int = 1
    unchanged: bool = False
    wire_bytes: int = 0
    waited: bool = False
    """Whether the server has put the next poll off."""


class FeedSchedule(msgspec.Struct, frozen=True):
    """A feed's place in the schedule, for people."""

    feed: str
    host: str
    next_at: datetime
    reason: str | None
    """Why the next poll is then, to be read after "because"."""
    outcome: str | None
    message: str | None
    polled_at: datetime | None
    succeeded_at: datetime | None
    failures: int
    last_new_at: datetime | None
    """When it last brought something new."""
    quiet: bool
    """Whether it is silent for far longer than it ever was."""


class Schedule:
    """Which feeds are due; any number of pollers may ask."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._comparing = Comparing()

    async def ensure(self, hosts: Mapping[str, str]) -> None:
        """Feed → host: give feeds a place, due at once, unless they have one that is not parked."""
        params = {"feeds": list(hosts), "hosts": list(hosts.values()), "now": self._clock()}
        await self._database.run(ENSURE, params)

    async def park(self, feeds: Sequence[str]) -> None:
        """Keep what is known of feeds while they have no turns, until `ensure` is asked."""
        await self._database.run(PARK, {"feeds": list(feeds)})

    async def forget(self, feeds: Sequence[str]) -> None:
        """Take feeds out of the schedule for good."""
        await self._database.run(FORGET, {"feeds": list(feeds)})

    async def claim(self, limit: int, lease: timedelta) -> list[Turn]:
        """Turns for feeds that are due and that nobody holds, at hosts that nobody asks."""
        now = self._clock()
        ahead = {"now": now, "lease": lease, "step": STEP}
        await self._comparing.compare(now, lambda: self._database.run(SET_BACK, ahead))
        rows = await self._database.fetch(
            CLAIM, {"now": now, "lease": lease, "limit": limit, "window": limit * _WINDOW}
        )
        return [Turn(*row) for row in rows]

    async def claim_now(self, feed: str, lease: timedelta) -> Turn | None:
        """The turn for one feed, due or not; None where somebody else holds it."""
        rows = await self._database.fetch(
            CLAIM_NOW, {"now": self._clock(), "lease": lease, "feed": feed}
        )
        return Turn(*rows[0]) if rows else None

    async def give_back(self, turns: Sequence[Turn], wait: timedelta) -> None:
        """End turns that came to nothing before their leases end; the feeds are due after the wait."""
        at, feeds, fences = self._clock() + wait, [t.feed for t in turns], [t.fence for t in turns]
        await self._database.run(GIVE_BACK, {"at": at, "feeds": feeds, "fences": fences})

    async def hurry(self, feed: str) -> None:
        """Make a feed due now."""
        await self._database.run(HURRY, {"feed": feed, "now": self._clock()})

    async def finish(self, turn: Turn, outcome: Outcome) -> bool:
        """Note how a poll went; False where somebody else has had a turn since."""
        fields = {
            **msgspec.structs.asdict(outcome),
            # Both may hold whatever a server answered.
            "message": storable(outcome.message),
            "reason": storable(outcome.reason),
            "memory": Jsonb(outcome.memory),
            "unchanged": int(outcome.unchanged),
            "waited": int(outcome.waited),
        }
        key = {"feed": turn.feed, "fence": turn.fence, "now": self._clock()}
        return bool(await self._database.run(FINISH, {**fields, **key}))

    async def state(self) -> list[FeedSchedule]:
        """The place of every feed that has turns."""
        return [
            FeedSchedule(*row) for row in await self._database.fetch(STATE, {"now": self._clock()})
        ]
