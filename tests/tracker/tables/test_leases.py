"""Leases: one owner at a time, the next as soon as it runs out or is given back."""

import asyncio
from datetime import timedelta

from tracker.log.database import Database
from tracker.tables.leases import Lease

LONG, SHORT = timedelta(minutes=1), timedelta(milliseconds=50)


async def test_one_of_many_has_a_lease_until_it_gives_it_back(database: Database) -> None:
    leases = [Lease(database, "work", str(n), LONG) for n in range(5)]

    taken = await asyncio.gather(*(lease.take() for lease in leases))

    assert taken.count(True) == 1
    first = leases[taken.index(True)]
    assert await first.take(), "whoever has it holds it longer"
    other = leases[taken.index(False)]
    await other.give_back()
    assert not await other.take(), "nobody gives back what is another's"
    await first.give_back()
    assert await other.take()
    assert await Lease(database, "other work", "6", LONG).take()


async def test_a_lease_of_somebody_who_died_runs_out_and_its_fence_counts_the_owners(
    database: Database,
) -> None:
    assert await Lease(database, "work", "dead", SHORT).take()
    await asyncio.sleep(0.1)

    assert await Lease(database, "work", "next", LONG).take()
    assert await Lease(database, "work", "next", LONG).take()

    assert await database.fetch("select owner, fence from app.lease") == [("next", 2)]


async def test_a_lease_taken_before_the_clock_stepped_back_keeps_nobody_waiting(
    database: Database,
) -> None:
    assert await Lease(database, "work", "dead", LONG).take()
    await database.run("update app.lease set until = until + interval '1 day'")

    assert await Lease(database, "work", "next", LONG).take()
    assert not await Lease(database, "work", "third", LONG).take()
