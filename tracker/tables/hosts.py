"""How hosts are treated by whoever polls them, in figures since the first poll; and how feeds do."""

from datetime import datetime

import msgspec

from tracker.log.database import Database

FEEDS = """
select count(*) filter (where leased_until is distinct from 'infinity'),
       count(*) filter (where next_at <= %(now)s
                          and (leased_until is null or leased_until <= %(now)s)),
       count(*) filter (where failures > 0 and leased_until is distinct from 'infinity'),
       count(*) filter (where quiet_after <= %(now)s
                          and leased_until is distinct from 'infinity')
from app.feed_schedule
"""
SUM = """
select count(*), coalesce(sum(polls), 0)::bigint, coalesce(sum(requests), 0)::bigint,
       coalesce(sum(unchanged), 0)::bigint, coalesce(sum(bytes), 0)::bigint,
       coalesce(sum(waits), 0)::bigint
from app.feed_host where polls > 0
"""
BUSIEST = """
select host, polls, requests, unchanged, bytes, waits
from app.feed_host where polls > 0 order by requests desc, host limit %(limit)s
"""
_SHOWN = 10


class HostFigures(msgspec.Struct, frozen=True):
    """What one host was asked and what it sent."""

    host: str
    polls: int
    requests: int
    """Polls, and the redirects that they followed."""
    unchanged: int
    """Polls that it answered with 304."""
    bytes: int
    waits: int
    """Polls that were put off because it asked for that."""


class Polls(msgspec.Struct, frozen=True, kw_only=True):
    """How the feeds do, and how politely they are polled."""

    feeds: int
    overdue: int
    failing: int
    quiet: int
    """Feeds that are silent for far longer than they ever were."""
    hosts: int
    polls: int
    requests: int
    unchanged_share: float
    """Of the polls that were answered with 304."""
    bytes: int
    waits: int
    busiest: list[HostFigures]


async def polls(database: Database, now: datetime) -> Polls:
    """All figures, with those of the hosts that are asked most."""
    [(feeds, overdue, failing, quiet)] = await database.fetch(FEEDS, {"now": now})
    [(hosts, polled, requests, unchanged, sent, waits)] = await database.fetch(SUM)
    busiest = await database.fetch(BUSIEST, {"limit": _SHOWN})
    return Polls(
        feeds=feeds,
        overdue=overdue,
        failing=failing,
        quiet=quiet,
        hosts=hosts,
        polls=polled,
        requests=requests,
        unchanged_share=round(unchanged / polled, 3) if polled else 0.0,
        bytes=sent,
        waits=waits,
        busiest=[HostFigures(*row) for row in busiest],
    )
