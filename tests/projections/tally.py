"""A small view, a twin of it in another table, and how to look at them."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Coroutine, Iterable
from typing import Any, ClassVar
from uuid import uuid4

from projections.runner import Runner
from projections.tables import Views
from projections.view import Lookup, Row, State, View
from tests.tracker.log.events import ANALYST, named
from tracker.domain.base import Recorded
from tracker.domain.party import PartyNamed
from tracker.log.append import Appender
from tracker.log.database import Database


class Tally(Row, frozen=True, kw_only=True):
    """How often a name was given, and by which events."""

    table: ClassVar[str] = "tally"
    key: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    times: int
    initial: str
    positions: tuple[int, ...]


def name_of(recorded: Recorded) -> str:
    assert isinstance(recorded.event, PartyNamed)
    return recorded.event.names[0]


def wants(recorded: Recorded) -> Iterable[Lookup]:
    return [Lookup(Tally, "initial", name_of(recorded)[0])]


def fold(state: State, recorded: Recorded) -> Iterable[Row]:
    """Also counts the row of everything with the same initial, to read what it just wrote."""
    name = name_of(recorded)
    rows = {r.name: r for r in state.find(Tally, "initial", name[0])}
    mine = rows.get(name)
    yield Tally(
        name=name,
        times=(mine.times if mine else 0) + len(rows) + 1,
        initial=name[0],
        positions=(*(mine.positions if mine else ()), recorded.position),
    )


def failing(state: State, recorded: Recorded) -> Iterable[Row]:
    if name_of(recorded) == "bad":
        raise ValueError("cannot take bad\0")
    return fold(state, recorded)


class Other(Tally, frozen=True, kw_only=True):
    """The same, in a table of its own."""

    table: ClassVar[str] = "other"


TALLY = View(name="tally", version=1, rows=(Tally,), events=(PartyNamed,), wants=wants, fold=fold)


def wants_other(recorded: Recorded) -> Iterable[Lookup]:
    return [Lookup(Other, "initial", name_of(recorded)[0])]


def fold_other(state: State, recorded: Recorded) -> Iterable[Row]:
    name = name_of(recorded)
    rows = {r.name: r for r in state.find(Other, "initial", name[0])}
    mine = rows.get(name)
    times = (mine.times if mine else 0) + len(rows) + 1
    before = mine.positions if mine else ()
    yield Other(name=name, times=times, initial=name[0], positions=(*before, recorded.position))


SLOWLY = View(
    name="slowly",
    version=1,
    rows=(Other,),
    events=(PartyNamed,),
    wants=wants_other,
    fold=fold_other,
)


async def record(database: Database, *names: str) -> None:
    await Appender(database).append([named(n) for n in names], ANALYST, uuid4())


async def tallied(database: Database, views: Database, *names: str) -> Runner:
    """The runner of the tally, once it has folded events with these names."""
    runner = Runner(views, [TALLY])
    await runner.prepare()
    await record(database, *names)
    await runner.catch_up()
    return runner


async def content(database: Database, row: type[Tally] = Tally) -> list[tuple[str, int]]:
    return [(r.name, r.times) for r in await Views(database).select(row)]


async def head(database: Database) -> int:
    return (await database.fetch("select coalesce(max(position), 0) from log.event"))[0][0]


@contextlib.asynccontextmanager
async def running(*forever: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Let them run meanwhile."""
    tasks = [asyncio.create_task(f) for f in forever]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
