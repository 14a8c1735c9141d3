"""A change is recorded as in effect once, on its day in the capital, if it still begins then."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from projections.calendars import Calendars
from projections.effects import Effects, begins
from projections.views.calendar import CalendarEntry
from tests.place import Place, parts_at
from tracker.domain.base import Command, Given, Item, NewEvent, Past, Query
from tracker.domain.catalog import fact_from
from tracker.domain.correction import FactCorrected, Reason
from tracker.domain.fact import RecordFact
from tracker.domain.policy import EffectiveDateReached, PolicyChanged
from tracker.parts import Parts
from tracker.tables.effects import Through
from tracker.wiring import effects_of

QUITO = ZoneInfo("America/Guayaquil")
DAY = date(2099, 7, 1)
MIDNIGHT = datetime(2099, 7, 1, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FACT: dict[str, Any] = {
    "jurisdiction": "EC", "action": "suspended", "announced_on": "2099-06-18",
    "effective_from": "2099-07-01", "first_hand": "for the test",
    "rule": {"nationalities": ["CN"], "regime": "visa-free-suspended"},
}  # fmt: skip


class Correct(Command, frozen=True, kw_only=True):
    """Say a change again with another start."""

    target: str
    position: int
    fact: PolicyChanged

    def reads(self, past: Past) -> Query:
        """Nothing."""
        return Query()

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The correction."""
        event = FactCorrected(
            target=self.target, target_position=self.position, fact_type=self.fact.type,
            fact=msgspec.to_builtins(self.fact), reason=Reason("source-corrected", "postponed"),
            same_tags=self.fact.tags(),
        )  # fmt: skip
        return [NewEvent(given.new_id(), event)]


