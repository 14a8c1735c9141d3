"""Folding in batches of any size gives what folding in memory gives, for every view."""

import asyncio

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from projections import VIEWS, layout, tables
from projections.batch import fold_into
from projections.dump import Dump, state_hash, tables_of
from projections.view import View
from tests.place import Place
from tests.projections.folding import (
    change,
    correction,
    corroboration,
    event_id,
    fold_all,
    observation,
    recorded,
    rejection,
    retraction,
)
from tests.projections.test_views import LOGS
from tracker.domain.base import Event, Recorded
from tracker.domain.policy import PolicyFact
from tracker.log.database import Connection, Database

SIZES = (1, 2, 7, 100)
DAYS = st.sampled_from(["2024-01-01", "2024-06-01", "2025-01-01"])
REGIMES = st.sampled_from(["visa-free", "visa-required"])
LONGEST = 10


@st.composite
def facts(draw: st.DrawFn, at: int) -> PolicyFact:
    """A fact of few policies and travellers, which may replace those before it."""
    who = draw(st.lists(st.sampled_from(["CN", "EU", "*"]), min_size=1, max_size=2))
    made = draw(
        st.sampled_from(
            [
                change(draw(REGIMES), draw(DAYS), *who),
                change(draw(REGIMES), draw(DAYS), *who, effective_to="2025-06-01"),
                observation(draw(REGIMES), draw(DAYS), *who),
                rejection(),
            ]
        )
    )
    before = st.sampled_from([event_id(position) for position in range(1, at)] or [event_id(at)])
    replaced = tuple(draw(st.lists(before, max_size=2)))
    policy = draw(st.sampled_from([event_id(1), event_id(2)]))
    return msgspec.structs.replace(made, replaces=replaced, policy=policy)


@st.composite
def bearing(draw: st.DrawFn) -> list[Event | None]:
    """A log of which nearly every event bears on one before it; of some the payload is erased."""
    log: list[Event | None] = [draw(facts(1))]
    for at in range(2, draw(st.integers(2, LONGEST)) + 1):
        target, fact = draw(st.integers(1, at - 1)), draw(facts(at))
        further = (
            fact,
            correction(target, fact),
            retraction(target),
            corroboration(target, "Reuters"),
            None,
        )
        log.append(draw(st.sampled_from(further)))
    return log


async def stored(connection: Connection, view: View, batches: list[list[Recorded]]) -> str:
    """The hash of a view that was folded into its tables batch by batch."""
    for row in view.rows:
        await connection.execute(f"truncate view.{row.table}".encode())
    for batch in batches:
        await fold_into(connection, view, batch)
    state = Dump()
    for row in view.rows:
        state.table(row)
        async for some in tables.scan(connection, row):
            state.add(row, some)
    return state.hexdigest()


async def same(database: Database, log: list[Event | None]) -> None:
    """Fold a log with every view that takes something of it."""
    events = [recorded(i, event) for i, event in enumerate(log, 1)]
    for view in VIEWS:
        mine = [r for r in events if isinstance(r.event, view.events)]
        if not mine:
            continue
        expected = state_hash(tables_of(view, fold_all(view, mine)))
        async with database.transaction() as connection:
            for size in SIZES:
                if size > len(mine) and size != SIZES[-1]:
                    continue
                batches = [mine[low : low + size] for low in range(0, len(mine), size)]
                assert await stored(connection, view, batches) == expected, (view.name, size)


async def test_batches_of_any_size_give_equal_rows(place: Place) -> None:
    loop = asyncio.get_running_loop()
    async with place.open("tracker_view") as database:
        async with database.transaction() as connection:
            for row in (row for view in VIEWS for row in view.rows):
                await layout.create(connection, row)

        @settings(max_examples=20, deadline=None)
        @given(LOGS | bearing())
        def drawn(log: list[Event | None]) -> None:
            asyncio.run_coroutine_threadsafe(same(database, log), loop).result()

        await asyncio.to_thread(drawn)
