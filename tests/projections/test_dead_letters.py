"""Events that a view cannot take: found by halving, told of, passed where the view says so."""

from collections.abc import Iterable

import msgspec
import pytest

from projections.checkpoints import Checkpoint, checkpoints
from projections.progress import dead_letters, progress
from projections.runner import Runner
from projections.view import Lookup, Row, State, View
from tests.projections.tally import (
    SLOWLY,
    TALLY,
    Other,
    Tally,
    content,
    failing,
    fold_other,
    name_of,
    record,
)
from tracker.domain.audit import ViewRebuilt
from tracker.domain.base import Recorded
from tracker.log.database import Database

NAMES = [f"a{n}" for n in range(11)] + ["bad"] + [f"b{n}" for n in range(9)]
RAISING = msgspec.structs.replace(TALLY, fold=failing)


def unstorable(state: State, recorded: Recorded) -> Iterable[Row]:
    for row in fold_other(state, recorded):
        assert isinstance(row, Other)
        times = 2**80 if row.name == "bad" else row.times
        yield msgspec.structs.replace(row, times=times)


REFUSED = msgspec.structs.replace(SLOWLY, fold=unstorable)


@pytest.mark.parametrize("broken", [RAISING, REFUSED], ids=["raises", "is refused"])
async def test_the_event_in_the_middle_of_a_batch_is_found_and_the_view_stands_before_it(
    database: Database, views: Database, broken: View
) -> None:
    runner = Runner(views, [broken])
    await runner.prepare()
    await record(database, *NAMES)

    await runner.catch_up()

    (known,) = await checkpoints(views)
    assert known.position == 11
    assert str(known.halted).startswith("event 12: ")
    assert len(await content(views, broken.rows[0])) == 11  # pyright: ignore[reportArgumentType]  both are tallies
    assert [letter.position for letter in await dead_letters(database)] == [12]


@pytest.mark.parametrize("broken", [RAISING, REFUSED], ids=["raises", "is refused"])
async def test_a_view_that_may_skip_goes_on_without_the_event_also_when_it_is_built_again(
    database: Database, views: Database, broken: View
) -> None:
    runner = Runner(views, [msgspec.structs.replace(broken, skips=True)])
    await runner.prepare()
    await record(database, *NAMES, "bad", "c")

    assert await runner.catch_up() == 23

    async def as_it_should_be() -> None:
        assert await checkpoints(views) == [Checkpoint(broken.name, 1, 23, None)]
        assert len(await content(views, broken.rows[0])) == 21  # pyright: ignore[reportArgumentType]  both are tallies
        assert sorted(d.position for d in await dead_letters(database)) == [12, 22]
        assert [p.dead_letters for p in await progress(database)] == [2]

    await as_it_should_be()
    made = await runner.rebuilder.rebuild([broken.name])
    assert isinstance(made[broken.name], ViewRebuilt)
    await as_it_should_be()


async def test_a_refusal_is_told_of_the_view_whose_rows_they_are_though_others_look_up_meanwhile(
    database: Database, views: Database
) -> None:
    # Nothing is announced, so that it looks up as it folds, while the rows of the first are stored.
    unannounced = View(
        name="tally", version=1, rows=TALLY.rows, events=TALLY.events, fold=TALLY.fold
    )
    runner = Runner(views, [REFUSED, unannounced])
    await runner.prepare()
    await record(database, *NAMES)

    await runner.catch_up()

    slowly, tally = await checkpoints(views)
    assert (slowly.position, tally.position) == (11, len(NAMES))
    assert str(slowly.halted).startswith("event 12: ")
    assert tally.halted is None


async def test_a_lookup_that_is_refused_is_told_of_the_view_whose_it_is_though_others_are_stored(
    database: Database, views: Database
) -> None:
    def wants(recorded: Recorded) -> Iterable[Lookup]:
        return [Lookup(Tally, "times", 2**80 if name_of(recorded) == "bad" else 1)]

    runner = Runner(views, [SLOWLY, msgspec.structs.replace(TALLY, wants=wants)])
    await runner.prepare()
    await record(database, *NAMES)

    await runner.catch_up()

    slowly, tally = await checkpoints(views)
    assert (slowly.position, slowly.halted) == (len(NAMES), None)
    assert (tally.position, str(tally.halted)[:10]) == (11, "event 12: ")


async def test_tables_that_fit_no_event_halt_the_view_and_skip_nothing(
    database: Database, views: Database
) -> None:
    runner = Runner(views, [msgspec.structs.replace(TALLY, skips=True)])
    await runner.prepare()
    await views.run("alter table view.tally drop column times")
    await record(database, "a", "b")

    await runner.catch_up()

    (known,) = await checkpoints(views)
    assert known.position == 0
    assert "times" in str(known.halted)
    assert [p.halted for p in await progress(database)] == [known.halted]


async def test_progress_says_how_far_behind_a_view_is(database: Database, views: Database) -> None:
    runner = Runner(views, [TALLY])
    await runner.prepare()
    await record(database, "a", "b")

    (behind,) = await progress(database)
    assert (behind.position, behind.lag) == (0, 2)
    assert behind.lag_s > 0

    await runner.catch_up()
    (there,) = await progress(database)
    assert (there.position, there.lag, there.lag_s, there.batch) == (2, 0, 0, 2)
