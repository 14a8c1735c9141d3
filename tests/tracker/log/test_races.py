"""Several processes' worth of writers at once, judged afterwards by replaying the log.

Which of two racing writers came first is the log's to say. What can be decided from outside: a
request that was granted had nothing in its way where it was put; one that was refused had
something in its way that was in the log when the refusal came back; and what was answered before
another request was sent lies before it.
"""

import asyncio
import random
from contextlib import AsyncExitStack
from uuid import UUID, uuid4

import msgspec
import pytest

from tests.place import Place
from tests.tracker.log.events import ANALYST
from tests.tracker.log.model import IDS, TAGS, TYPES, Model, draft
from tracker.domain.base import EVERYTHING, Condition, Event, Item, NewEvent, Query, Recorded
from tracker.domain.draft import DraftAccepted
from tracker.domain.errors import Conflict
from tracker.domain.party import PartyNamed
from tracker.log.append import Appended, Appender
from tracker.log.read import Reader

APPENDERS, WRITERS_EACH, REQUESTS_EACH = 4, 4, 20


class Tried(msgspec.Struct, frozen=True):
    """A request, where the log's head was around it, and what came of it."""

    events: tuple[NewEvent, ...]
    condition: Condition | None
    head_before: int
    head_after: int
    answer: Appended | None


def drawn_event(chance: random.Random) -> Event:
    one, other = chance.choice(IDS), chance.choice(IDS)
    return chance.choice(
        [
            PartyNamed(party=one, kind="group", names=("a",)),
            draft(one, other),
            DraftAccepted(draft=one, document=other, fact=other),
        ]
    )


def drawn_query(chance: random.Random) -> Query:
    def item() -> Item:
        tags = chance.sample(TAGS, chance.choice([0, 1, 1, 2]))
        return Item(tuple(tags), tuple(chance.sample(TYPES, chance.choice([0, 0, 1]))))

    return Query(tuple(item() for _ in range(chance.choice([1, 1, 2]))))


async def write(
    appender: Appender, reader: Reader, chance: random.Random, rounds: int
) -> list[Tried]:
    tried: list[Tried] = []
    for _ in range(rounds):
        events = tuple(
            NewEvent(uuid4(), drawn_event(chance)) for _ in range(chance.choice([1, 1, 2, 3]))
        )
        head = await reader.head()
        after = max(0, head - chance.choice([0, 0, 0, 1, 5]))
        condition = Condition(drawn_query(chance), after) if chance.random() < 0.9 else None
        try:
            answer = await appender.append(events, ANALYST, uuid4(), condition)
        except Conflict:
            answer = None
        tried.append(Tried(events, condition, head, await reader.head(), answer))
        if answer and chance.random() < 0.2:
            again = await appender.append(events, ANALYST, uuid4(), condition)
            assert again == msgspec.structs.replace(answer, repeated=True)
    return tried


def check(log: list[Recorded], tried: list[Tried]) -> None:
    """Replay the log and hold every answer against it."""
    model = Model()
    for recorded in log:
        assert recorded.event is not None
        model.append([recorded.event])
    granted: dict[UUID, int] = {}
    for one in tried:
        if one.answer is None:
            assert one.condition, "nothing was in the way of a request without a condition"
            fail_if, after = one.condition.fail_if, one.condition.after
            assert model.fits(fail_if, after, one.head_after)
            continue
        first, last = one.answer.first_position, one.answer.last_position
        assert one.head_before < first <= last <= one.head_after
        if one.condition:
            assert not model.fits(one.condition.fail_if, one.condition.after, first - 1)
        stored = log[first - 1 : last]
        assert [(r.id, r.event) for r in stored] == [(e.id, e.event) for e in one.events]
        assert {r.recorded_at for r in stored} == {one.answer.recorded_at}
        granted |= {r.id: r.position for r in stored}
    # Nothing else is in the log, so nothing that was refused; and nothing is there twice.
    assert granted == {r.id: r.position for r in log}
    assert [r.position for r in log] == list(range(1, len(log) + 1))
    stamps = [r.recorded_at for r in log]
    assert stamps == sorted(stamps)


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_races_every_grant_and_every_refusal_has_its_reason_in_the_log(
    place: Place, seed: int
) -> None:
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(place.open("tracker_append")) for _ in range(APPENDERS)
        ]
        writers = [
            write(appender, Reader(database), random.Random(f"{seed} {n} {m}"), REQUESTS_EACH)
            for n, database in enumerate(opened)
            for appender in [Appender(database)]
            for m in range(WRITERS_EACH)
        ]
        tried = [one for some in await asyncio.gather(*writers) for one in some]
        reader = Reader(opened[0])
        log = await reader.read_all(EVERYTHING, before=await reader.head())

    check(log, tried)
    refused = sum(one.answer is None for one in tried)
    assert refused > len(tried) // 10, "the writers hardly met"
    assert len(tried) - refused > len(tried) // 10
