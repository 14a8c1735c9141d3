"""Turns: one poller a feed and one request a host at a time, whoever asks in whatever process."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from tests.place import Place
from tracker.log.database import Database
from tracker.tables.hosts import polls
from tracker.tables.schedule import Outcome, Schedule, Turn

NOW = datetime(2024, 6, 20, 12, tzinfo=UTC)
LEASE = timedelta(minutes=3)
SECOND = timedelta(seconds=1)


class Clock:
    """The time of day, which passes when the test says so."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def schedule(database: Database, clock: Clock) -> Schedule:
    return Schedule(database, clock)


@pytest.fixture
async def others(place: Place, clock: Clock) -> AsyncIterator[Schedule]:
    """What another process has."""
    async with place.open("tracker_append") as opened:
        yield Schedule(opened, clock)


def done(next_at: datetime, **more: object) -> Outcome:
    """A poll that went well, at a host that wants five seconds between two of them."""
    usual = Outcome(
        outcome="ok", message="1 new", ok=True, next_at=next_at, reason="r", memory={"a": 1},
        host_wait=5 * SECOND,
    )  # fmt: skip
    return msgspec.structs.replace(usual, **more)


def named(turns: list[Turn]) -> list[str]:
    return sorted(turn.feed for turn in turns)


async def test_feeds_of_one_host_are_polled_one_after_the_other_with_a_pause(
    schedule: Schedule, others: Schedule, clock: Clock
) -> None:
    await schedule.ensure({"a": "one", "b": "one", "c": "two"})
    turns = await schedule.claim(10, LEASE)
    assert len(turns) == 2
    assert await others.claim(10, LEASE) == []
    first = next(turn for turn in turns if turn.feed != "c")

    await schedule.finish(first, done(NOW + 3600 * SECOND))

    assert await others.claim(10, LEASE) == []
    clock.now += 4 * SECOND
    assert await others.claim(10, LEASE) == []
    clock.now += SECOND
    assert named(await others.claim(10, LEASE)) == named(
        [msgspec.structs.replace(first, feed="b" if first.feed == "a" else "a")]
    )


async def test_of_many_who_ask_at_once_each_gets_other_turns_at_other_hosts(
    schedule: Schedule, others: Schedule
) -> None:
    hosts = {f"{host}-{n}": f"host{host}" for host in range(20) for n in range(3)}
    await schedule.ensure(hosts)

    claims = await asyncio.gather(*(s.claim(7, LEASE) for s in (schedule, others) * 4))

    turns = [turn for claim in claims for turn in claim]
    asked = [hosts[turn.feed] for turn in turns]
    assert len(asked) == len(set(asked)) >= 7
    assert {turn.fence for turn in turns} == {1}


async def test_many_feeds_of_a_busy_host_do_not_keep_others_from_their_turn(
    schedule: Schedule, clock: Clock
) -> None:
    await schedule.ensure({f"busy{n}": "busy" for n in range(100)})
    clock.now += SECOND
    await schedule.ensure({"other": "other"})
    assert len(await schedule.claim(2, LEASE)) == 1
    assert named(await schedule.claim(2, LEASE)) == ["other"]


async def test_a_turn_that_is_given_back_is_soon_anybodys_and_not_given_back_twice(
    schedule: Schedule, others: Schedule, clock: Clock
) -> None:
    await schedule.ensure({"a": "one"})
    (cut,) = await schedule.claim(1, LEASE)
    await schedule.give_back([cut], 5 * SECOND)
    assert await others.claim(1, LEASE) == []
    clock.now += 5 * SECOND
    (again,) = await others.claim(1, LEASE)
    await schedule.give_back([cut], 5 * SECOND)
    clock.now += 5 * SECOND
    assert await schedule.claim(1, LEASE) == []
    assert await others.finish(again, done(NOW))


