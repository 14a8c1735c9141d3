"""Views of a large log are built by processes: the same rows, and nothing of what was not finished."""

import asyncio
import os
import signal
from collections.abc import Iterable
from multiprocessing import get_context
from typing import ClassVar
from uuid import uuid4

import pytest
from psycopg import AsyncConnection

from projections import VIEWS, layout
from projections.apart import Job, Worker, build_apart
from projections.batch import FoldFailed
from projections.building import Building
from projections.pages import Pages
from projections.progress import dead_letters
from projections.rebuild import Rebuilder
from projections.runner import Runner
from projections.shares import effort, shares
from projections.view import Row, State, View
from tests.place import Place
from tests.projections.office import Office
from tests.projections.tally import (
    SLOWLY,
    TALLY,
    Other,
    Tally,
    content,
    failing,
    name_of,
    record,
    wants,
)
from tests.tracker.log.events import ANALYST, named
from tracker.domain.audit import ViewRebuilt
from tracker.domain.base import Event, NewEvent, Recorded
from tracker.domain.erasure import PayloadErased
from tracker.domain.errors import Unavailable
from tracker.domain.party import PartyMerged, PartyNamed
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.read import Reader

BESIDE = "select count(*) from pg_tables where schemaname = 'view' and tablename like '%next'"
FOLDED_BESIDE = """
select count(*) from pg_locks
where relation = to_regclass('view.tally__next') and mode = 'RowExclusiveLock'
"""
FAILING = View(
    name="tally", version=1, rows=(Tally,), events=TALLY.events, wants=wants, fold=failing
)


def hashes(made: dict[str, ViewRebuilt | FoldFailed]) -> dict[str, str]:
    assert all(isinstance(outcome, ViewRebuilt) for outcome in made.values())
    return {name: o.state_hash for name, o in made.items() if isinstance(o, ViewRebuilt)}


async def test_processes_build_what_one_builds_and_it_is_what_the_log_gives(
    place: Place, office: Office
) -> None:
    builder, names = office.parts.runner.rebuilder, [view.name for view in VIEWS]
    here = hashes(await builder.rebuild(names))
    async with place.open("tracker_rebuild") as database:
        apart = Rebuilder(database, VIEWS, alone_below=0)
        told: list[tuple[int, int]] = []
        made = await apart.rebuild(names, lambda position, head: told.append((position, head)))
        alone = await apart.rebuild(["entry_rules"])
        same = [(await apart.compare(name)).same for name in names]

    assert hashes(made) == here
    assert hashes(alone) == {"entry_rules": here["entry_rules"]}
    assert told[-1][0] == told[-1][1] > 0
    assert same == [True] * len(names)


async def test_a_view_that_cannot_be_folded_stays_as_it_was_and_the_others_are_built(
    database: Database, views: Database
) -> None:
    runner = Runner(views, [TALLY, SLOWLY])
    await runner.prepare()
    await record(database, "good", "bad")
    await runner.catch_up()

    made = await Rebuilder(views, [FAILING, SLOWLY], alone_below=0).rebuild(["tally", "slowly"])

    assert isinstance(made["slowly"], ViewRebuilt)
    failed = made["tally"]
    assert isinstance(failed, FoldFailed)
    assert failed.position == 2
    assert "cannot take bad" in failed.line
    assert await content(views) == [("bad", 1), ("good", 1)]
    assert await views.fetch(BESIDE) == [(0,)]


def in_both(state: State, recorded: Recorded) -> Iterable[Row]:
    """A row in each of two tables, of which the second cannot take all."""
    name, positions = name_of(recorded), (recorded.position,)
    yield Tally(name=name, times=1, initial=name[0], positions=positions)
    yield Other(name=name, times=2**80 if name == "bad" else 1, initial="o", positions=positions)


async def test_a_view_whose_second_table_is_refused_is_folded_without_the_event_at_fault(
    database: Database, views: Database
) -> None:
    view = View(
        name="both", version=1, rows=(Tally, Other), events=TALLY.events, fold=in_both, skips=True
    )
    runner = Runner(views, [view])
    await runner.prepare()
    await record(database, "good", "bad", "better")

    async with asyncio.timeout(60):
        made = await Rebuilder(views, [view], alone_below=0).rebuild(["both"])

    built = made["both"]
    assert isinstance(built, ViewRebuilt)
    assert built.rows == 4
    assert (
        await content(views, Tally) == await content(views, Other) == [("better", 1), ("good", 1)]
    )
    assert [letter.position for letter in await dead_letters(database)] == [2]
    assert await views.fetch(BESIDE) == [(0,)]


class Third(Tally, frozen=True, kw_only=True):
    """Once more, in a third table."""

    table: ClassVar[str] = "third"


