"""Building a view again: beside the live one, after a halt, for a new version."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar
from uuid import uuid4

import pytest

from projections import tables
from projections.checkpoints import Checkpoint, checkpoints, wait_until
from projections.runner import Runner
from projections.tables import Views
from projections.view import Row, State, View
from projections.views import entry_rules
from projections.views.entry_rules import EntryFact
from tests.bench.ruleset import events as workload
from tests.projections.tally import (
    SLOWLY,
    TALLY,
    Tally,
    content,
    failing,
    name_of,
    record,
    running,
    tallied,
    wants,
)
from tests.tracker.log.events import ANALYST
from tracker.domain.audit import ViewRebuilt
from tracker.domain.base import Recorded
from tracker.domain.errors import NotFound
from tracker.domain.party import PartyNamed
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.follow import Head

STOCK = """
select relname, reltuples::int from pg_class
where relname in ('tally', 'other') and relkind = 'r' and reltuples > 0
"""
STOCK_OF_FORKS = """
select tablename from pg_stats where schemaname = 'view' and attname = 'fork' order by 1
"""


async def rebuilt(runner: Runner) -> ViewRebuilt:
    """The tally, built again."""
    made = (await runner.rebuilder.rebuild(["tally"]))["tally"]
    assert isinstance(made, ViewRebuilt)
    return made


async def test_a_halted_view_goes_on_once_it_is_mended_and_built_again(
    database: Database, views: Database
) -> None:
    broken = View(
        name="tally", version=1, rows=(Tally,), events=(PartyNamed,), wants=wants, fold=failing
    )
    await Runner(views, [broken]).prepare()
    await record(database, "good", "bad")
    await Runner(views, [broken]).catch_up()

    assert (await rebuilt(Runner(views, [TALLY]))).position == 2

    assert await checkpoints(views) == [Checkpoint("tally", 1, 2, None)]
    await record(database, "good")
    assert await Runner(views, [TALLY]).catch_up() == 3
    assert await content(views) == [("bad", 1), ("good", 3)]


class Wider(Row, frozen=True, kw_only=True):
    """The second version of the tally."""

    table: ClassVar[str] = "tally"
    key: ClassVar[tuple[str, ...]] = ("name",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("aliases",),)

    name: str
    aliases: tuple[str, ...]


def widen(state: State, recorded: Recorded) -> Iterable[Row]:
    yield Wider(name=name_of(recorded), aliases=(name_of(recorded).upper(),))


WIDER = View(name="tally", version=2, rows=(Wider,), events=(PartyNamed,), fold=widen)


async def test_a_changed_version_is_folded_again_however_many_processes_start(
    database: Database, views: Database
) -> None:
    old = await tallied(database, views, "a", "b")

    await asyncio.gather(*(Runner(views, [WIDER]).prepare() for _ in range(3)))

    assert await checkpoints(views) == [Checkpoint("tally", 2, 2, None)]
    await record(database, "c")
    # A process of the old version leaves the tables of the new one alone.
    await old.catch_up()
    assert await checkpoints(views) == [Checkpoint("tally", 2, 2, None)]
    await Runner(views, [WIDER]).catch_up()
    assert [r.aliases for r in await Views(views).select(Wider)] == [("A",), ("B",), ("C",)]


async def test_a_changed_version_that_cannot_be_folded_leaves_the_rest_running(
    database: Database, views: Database
) -> None:
    await Runner(views, [TALLY]).prepare()
    await record(database, "bad")
    await Runner(views, [TALLY]).catch_up()
    newer = View(name="tally", version=2, rows=(Tally,), events=(PartyNamed,), fold=failing)
    runner = Runner(views, [newer, SLOWLY])

    await runner.prepare()
    await runner.catch_up()

    known = {c.name: c for c in await checkpoints(views)}
    assert (known["slowly"].position, known["tally"].version) == (1, 1)
    assert "cannot take bad" in str(known["tally"].halted)
    assert await content(views) == [("bad", 1)]


async def test_a_view_is_built_again_beside_the_live_one(
    database: Database, views: Database
) -> None:
    runner = await tallied(database, views, *(f"n{n}" for n in range(30)))
    before = await content(views)
    watch = Head(database)

    async with running(watch.watch(), runner.run(watch)):
        for n in range(4):
            _, rows, _ = await asyncio.gather(
                runner.rebuilder.rebuild(["tally"]), content(database), record(database, f"m{n}")
            )
            # A reader sees the old rows or the new ones, never none.
            assert len(rows) >= 30
        await wait_until(views, ["tally"], 34, 20)

    assert before == (await content(views))[4:]
    assert await views.fetch("select count(*) from pg_tables where tablename like '%next'") == [
        (0,)
    ]
    with pytest.raises(NotFound, match="no view is called 'x'; known are tally"):
        await runner.rebuilder.rebuild(["x"])


async def test_taking_stock_waits_for_nobody_and_stops_nothing(
    database: Database, views: Database, caplog: pytest.LogCaptureFixture
) -> None:
    runner = Runner(views, [TALLY, SLOWLY])
    await runner.prepare()
    await record(database, "a")
    await runner.catch_up()

    async with views.transaction() as cleaning, asyncio.timeout(10):
        # As a vacuum holds it.
        await cleaning.execute("lock table view.tally in share update exclusive mode")
        await runner.rebuilder.take_stock(0, 1_000)
    assert await views.fetch(STOCK) == [("other", 1)]

    await views.run("drop table view.tally")
    await runner.rebuilder.take_stock(1_000, 4_000)
    assert "no stock was taken" in caplog.text


class Together(Tally, frozen=True, kw_only=True):
    """A tally of which names with one initial are read together."""

    table: ClassVar[str] = "other"
    near: ClassVar[tuple[str, ...]] = ("initial",)


def put_together(state: State, recorded: Recorded) -> Iterable[Row]:
    name = name_of(recorded)
    yield Together(name=name, times=1, initial=name[-1], positions=())


async def test_rows_that_are_read_together_are_stored_side_by_side(
    database: Database, views: Database
) -> None:
    view = View(
        name="together", version=1, rows=(Together,), events=(PartyNamed,), fold=put_together
    )
    await record(database, "by", "ax", "ay", "bx")

    await Runner(views, [view]).prepare()

    stored = await views.fetch("select name from view.other order by ctid")
    assert [name for (name,) in stored] == ["ax", "bx", "ay", "by"]


async def test_the_database_takes_stock_of_what_it_generates(
    database: Database, views: Database
) -> None:
    await Appender(database).append(list(workload(300, places=6)), ANALYST, uuid4())

    await Runner(views, [entry_rules.VIEW]).prepare()

    found = await views.fetch(STOCK_OF_FORKS)
    assert [table for (table,) in found] == ["entry_span", "entry_span_past"]


async def test_rows_are_read_back_in_the_order_in_which_they_were_stored(
    database: Database, views: Database
) -> None:
    await Appender(database).append(list(workload(300, places=6)), ANALYST, uuid4())
    await Runner(views, [entry_rules.VIEW]).prepare()

    async with views.transaction() as connection:
        read = [r async for some in tables.scan(connection, EntryFact) for r in some]

    stored = await views.fetch("select event, nationality from view.entry_fact order by ctid")
    assert [(r.event, r.nationality) for r in read] == stored


async def test_an_index_alone_answers_of_rows_that_were_rebuilt(
    database: Database, views: Database
) -> None:
    await record(database, "a", "b", "a")

    await Runner(views, [TALLY]).prepare()

    # As after a vacuum: nobody has to look at the rows for which of them is seen.
    pages = "select relpages, relallvisible from pg_class where oid = 'view.tally'::regclass"
    assert await views.fetch(pages) == [(1, 1)]
