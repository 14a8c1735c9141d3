"""Appending: order, conditions, idempotence, and the exact bytes of the leaf."""

import asyncio
from uuid import uuid4

import pytest

from tracker.domain.base import EVERYTHING, Actor, Condition, NewEvent, tagged
from tracker.domain.errors import Conflict
from tracker.domain.party import PartyNamed
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.read import Reader

ANALYST = Actor("01a1ffcc-4f46-7c5c-9b71-7b90fa44b481", "analyst")


def named(name: str = "Lin Jian") -> NewEvent:
    return NewEvent(uuid4(), PartyNamed(party=str(uuid4()), kind="person", names=(name,)))


async def test_the_second_of_two_requests_of_one_batch_under_the_same_condition_conflicts(
    database: Database,
) -> None:
    appender = Appender(database)
    condition = Condition(tagged("type:party-named"), after=0)

    outcomes = await asyncio.gather(
        appender.append([named("first")], ANALYST, uuid4(), condition),
        appender.append([named("second")], ANALYST, uuid4(), condition),
        return_exceptions=True,
    )

    assert [type(o).__name__ for o in outcomes] == ["Appended", "Conflict"]
    assert [r.position for r in await Reader(database).read(EVERYTHING)] == [1]


async def test_a_request_sent_again_gets_its_old_positions(database: Database) -> None:
    appender = Appender(database)
    events = [named(), named()]
    first = await appender.append(events, ANALYST, uuid4())

    again = await appender.append(events, ANALYST, uuid4())

    assert (again.first_position, again.last_position, again.repeated) == (1, 2, True)
    assert again.recorded_at == first.recorded_at
    assert await Reader(database).head() == 2


async def test_an_id_with_other_content_is_a_conflict(database: Database) -> None:
    appender = Appender(database)
    event = named()
    await appender.append([event], ANALYST, uuid4())

    with pytest.raises(Conflict, match="other content"):
        await appender.append([NewEvent(event.id, named().event)], ANALYST, uuid4())
    with pytest.raises(Conflict, match="other content"):
        await appender.append([event, named()], ANALYST, uuid4())
    assert await Reader(database).head() == 1
