"""What a rebuild leaves: the old tables for going back, its hash on record, nothing of half a one."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterable
from typing import ClassVar

import msgspec
import pytest
from psycopg import errors

from projections.batch import FoldFailed
from projections.checkpoints import Checkpoint, checkpoints
from projections.comparing import Compared
from projections.dump import state_hash
from projections.runner import Runner
from projections.swapping import swap
from projections.tables import Views
from projections.view import Row, State, View
from tests.place import Place
from tests.projections.tally import (
    SLOWLY,
    TALLY,
    Tally,
    content,
    failing,
    name_of,
    record,
    tallied,
)
from tests.projections.test_rebuild import WIDER, Wider, rebuilt
from tracker.domain.audit import ViewRebuilt
from tracker.domain.base import Recorded
from tracker.domain.errors import Conflict, NotFound
from tracker.domain.party import PartyNamed
from tracker.log.database import Database

TABLES = """
select tablename from pg_tables
where schemaname = 'view' and tablename not in ('checkpoint', 'dead_letter', 'kept') order by 1
"""


class Line(Row, frozen=True, kw_only=True):
    """A row for each event, which nothing changes any more."""

    table: ClassVar[str] = "line"
    key: ClassVar[tuple[str, ...]] = ("name", "position")
    final: ClassVar[bool] = True

    name: str
    position: int


def put_down(state: State, recorded: Recorded) -> Iterable[Row]:
    yield Line(name=name_of(recorded), position=recorded.position)


LINES = View(name="lines", version=1, rows=(Line,), events=(PartyNamed,), fold=put_down)


async def test_final_rows_are_stored_and_hashed_in_the_order_of_their_keys(
    database: Database, views: Database
) -> None:
    runner = Runner(views, [LINES])
    await runner.prepare()
    await record(database, "c", "b\t\\N", "a", "b\t\\N")
    await runner.catch_up()
    live = await Views(views).select(Line)

    made = (await runner.rebuilder.rebuild(["lines"]))["lines"]

    assert isinstance(made, ViewRebuilt)
    assert made.state_hash == state_hash([(Line, live)])
    assert await Views(views).select(Line) == live
    assert (await runner.rebuilder.compare("lines")).same
    # As after a vacuum: nobody has to look at the rows for which of them is seen.
    pages = "select relpages, relallvisible from pg_class where oid = 'view.line'::regclass"
    assert await views.fetch(pages) == [(1, 1)]


async def existing(views: Database) -> list[str]:
    return [name for (name,) in await views.fetch(TABLES)]


@contextlib.asynccontextmanager
async def apart(place: Place) -> AsyncGenerator[tuple[Database, Database]]:
    """Under the role that folds, and under the one that builds."""
    async with place.open("tracker_view") as views, place.open("tracker_rebuild") as builder:
        yield views, builder


async def test_a_rebuild_under_a_role_of_its_own_leaves_tables_that_the_runner_goes_on_with(
    place: Place, database: Database
) -> None:
    async with apart(place) as (views, builder):
        runner = Runner(views, [TALLY], builder=builder)
        await runner.prepare()
        await record(database, "a", "b")
        await runner.catch_up()
        await rebuilt(runner)
        await record(database, "a")
        assert await runner.catch_up() == 3
        assert await content(database) == [("a", 3), ("b", 1)]
        owners = await views.fetch(
            "select distinct tableowner from pg_tables where tablename = 'tally'"
        )
        assert owners == [("tracker_rebuild",)]


async def test_a_rebuild_says_what_it_made_and_two_of_them_say_the_same(
    database: Database, views: Database
) -> None:
    told: list[ViewRebuilt] = []

    async def tell(made: ViewRebuilt) -> None:
        told.append(made)

    runner = Runner(views, [TALLY], record=tell)
    await runner.prepare()
    await record(database, "b", "a", "b")
    await runner.catch_up()
    assert told == [], "a new view is no rebuilt one"

    first, second = await rebuilt(runner), await rebuilt(runner)

    rows = await Views(views).select(Tally)
    assert first == second
    assert told == [first, second]
    assert (first.view, first.version, first.position, first.rows) == ("tally", 1, 3, 2)
    assert first.state_hash == state_hash([(Tally, rows)])


async def test_one_goes_back_to_what_a_rebuild_replaced_and_forth_again(
    database: Database, views: Database
) -> None:
    runner = await tallied(database, views, "a")
    with pytest.raises(NotFound, match="nothing is kept of the view tally"):
        await runner.rebuilder.roll_back("tally")
    await views.run("update view.tally set times = 100")
    await rebuilt(runner)
    assert await content(views) == [("a", 1)]
    await record(database, "a")
    await runner.catch_up()

    back = await runner.rebuilder.roll_back("tally")

    assert back == Checkpoint("tally", 1, 2, None)
    assert await content(views) == [("a", 102)], "it was brought up to date"
    await runner.rebuilder.roll_back("tally")
    assert await content(views) == [("a", 3)]
    await runner.rebuilder.drop_kept([TALLY])
    assert await existing(views) == ["tally"]


async def test_an_older_version_is_put_back_as_it_was(database: Database, views: Database) -> None:
    old, new = Runner(views, [TALLY]), Runner(views, [WIDER])
    await old.prepare()
    await record(database, "a")
    await old.catch_up()
    await new.prepare()
    await record(database, "b")
    await new.catch_up()
    assert len(await Views(views).select(Wider)) == 2

    back = await new.rebuilder.roll_back("tally")

    assert back == Checkpoint("tally", 1, 1, None)
    assert await old.catch_up() == 2
    assert await content(views) == [("a", 1), ("b", 1)]


async def test_a_rebuild_that_is_interrupted_leaves_nothing_and_the_next_one_succeeds(
    database: Database, views: Database
) -> None:
    runner = Runner(views, [TALLY, SLOWLY])
    await runner.prepare()
    await record(database, *(f"n{n}" for n in range(20)))
    await runner.catch_up()
    before = await content(views)
    reached = asyncio.Event()

    def stop(position: int, head: int) -> None:
        reached.set()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await runner.rebuilder.rebuild(["tally", "slowly"], stop)

    assert reached.is_set()
    assert await existing(views) == ["other", "tally"]
    assert await content(views) == before
    made = await runner.rebuilder.rebuild(["tally", "slowly"])
    assert {getattr(outcome, "rows", 0) for outcome in made.values()} == {20}


async def test_a_view_that_cannot_be_folded_stays_while_another_is_built_from_the_same_reading(
    database: Database, views: Database
) -> None:
    runner = Runner(views, [TALLY, SLOWLY])
    await runner.prepare()
    await record(database, "a", "bad", "c")
    await runner.catch_up()
    broken = msgspec.structs.replace(TALLY, fold=failing)

    made = await Runner(views, [broken, SLOWLY]).rebuilder.rebuild(["tally", "slowly"])

    assert isinstance(made["slowly"], ViewRebuilt)
    assert isinstance(made["tally"], FoldFailed)
    assert made["tally"].line == "event 2: ValueError: cannot take bad\x00"
    assert await content(views) == [("a", 1), ("bad", 1), ("c", 1)]
    assert await existing(views) == ["other", "other__old", "tally"]


async def test_a_check_tells_a_view_that_is_what_the_log_gives_from_one_that_is_not(
    database: Database, views: Database
) -> None:
    runner = Runner(views, [TALLY, SLOWLY])
    await runner.prepare()
    await record(database, "a", "b")
    await runner.catch_up()
    await record(database, "c")  # not folded yet: no difference

    async def compare(name: str) -> Compared:
        return await runner.rebuilder.compare(name)

    assert (await compare("tally")).same
    await views.run("update view.tally set times = times + 1 where name = 'b'")
    found = await compare("tally")
    assert (found.same, found.differing, found.position) == (False, ("tally",), 2)
    assert (await compare("slowly")).same
    with pytest.raises(Conflict, match="not of version 2"):
        await Runner(views, [WIDER]).rebuilder.compare("tally")


async def test_a_long_reader_delays_the_swap_and_no_other_reader_waits_for_it(
    database: Database, views: Database
) -> None:
    runner = await tallied(database, views, "a")
    async with database.transaction() as reader:
        await reader.execute("select from view.tally")
        swapping = asyncio.create_task(rebuilt(runner))
        await asyncio.sleep(1)
        assert not swapping.done()
        assert await content(database) == [("a", 1)]
        await record(database, "b")
    assert (await swapping).position == 1
    assert await checkpoints(views) == [Checkpoint("tally", 1, 2, None)]
    assert await content(views) == [("a", 1), ("b", 1)]


async def test_a_table_that_was_not_made_is_an_error_and_what_is_live_stays(
    database: Database, views: Database
) -> None:
    await tallied(database, views, "a", "b", "a")
    (live,), shown = await checkpoints(views), await content(database)
    with pytest.raises(errors.UndefinedTable):
        async with views.transaction() as connection:
            await swap(connection, TALLY, 3, live=live, keep=True)
    assert (await checkpoints(views), await content(database)) == ([live], shown)


async def test_a_rebuild_makes_a_live_table_afresh_that_was_lost(
    database: Database, views: Database
) -> None:
    runner = await tallied(database, views, "a", "b", "a")
    shown = await content(database)
    await views.run("drop table view.tally")
    await rebuilt(runner)
    assert await content(database) == shown
