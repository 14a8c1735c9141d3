"""The runner: batches, checkpoints and halts."""

import asyncio
from collections import Counter
from collections.abc import Iterable

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.checkpoints import Checkpoint, checkpoints, wait_until
from projections.runner import Runner
from projections.tables import Views
from projections.view import Lookup, Row, State, View
from tests.place import Place
from tests.projections.tally import (
    SLOWLY,
    TALLY,
    Other,
    Tally,
    content,
    failing,
    fold,
    fold_other,
    head,
    name_of,
    record,
    running,
)
from tracker.domain.audit import ViewRebuilt
from tracker.domain.base import Recorded
from tracker.domain.errors import Conflict, Unavailable
from tracker.domain.party import PartyNamed
from tracker.log.database import Database
from tracker.log.follow import Head


async def test_folding_in_batches_gives_what_folding_one_by_one_gives(
    place: Place, database: Database, views: Database
) -> None:
    loop = asyncio.get_running_loop()
    await Runner(views, [TALLY]).prepare()

    async def same(names: list[list[str]]) -> None:
        await Runner(views, [SLOWLY]).prepare()
        for few in names:
            await record(database, *few)
            await Runner(views, [SLOWLY]).catch_up()
        await Runner(views, [TALLY]).catch_up()
        assert await content(views) == await content(views, Other)

    @settings(max_examples=15, deadline=None)
    @given(
        st.lists(
            st.lists(st.sampled_from(["aa", "ab", "ba"]), min_size=1, max_size=4),
            min_size=1,
            max_size=4,
        )
    )
    def drawn(names: list[list[str]]) -> None:
        asyncio.run_coroutine_threadsafe(same(names), loop).result()

    await asyncio.to_thread(drawn)
    made = await Runner(views, [TALLY]).rebuilder.rebuild(["tally"])
    rebuilt = made["tally"]
    assert isinstance(rebuilt, ViewRebuilt)
    assert rebuilt.position == await head(database)
    assert await content(views) == await content(views, Other)


async def test_two_runners_apply_every_event_once(
    place: Place, database: Database, views: Database
) -> None:
    runners = [Runner(views, [TALLY]) for _ in range(3)]
    await asyncio.gather(*(r.prepare() for r in runners))
    watch = Head(database)
    async with running(watch.watch(), *(r.run(watch) for r in runners)):
        for n in range(20):
            await record(database, f"{'abc'[n % 3]}{n}")
        await wait_until(views, ["tally"], 20, 20)

    rows = await Views(views).select(Tally)
    assert Counter(p for r in rows for p in r.positions) == Counter(range(1, 21))


async def test_a_checkpoint_that_moved_meanwhile_refuses_the_batch(
    database: Database, views: Database
) -> None:
    runner = Runner(views, [TALLY])
    await runner.prepare()
    await record(database, "a")

    results = await asyncio.gather(
        runner.catch_up(), Runner(views, [TALLY]).catch_up(), return_exceptions=True
    )

    assert 1 in results
    assert all(r == 1 or isinstance(r, Conflict) for r in results)
    assert await content(views) == [("a", 1)]


def unstorable(state: State, recorded: Recorded) -> Iterable[Row]:
    for row in fold(state, recorded):
        assert isinstance(row, Tally)
        times = 2**80 if row.name == "bad" else row.times
        yield Other(name=row.name, times=times, initial=row.initial, positions=row.positions)


def wanting(recorded: Recorded) -> Iterable[Lookup]:
    if name_of(recorded) == "bad":
        raise ValueError("cannot want bad")
    return ()


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (
            View(name="broken", version=1, rows=(Other,), events=(PartyNamed,), fold=failing),
            "ValueError: cannot take",
        ),
        (
            View(
                name="broken",
                version=1,
                rows=(Other,),
                events=(PartyNamed,),
                fold=fold_other,
                wants=wanting,
            ),
            "ValueError: cannot want",
        ),
        (
            View(name="broken", version=1, rows=(Other,), events=(PartyNamed,), fold=unstorable),
            "out of range",
        ),
    ],
    ids=["fold", "wants", "row"],
)
async def test_a_view_that_fails_stands_still_and_the_others_go_on(
    database: Database, views: Database, broken: View, why: str
) -> None:
    runner = Runner(views, [broken, TALLY])
    await runner.prepare()
    await record(database, "good", "bad", "ugly")

    assert await runner.catch_up() == 3

    known = {c.name: c for c in await checkpoints(views)}
    assert known["tally"] == Checkpoint("tally", 1, 3, None)
    assert known["broken"].position == 1
    assert why in str(known["broken"].halted)
    dead = await views.fetch("select name, reason, position from view.dead_letter")
    assert [(row[0], row[2]) for row in dead] == [("broken", 2)]
    assert why in dead[0][1]
    with pytest.raises(Unavailable, match="the view broken stands still"):
        await wait_until(views, ["tally", "broken"], 3, 1)


async def test_waiting_for_a_position_is_bounded(database: Database, views: Database) -> None:
    await Runner(views, [TALLY]).prepare()

    assert await wait_until(database, ["tally"], 0, 0) == 0
    with pytest.raises(Unavailable, match="the views are at 0 and not yet at 1"):
        await wait_until(database, ["tally"], 1, 0.05)


async def test_a_fault_that_nobody_thought_of_stops_the_runner_only_while_it_lasts(
    place: Place, database: Database, views: Database
) -> None:
    runner = Runner(views, [TALLY])
    await runner.prepare()
    watch = Head(database)
    async with (
        await psycopg.AsyncConnection.connect(place.superuser_url, autocommit=True) as insider,
        running(watch.watch(), runner.run(watch)),
    ):
        await insider.execute("revoke select on log.event from tracker_append, tracker_view")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await runner.catch_up()
        await asyncio.sleep(0.6)  # both loops meet the fault
        await insider.execute("grant select on log.event to tracker_append, tracker_view")
        await record(database, "a")
        await wait_until(views, ["tally"], 1, 20)
