"""Every view is built again while people read and write: nobody notices, and nobody is alerted."""

import asyncio
from itertools import product
from typing import Any
from uuid import uuid4

from projections import VIEWS
from projections.alerts.matcher import Matcher
from projections.questions import Clocks
from projections.rebuild import Rebuilder
from projections.regimes import Cell
from projections.views.timeline import TimelineEntry
from tests.place import Place, parts_at
from tests.projections.tally import running
from tests.tracker.log.events import ANALYST, named
from tracker.domain.audit import ViewRebuilt
from tracker.domain.base import EVERYTHING, Event, NewEvent
from tracker.domain.catalog import fact_from
from tracker.domain.subscription import Filter, SubscriptionOpened
from tracker.log.append import Appender
from tracker.log.follow import Head
from tracker.parts import Parts

READERS = 8
CODES = ("CN", "IN", "VE", "CU", "HT")
REGIMES = ("visa-free", "visa-required", "e-visa")
OWED = "select count(*) from alert.message"


def changes() -> list[Event]:
    """Three changes for each of five nationalities, and a subscription to all of them."""
    told: list[Event] = [
        SubscriptionOpened(
            subscription=str(uuid4()), owner="ana", channel=str(uuid4()),
            filter=Filter(destinations=("EC",)), options=("include-past",),
        )
    ]  # fmt: skip
    for year, (regime, code) in enumerate(product(REGIMES, CODES)):
        fields: dict[str, Any] = {
            "jurisdiction": "EC", "action": "amended", "effective_from": f"{2001 + year}-01-01",
            "rule": {"nationalities": [code], "regime": regime}, "first_hand": "for the test",
        }  # fmt: skip
        told.append(fact_from("policy", fields))
    return told


async def append(parts: Parts, *new: NewEvent) -> None:
    await Appender(parts.database).append(new, ANALYST, uuid4())


async def seen(parts: Parts, position: int) -> tuple[Any, ...]:
    """What a reader sees of the log as it was at a position."""
    sighting = await parts.questions.sight(Clocks(known_at=str(position), valid_at="2024-06-18"))
    cells = [await parts.questions.cell(Cell("EC", code), sighting) for code in CODES]
    lines = await parts.views.select(TimelineEntry, before={"position": position + 1})
    return [repr(cell) for cell in cells], [line.event for line in lines]


async def test_all_views_are_rebuilt_while_eight_read_and_one_writes(place: Place) -> None:
    async with parts_at(place) as parts:
        head, news, done = Head(parts.database), asyncio.Event(), asyncio.Event()
        matcher = Matcher(parts.deliver_database, parts.clock, news)
        await append(parts, *(NewEvent(uuid4(), event) for event in changes()))
        position = await parts.settle()
        await matcher.catch_up()
        owed = await parts.database.fetch(OWED)
        assert owed[0][0] > 0
        expected = await seen(parts, position)
        assert len(expected[1]) == 15

        async def read() -> int:
            times = 0
            while not done.is_set():
                assert await seen(parts, position) == expected
                times += 1
            return times

        async def write() -> int:
            times = 0
            while not done.is_set():
                await append(parts, named(f"Person {times}"))
                times += 1
            return times

        async def rebuild() -> None:
            here = parts.runner.rebuilder
            async with place.open("tracker_rebuild") as builder:
                apart = Rebuilder(builder, VIEWS, alone_below=0)
                for rebuilder in (here, here, apart, here):
                    made = await rebuilder.rebuild([view.name for view in VIEWS])
                    assert all(isinstance(outcome, ViewRebuilt) for outcome in made.values())
            done.set()

        async with running(head.watch(), parts.runner.run(head), matcher.run(head)):
            reading = asyncio.gather(*(read() for _ in range(READERS)), write())
            await asyncio.gather(reading, rebuild())
            assert min(reading.result()) > 0
            await parts.settle()
            await matcher.catch_up()

        assert await parts.database.fetch(OWED) == owed
        assert [(await parts.runner.rebuilder.compare(view.name)).differing for view in VIEWS] == [
            ()
        ] * len(VIEWS)
        recorded = await parts.reader.read(EVERYTHING, limit=100_000)
        # What is built by processes is put on record by nobody here.
        rebuilt = [r.event.view for r in recorded if isinstance(r.event, ViewRebuilt)]
        assert sorted(rebuilt) == sorted([view.name for view in VIEWS] * 3)