async def test_a_connection_that_broke_while_the_other_was_refused_is_told_of(
    views: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = View(
        name="three", version=1, rows=(Tally, Other, Third), events=(), fold=in_both, skips=True
    )

    async def breaking(connection: AsyncConnection, row: type[Row], suffix: str = "") -> None:
        if row is Other:
            await connection.execute("select pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(layout, "index", breaking)

    async def build() -> None:
        async with views.transaction() as connection, views.transaction() as beside:
            building = Building(connection, view, beside=beside)
            for row, times in ((Tally, 1), (Other, 1), (Third, 2**80)):
                building.rows.apply([row(name="a", times=times, initial="a", positions=())])
            await building.finish()

    with pytest.raises(Unavailable):
        await build()


def ends_itself(state: object, recorded: object) -> list[Tally]:
    os.kill(os.getpid(), signal.SIGKILL)
    return []


async def test_a_process_that_is_ended_from_outside_leaves_nothing(
    database: Database, views: Database
) -> None:
    dying = View(name="tally", version=1, rows=(Tally,), events=TALLY.events, fold=ends_itself)
    runner = Runner(views, [TALLY, SLOWLY])
    await runner.prepare()
    await record(database, "a")
    await runner.catch_up()

    with pytest.raises(Unavailable, match="ended from outside"):
        await Rebuilder(views, [dying, SLOWLY], alone_below=0).rebuild(["tally", "slowly"])

    assert await views.fetch(BESIDE) == [(0,)]
    assert await content(views) == [("a", 1)]


def interrupted(state: State, recorded: Recorded) -> Iterable[Row]:
    os.kill(os.getpid(), signal.SIGINT)
    return [Tally(name="a", times=1, initial="a", positions=(recorded.position,))]


async def test_ctrl_c_is_left_to_the_process_that_started_the_others(
    database: Database, views: Database
) -> None:
    await Runner(views, [TALLY]).prepare()
    await record(database, "a")
    view = View(name="tally", version=1, rows=(Tally,), events=TALLY.events, fold=interrupted)

    made = await Rebuilder(views, [view], alone_below=0).rebuild(["tally"])

    assert isinstance(made["tally"], ViewRebuilt)


async def test_a_process_that_ended_before_it_was_told_to_commit_is_told_of() -> None:
    spawning = get_context("spawn")
    ours, theirs = spawning.Pipe()
    theirs.close()

    with pytest.raises(Unavailable, match="ended from outside"):
        await Worker(spawning.Process(), ours).committed()


async def test_an_erasure_after_others_were_folded_beside_the_built_tables_builds_them_again(
    database: Database, views: Database
) -> None:
    runner, gone = Runner(views, [TALLY]), named("gone")
    await runner.prepare()
    await Appender(database).append([gone, named("a")], ANALYST, uuid4())
    await runner.catch_up()
    builder = Rebuilder(views, [TALLY], alone_below=0)

    async with database.transaction() as reader, asyncio.timeout(30):
        await reader.execute("lock table view.tally in access share mode")
        building = asyncio.create_task(builder.rebuild(["tally"]))
        await _until(views, BESIDE)
        await record(database, "b")
        await _until(views, FOLDED_BESIDE)
        erased = PayloadErased(legal_basis="x", targets=(str(gone.id),))
        await Appender(database).append([NewEvent(uuid4(), erased)], ANALYST, uuid4())
        # Until the rebuild has stepped back from the reader, and has come to the erasure.
        await asyncio.sleep(1)
    async with asyncio.timeout(30):
        await building

    assert await content(views) == [("a", 1), ("b", 1)]
    assert await views.fetch(BESIDE) == [(0,)]


async def _until(database: Database, count: str) -> None:
    for _ in range(1_000):
        if await database.fetch(count) != [(0,)]:
            return
        await asyncio.sleep(0.02)
    raise TimeoutError(count)


async def test_a_process_that_cannot_go_on_says_why(place: Place) -> None:
    async with place.open("tracker_deliver") as other:
        job = Job(other.url, other.role, (TALLY,), frozenset(), 0)
        with pytest.raises(Unavailable, match="broke off: permission denied for schema view"):
            await build_apart([job], lambda position, head: None)


async def test_what_a_killed_rebuild_left_is_dropped_at_the_next_start(
    database: Database, views: Database
) -> None:
    await Runner(views, [TALLY]).prepare()
    await views.run("create table view.tally__next (name text)")
    async with views.transaction() as busy:
        # Somebody is building it right now.
        await busy.execute("select pg_advisory_xact_lock(7306, hashtext('tally'))")
        await Runner(views, [TALLY]).prepare()
        assert await views.fetch(BESIDE) == [(1,)]

    await Runner(views, [TALLY]).prepare()

    assert await views.fetch(BESIDE) == [(0,)]


async def test_a_sample_says_how_many_events_of_each_kind_there_are(database: Database) -> None:
    await record(database, *"abcde")
    pages, reader = Pages(database), Reader(database)

    assert await pages.kinds(5) == {PartyNamed: 5}
    assert await pages.kinds(3) == {PartyNamed: 3}
    assert await pages.kinds(0) == {}
    # Evenly spread: positions 1, 3 and 5.
    assert await reader.sample(5, 3) == {PartyNamed.type: 3}


def test_shares_weigh_about_the_same_and_none_is_empty() -> None:
    assert shares([5, 1, 4, 3, 2], sum, 2) == [[5, 2, 1], [4, 3]]
    assert shares([1], sum, 4) == [[1]]


def test_views_that_read_the_same_events_go_together() -> None:
    def view(name: str, kind: type[Event]) -> View:
        return View(name=name, version=1, rows=(Tally,), events=(kind,), fold=failing)

    views = [
        view("a", PartyNamed), view("b", PartyMerged),
        view("c", PartyMerged), view("d", PartyNamed),
    ]  # fmt: skip
    kinds: dict[type[Event], int] = {PartyNamed: 10, PartyMerged: 10}
    parts = shares(views, lambda some: effort(some, kinds), 2)
    assert [[one.name for one in part] for part in parts] == [["a", "d"], ["b", "c"]]