class World:
    """A tracker whose ticks see the time that a test sets."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.now = MIDNIGHT - timedelta(days=10)

    async def worker(self) -> Effects:
        """One of any number of processes."""
        return await effects_of(msgspec.structs.replace(self.parts, clock=lambda: self.now))

    async def change(self, **fields: Any) -> str:
        """Record a change; its id."""
        fact = fact_from("policy", {**FACT, **fields})
        done = await self.parts.executor.execute(RecordFact(fact=fact), await self.parts.operator())
        await self.parts.settle()
        return str(done.events[-1].id)

    async def tick(self, now: datetime) -> int:
        """A tick at a moment; how many days were reached."""
        self.now = now
        found = await (await self.worker()).tick()
        await self.parts.settle()
        return found

    async def reached(self) -> list[EffectiveDateReached]:
        """What is on record."""
        query = Query((Item(types=(EffectiveDateReached.type,)),))
        found = await self.parts.reader.read(query)
        return [r.event for r in found if isinstance(r.event, EffectiveDateReached)]


@pytest.fixture
async def world(place: Place) -> AsyncIterator[World]:
    async with parts_at(place) as parts:
        made = World(parts)
        assert await made.tick(made.now) == 0
        yield made


async def test_the_day_begins_in_the_capital_and_is_recorded_once(world: World) -> None:
    change = await world.change()
    assert await world.tick(MIDNIGHT - SECOND) == 0
    assert await world.tick(MIDNIGHT) == 1
    assert await world.tick(MIDNIGHT + SECOND) == 0
    (reached,) = await world.reached()
    assert (reached.change, reached.day, reached.jurisdiction) == (change, "2099-07-01", "EC")
    days = await Calendars(world.parts.views).days(today=DAY, first=DAY, last=DAY)
    assert [(d.reached, d.lead_days) for d in days.dated] == [(True, 13)]
    (recorded,) = await world.parts.reader.read(Query((Item(types=(reached.type,)),)))
    assert recorded.actor.role == "system"


async def test_two_workers_record_one_event(world: World) -> None:
    await world.change()
    world.now = MIDNIGHT
    workers = [await world.worker() for _ in range(2)]
    assert sum(await asyncio.gather(*(w.tick() for w in workers))) == 1
    assert len(await world.reached()) == 1


async def test_a_tracker_that_was_away_on_the_day_records_it_when_it_is_back(world: World) -> None:
    await world.change()
    assert await world.tick(MIDNIGHT + timedelta(days=7)) == 1


async def test_a_day_without_certainty_is_not_invented(world: World) -> None:
    for start in ("2099-07", "2099-07-01~", "2099-07-01/2099-07-02"):
        await world.change(effective_from=start)
    assert await world.tick(MIDNIGHT + timedelta(days=60)) == 0


async def test_a_date_that_was_moved_is_reached_on_the_new_day_alone(world: World) -> None:
    change = await world.change()
    position = await world.parts.reader.head()
    (recorded,) = await world.parts.reader.read(Query((Item(),)), after=position - 1)
    assert isinstance(recorded.event, PolicyChanged)
    moved = msgspec.structs.replace(recorded.event, effective_from="2099-08-01")
    await world.parts.executor.execute(
        Correct(target=change, position=position, fact=moved), await world.parts.operator()
    )
    await world.parts.settle()
    assert await world.tick(MIDNIGHT) == 0
    assert await world.tick(MIDNIGHT + timedelta(days=31)) == 1
    assert [r.day for r in await world.reached()] == ["2099-08-01"]


async def test_what_was_replaced_is_not_reached(world: World) -> None:
    change = await world.change()
    await world.change(replaces=[change], effective_from="2099-09-01")
    assert await world.tick(MIDNIGHT + timedelta(days=31)) == 0


async def test_history_that_is_recorded_later_is_silent(world: World) -> None:
    await world.change(effective_from="2016-08-01", announced_on="2016-07-01")
    yesterday = datetime.now(QUITO).date() - timedelta(days=1)
    await world.change(effective_from=str(yesterday), announced_on=str(yesterday))
    assert await world.tick(MIDNIGHT + timedelta(days=1)) == 0


async def test_what_began_before_the_first_start_on_a_log_is_silent(place: Place) -> None:
    async with parts_at(place) as parts:
        world = World(parts)
        await world.change()
        assert await world.tick(MIDNIGHT + SECOND) == 0
        assert await world.tick(MIDNIGHT + timedelta(hours=1)) == 0
        # What is told on the day itself is not too late.
        await world.change()
        assert await world.tick(MIDNIGHT + timedelta(hours=2)) == 1


def row(lower: date, recorded_at: datetime, jurisdiction: str = "EC") -> CalendarEntry:
    """A certain start that the log knows since its second event."""
    return CalendarEntry(
        event="", boundary="starts", since=2, recorded_at=recorded_at, position=2, type="",
        policy=None, jurisdiction=jurisdiction, countries=(), nationalities=(), rule=True,
        on=str(lower), lower=lower, upper=lower, exact=True, announced_on=None, lead_days=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("jurisdiction", "hour"), [("EC", 5), ("CN", -8), ("NZ", -12), ("KI", -12), ("XX", 0)]
)
def test_the_day_begins_at_midnight_in_the_time_zone_of_the_capital(
    jurisdiction: str, hour: int
) -> None:
    entry = row(DAY, MIDNIGHT - timedelta(days=9), jurisdiction)
    midnight = datetime.combine(DAY, time.min, UTC) + timedelta(hours=hour)
    last = Through(midnight - SECOND, 2)
    assert begins(entry, last, midnight)
    assert not begins(entry, last, midnight - SECOND / 2)
    assert not begins(entry, Through(midnight, 2), midnight + SECOND)


def test_what_is_recorded_on_the_day_begins_and_what_is_recorded_after_it_does_not() -> None:
    last, now = Through(MIDNIGHT + timedelta(hours=9), 1), MIDNIGHT + timedelta(days=3)
    end_of_day = MIDNIGHT + timedelta(days=1)
    assert begins(row(DAY, end_of_day - SECOND), last, now)
    assert not begins(row(DAY, end_of_day), last, now)
    assert not begins(row(date.max, MIDNIGHT), last, now)