async def test_whoever_dies_loses_the_turn_when_the_lease_ends_and_can_no_more_end_it(
    schedule: Schedule, others: Schedule, clock: Clock
) -> None:
    await schedule.ensure({"a": "one"})
    (dead,) = await schedule.claim(1, LEASE)
    clock.now += LEASE - SECOND
    assert await others.claim(1, LEASE) == []
    clock.now += SECOND
    (turn,) = await others.claim(1, LEASE)

    assert not await schedule.finish(dead, done(NOW + 99 * LEASE, message="too late"))
    assert await others.finish(turn, done(clock.now + LEASE))

    (place,) = await schedule.state()
    assert (place.message, place.next_at) == ("1 new", clock.now + LEASE)
    assert turn.fence == dead.fence + 1


async def test_a_clock_that_was_ahead_keeps_no_feed_from_its_turn(
    schedule: Schedule, others: Schedule, clock: Clock
) -> None:
    await schedule.ensure({"a": "one", "b": "two", "c": "three", "d": "four"})
    await schedule.park(["d"])
    clock.now += 999 * LEASE
    by_feed = {turn.feed: turn for turn in await schedule.claim(10, LEASE)}
    await schedule.finish(by_feed["a"], done(clock.now + LEASE))
    await schedule.finish(by_feed["b"], done(clock.now + LEASE))
    # Whoever polls the third is killed.
    clock.now = NOW + SECOND
    assert named(await schedule.claim(10, LEASE)) == ["a", "b"]
    assert await others.claim(10, LEASE) == []
    clock.now += LEASE
    assert named(await others.claim(10, LEASE)) == ["a", "b", "c"]


async def test_what_is_remembered_of_a_feed_comes_with_its_next_turn(
    schedule: Schedule, clock: Clock
) -> None:
    await schedule.ensure({"a": "one"})
    (turn,) = await schedule.claim(1, LEASE)
    assert (turn.memory, turn.polled_before) == ({}, False)
    await schedule.finish(turn, done(NOW, memory={"rhythm": [1]}, message="\0", reason="\ud800"))
    clock.now += 5 * SECOND
    (turn,) = await schedule.claim(1, LEASE)
    assert (turn.memory, turn.polled_before) == ({"rhythm": [1]}, True)


async def test_whoever_asks_by_hand_does_not_wait_for_the_host_but_for_whoever_polls_it(
    schedule: Schedule, others: Schedule
) -> None:
    await schedule.ensure({"a": "one", "b": "one"})
    (turn,) = await schedule.claim(2, LEASE)
    other = "b" if turn.feed == "a" else "a"
    assert await others.claim_now(turn.feed, LEASE) is None
    assert (await others.claim_now(other, LEASE) or turn).feed == other
    assert await others.claim_now("unknown", LEASE) is None


async def test_a_feed_that_moved_is_counted_at_its_new_host(
    schedule: Schedule, clock: Clock
) -> None:
    await schedule.ensure({"a": "one", "b": "one"})
    assert len(await schedule.claim(2, LEASE)) == 1
    await schedule.ensure({"a": "two", "b": "three"})
    clock.now += LEASE
    assert named(await schedule.claim(2, LEASE)) == ["a", "b"]


async def test_figures_say_how_feeds_do_and_how_hosts_are_treated(
    schedule: Schedule, database: Database, clock: Clock
) -> None:
    await schedule.ensure({"a": "one", "b": "two", "c": "three", "d": "four"})
    await schedule.park(["d"])
    by_feed = {turn.feed: turn for turn in await schedule.claim(10, LEASE)}
    later = NOW + 3600 * SECOND
    await schedule.finish(by_feed["a"], done(later, requests=3, wire_bytes=700, waited=True))
    await schedule.finish(by_feed["b"], done(later, unchanged=True, quiet_after=NOW + SECOND))
    await schedule.finish(by_feed["c"], done(later, ok=False))

    first = await polls(database, clock.now)
    assert (first.feeds, first.overdue, first.failing, first.quiet) == (3, 0, 1, 0)
    assert (first.hosts, first.polls, first.requests, first.bytes, first.waits) == (3, 3, 5, 700, 1)
    assert first.unchanged_share == 0.333
    assert (first.busiest[0].host, first.busiest[0].requests) == ("one", 3)

    clock.now = later
    then = await polls(database, clock.now)
    assert (then.overdue, then.quiet) == (3, 1)
    assert [place.feed for place in await schedule.state() if place.quiet] == ["b"]
