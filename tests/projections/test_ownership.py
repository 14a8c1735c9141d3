"""Whoever folds the views: one process at a time, another soon after it dies."""

import asyncio
import contextlib
import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import msgspec
import pytest

from projections.checkpoints import checkpoints, wait_until
from projections.progress import owner
from projections.runner import Runner
from projections.tables import Views
from tests.chance import UNMEASURED
from tests.place import Place, parts_at
from tests.projections.tally import TALLY, Tally, record, running
from tests.stories.tracker_process import ENVIRONMENT, ROOT
from tracker.domain.errors import Conflict, Unavailable
from tracker.log.database import Database
from tracker.log.follow import Head

TAKEN_OVER_S = 10


@contextlib.contextmanager
def folding(place: Place, *words: str) -> Generator[subprocess.Popen[str]]:
    """A process that folds until the end of the block."""
    program = [sys.executable, "-m", "tests.projections.folding_process"]
    process = subprocess.Popen(
        [*program, place.url("tracker_view"), *words],
        env=ENVIRONMENT | UNMEASURED,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
            process.kill()
    finally:
        process.kill()


async def owned(database: Database) -> str:
    """Who folds, once somebody does."""
    for _ in range(1000):
        if (name := await owner(database)) is not None:
            return name
        await asyncio.sleep(0.02)
    raise AssertionError("nobody folds the views")


@pytest.mark.kill
async def test_when_the_owner_dies_in_a_batch_another_goes_on_and_applies_nothing_twice(
    place: Place, database: Database, tmp_path: Path
) -> None:
    mark = tmp_path / "stopped"
    with folding(place, str(mark)) as first:
        dead = await owned(database)
        with folding(place):
            await record(database, *(f"a{n}" for n in range(30)))
            await wait_until(database, ["tally"], 30, 20)
            await record(database, "b1", "b2", "stop", "b3")
            for _ in range(1000):
                await asyncio.sleep(0 if mark.exists() else 0.02)
            assert mark.exists(), "the batch was not begun"
            first.kill()

            assert await wait_until(database, ["tally"], 34, TAKEN_OVER_S) == 34
            assert await owned(database) != dead

    rows = await Views(database).select(Tally)
    assert Counter(p for row in rows for p in row.positions) == Counter(range(1, 35))


async def test_whoever_stops_folding_lets_the_next_one_begin_at_once(
    database: Database, views: Database
) -> None:
    one, two = (Runner(views, [TALLY], owner=name) for name in ("one", "two"))
    await one.prepare()
    head = Head(database)
    async with running(head.watch(), one.run(head)):
        await record(database, "a")
        await wait_until(database, ["tally"], 1, 20)
        assert await owner(database) == "one"
        with pytest.raises(Conflict, match="another process folds the views"):
            await two.catch_up()

    await record(database, "b")
    assert await two.catch_up() == 2
    assert await owner(database) is None, "who folds once gives it back"


async def test_an_older_version_lets_a_newer_one_fold(database: Database, views: Database) -> None:
    old = Runner(views, [TALLY], owner="old")
    newer = Runner(views, [msgspec.structs.replace(TALLY, version=2)], owner="new")
    await old.prepare()
    head = Head(database)
    async with running(head.watch(), old.run(head)):
        await record(database, "a")
        await wait_until(database, ["tally"], 1, 20)
        await newer.prepare()
        async with running(newer.run(head)):
            await record(database, "b")
            await wait_until(database, ["tally"], 2, 20)
    (known,) = await checkpoints(views)
    assert (known.version, known.position) == (2, 2)


async def test_a_door_that_must_see_its_write_waits_for_the_owner_or_folds_by_itself(
    place: Place,
) -> None:
    async with parts_at(place) as parts, parts_at(place) as other:
        head = Head(other.database)
        async with running(head.watch(), other.runner.run(head)):
            await owned(parts.database)
            await record(parts.database, "a")
            assert await parts.settle() >= 1
        await record(parts.database, "b")
        assert await parts.settle() >= 2


async def test_a_door_does_not_wait_for_a_view_that_stands_still_nor_for_one_unknown(
    place: Place,
) -> None:
    async with parts_at(place) as parts, parts_at(place) as other, place.open("tracker_view") as by:
        head = Head(other.database)
        async with running(head.watch(), other.runner.run(head)):
            await owned(parts.database)
            await by.run("insert into view.checkpoint (name, version, position) values ('x', 9, 0)")
            await record(parts.database, "a")
            assert await parts.settle() >= 1
            assert min(c.position for c in await parts.views_at(1)) >= 1
            await by.run("update view.checkpoint set halted = 'event 2: x' where name = 'feeds'")
            await record(parts.database, "b")
            with pytest.raises(Unavailable, match="the view feeds stands still at event 2"):
                await parts.settle()
