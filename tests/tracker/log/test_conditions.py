"""Append conditions against a naive model: the log as a list, a query as a loop."""

import asyncio
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracker.log.events import ANALYST, named
from tests.tracker.log.model import IDS, TAGS, TYPES, Model, draft
from tracker.domain.base import Condition, Event, Item, NewEvent, Query
from tracker.domain.draft import DraftAccepted
from tracker.domain.errors import Conflict
from tracker.domain.party import PartyNamed
from tracker.log.append import Appended, Appender
from tracker.log.database import Database
from tracker.log.read import Reader

_IDS = st.sampled_from(IDS)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(PartyNamed, party=_IDS, kind=st.just("group"), names=st.just(("a",))),
    st.builds(draft, _IDS, _IDS),
    st.builds(DraftAccepted, draft=_IDS, document=_IDS, fact=_IDS),
)
ITEMS = st.builds(
    Item,
    # Tags may come twice; an item of neither tags nor types fits everything.
    st.lists(st.sampled_from([*TAGS, "type:draft-proposed"]), max_size=3).map(tuple),
    st.lists(st.sampled_from(TYPES), max_size=2).map(tuple),
)
QUERIES = st.lists(ITEMS, max_size=3).map(lambda items: Query(tuple(items)))


class Request(msgspec.Struct):
    """Events under a condition."""

    events: list[Event]
    query: Query | None
    back: int
    """How many positions before the head of the batch the condition looks from."""


REQUESTS = st.builds(
    Request, st.lists(EVENTS, min_size=1, max_size=3), st.none() | QUERIES, st.integers(0, 6)
)


async def outcome(
    appender: Appender, request: Request, head: int
) -> tuple[int, int] | type[Exception]:
    after = max(0, head - request.back)
    condition = None if request.query is None else Condition(request.query, after)
    new = [NewEvent(uuid4(), event) for event in request.events]
    try:
        appended: Appended = await appender.append(new, ANALYST, uuid4(), condition)
    except Conflict as conflict:
        return type(conflict)
    return appended.first_position, appended.last_position


async def test_every_request_of_a_batch_is_judged_as_the_model_judges_it(
    database: Database,
) -> None:
    model, appender, reader = Model(), Appender(database), Reader(database)

    async def judge(batch: list[Request], asked: Query) -> None:
        head = len(model.stored)
        expected: list[object] = []
        for request in batch:
            after = max(0, head - request.back)
            if request.query is not None and model.fits(request.query, after):
                expected.append(Conflict)
            else:
                expected.append(model.append(request.events))

        got = await asyncio.gather(*(outcome(appender, r, head) for r in batch))

        assert list(got) == expected
        found = model.positions(asked)
        assert [r.position for r in await reader.read(asked, limit=10_000)] == found
        backwards = await reader.read(asked, limit=3, backwards=True)
        assert [r.position for r in backwards] == found[::-1][:3]
        every = await reader.read_all(asked, before=head)
        assert [r.position for r in every] == [n for n in found if n <= head]

    loop = asyncio.get_running_loop()

    # Hypothesis is synchronous: it draws in a thread, and the log is asked in this loop.
    @settings(max_examples=80, deadline=None)
    @given(st.lists(REQUESTS, min_size=1, max_size=4), QUERIES)
    def drawn(batch: list[Request], asked: Query) -> None:
        asyncio.run_coroutine_threadsafe(judge(batch, asked), loop).result()

    await asyncio.to_thread(drawn)


async def test_a_tag_named_twice_counts_once(database: Database) -> None:
    appender = Appender(database)
    await appender.append([named(party="x")], ANALYST, uuid4())
    query = Query((Item(("type:party-named", "party:x", "party:x")),))

    with pytest.raises(Conflict):
        await appender.append([named()], ANALYST, uuid4(), Condition(query, 0))
    assert len(await Reader(database).read(query)) == 1
